import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { answerOf } from './helpers.js';
import { connectClient, initialize, mcpToken, send } from './mcp-client.js';

let started: StartedEmulator;
let token: string;
beforeAll(async () => {
  started = await startEmulator();
});
afterAll(() => started.close());
afterEach(() => started.emulator.reset());

const stats = () => started.emulator.mcp.stats;
const until = async (isTrue: () => boolean) => {
  while (!isTrue()) await new Promise(setImmediate);
};

/** Opens a session by hand, and sends messages in it. */
async function open() {
  token = await mcpToken(started.lime);
  const opened = await send(started.lime.mcpUrl, token, initialize);
  await opened.text();
  const session = { 'Mcp-Session-Id': opened.headers.get('Mcp-Session-Id') ?? '' };
  return {
    headers: session,
    send: (message: object) => send(started.lime.mcpUrl, token, message, session),
    call: (name: string, args: object = {}) =>
      send(started.lime.mcpUrl, token, { id: 2, method: 'tools/call', params: { name, arguments: args } }, session),
  };
}

const ping = { id: 9, method: 'ping' };
const notFound = {
  status: 404,
  body: { jsonrpc: '2.0', error: { code: -32_001, message: 'Session not found' }, id: null },
};

describe('sessions', () => {
  it('have ids of their own, and end with DELETE', async () => {
    const [first, second] = [await open(), await open()];
    expect(first.headers).not.toEqual(second.headers);
    expect(stats()).toMatchObject({ sessions: 2, initializes: 2, requests: { initialize: 2 } });
    const headers = { ...first.headers, Authorization: `Bearer ${token}` };
    expect((await fetch(started.lime.mcpUrl, { method: 'DELETE', headers })).status).toBe(200);
    expect(await answerOf(first.send(ping))).toEqual(notFound);
    expect((await second.send(ping)).status).toBe(200);
    expect(stats().sessions).toBe(1);
  });

  it('are unknown unless they were opened', async () => {
    await open();
    expect(await answerOf(send(started.lime.mcpUrl, token, ping, { 'Mcp-Session-Id': 'no' }))).toEqual(notFound);
  });

  it('expire on demand: 404 for the old ids, but what runs is answered', async () => {
    const [session, idle] = [await open(), await open()];
    const running = session.call('increment', { delayMs: 3_600_000 });
    await until(() => stats().effects['default'] === 1);
    expect(started.emulator.mcp.expireSessions()).toBe(2);
    expect(stats()).toMatchObject({ sessions: 0, openAnswers: 1 });
    for (const each of [session, idle]) expect(await answerOf(each.send(ping))).toEqual(notFound);
    started.emulator.clock.advance(3_600_000);
    expect(await (await running).text()).toContain('"count":1');
    await until(() => stats().openAnswers === 0);
    expect((await (await open()).send(ping)).status).toBe(200);
  });

  it("end the client's stream when they expire", async () => {
    const { client } = await connectClient(started.lime.mcpUrl, await mcpToken(started.lime));
    await until(() => stats().openAnswers === 1);
    started.emulator.mcp.expireSessions();
    await until(() => stats().openAnswers === 0);
    await expect(client.ping()).rejects.toMatchObject({ code: 404 });
    await client.close();
  });

  it('are kept within bounds', async () => {
    const { fetch: fetchIt } = started.emulator;
    token = await mcpToken(started.lime);
    const first = await open();
    const headers = {
      Accept: 'application/json, text/event-stream',
      'Content-Type': 'application/json',
      Authorization: `Bearer ${token}`,
    };
    const body = JSON.stringify({ jsonrpc: '2.0', ...initialize });
    for (let i = 0; i < 1000; i++) {
      await (await fetchIt(started.lime.mcpUrl, { method: 'POST', headers, body })).body?.cancel();
    }
    expect(stats().sessions).toBe(1000);
    expect((await first.send(ping)).status).toBe(404);
  });
});

describe('rejected messages', () => {
  it('are answered 401 and reach no session, so many and no more', async () => {
    const { call } = await open();
    const rejection = started.emulator.mcp.rejectNext(2);
    const answers = [await call('increment'), await call('increment'), await call('increment')];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 200]);
    expect(answers[0]?.headers.get('WWW-Authenticate')).toBe('Bearer error="invalid_token"');
    expect(rejection.hits).toBe(2);
    expect(stats()).toMatchObject({ effects: { default: 1 }, calls: { increment: 1 }, refusedTokens: 0 });
  });

  it('may be those of one method', async () => {
    const { call, send: message } = await open();
    started.emulator.mcp.rejectNext(1, { rpcMethod: 'tools/call' });
    expect((await message(ping)).status).toBe(200);
    expect((await call('increment')).status).toBe(401);
    expect((await call('increment')).status).toBe(200);
  });

  it('are as many as asked for under load', async () => {
    const { call } = await open();
    started.emulator.mcp.rejectNext(7, { rpcMethod: 'tools/call' });
    const answers = await Promise.all(Array.from({ length: 40 }, () => call('increment')));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(7);
    await Promise.all(answers.map((answer) => answer.text()));
    expect(stats().effects['default']).toBe(33);
  });
});

describe('lost answers', () => {
  it('of one method, before it is seen', async () => {
    const { call, send: message } = await open();
    started.emulator.faults.add({ path: '/mcp', rpcMethod: 'tools/call', times: 1, lose: 'before' });
    expect((await message(ping)).status).toBe(200);
    await expect(call('increment')).rejects.toThrow(TypeError);
    expect(stats().effects).toEqual({});
  });

  it('after the tool has acted', async () => {
    const { call } = await open();
    started.emulator.faults.add({ path: '/mcp', rpcMethod: 'tools/call', times: 1, lose: 'after' });
    await expect(call('increment', { delayMs: 20 })).rejects.toThrow(TypeError);
    expect(stats()).toMatchObject({ effects: { default: 1 }, openAnswers: 0 });
    expect((await call('increment')).status).toBe(200);
  });

  it('midway: the head comes, the answer does not', async () => {
    for (const jsonResponses of [false, true]) {
      started.emulator.reset();
      started.emulator.mcp.jsonResponses = jsonResponses;
      const { call } = await open();
      started.emulator.faults.add({ path: '/mcp', rpcMethod: 'tools/call', times: 1, lose: 'midway' });
      const answer = await call('increment');
      expect(answer.status).toBe(200);
      await expect(answer.text()).rejects.toThrow(TypeError);
      expect(stats().effects).toEqual({ default: 1 });
    }
  });

  it('by dropping whatever is open; the session and the tool live on', async () => {
    for (const jsonResponses of [false, true]) {
      started.emulator.reset();
      started.emulator.mcp.jsonResponses = jsonResponses;
      const { call, send: message } = await open();
      const running = call('increment', { delayMs: 3_600_000 }).then((answer) => answer.text());
      await until(() => stats().effects['default'] === 1);
      expect(started.emulator.mcp.dropStreams()).toBe(1);
      await expect(running).rejects.toThrow(TypeError);
      expect(stats().openAnswers).toBe(0);
      expect((await message(ping)).status).toBe(200);
    }
  });

  it('end what a client that has gone was waiting for', async () => {
    const { call } = await open();
    const answer = await call('slow', { durationMs: 3_600_000 });
    expect(stats().openAnswers).toBe(1);
    await answer.body?.cancel();
    await until(() => stats().openAnswers === 0);
  });
});

describe('the routes', () => {
  const control = async (method: string, path: string, body?: unknown) => {
    const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    return answerOf(fetch(`${started.url}/__emulator/mcp${path}`, init));
  };

  it('set the settings, all or nothing', async () => {
    const settings = {
      pageSize: 3,
      repeatCursor: true,
      jsonResponses: true,
      serverStream: false,
      leewaySeconds: 0,
      requireDomain: true,
    };
    expect((await control('PATCH', '/settings', settings)).body).toEqual({ ok: true, data: settings });
    expect((await control('PATCH', '/settings', { pageSize: 4, leewaySeconds: -1 })).status).toBe(400);
    expect((await control('GET', '/settings')).body).toEqual({ ok: true, data: settings });
    expect(started.emulator.mcp).toMatchObject(settings);
  });

  it('expire sessions, drop streams, reject messages, and tell what happened', async () => {
    const { call } = await open();
    expect(await control('POST', '/reject-next', { rpcMethod: 'tools/call' })).toMatchObject({ status: 201 });
    expect((await call('increment')).status).toBe(401);
    expect((await call('increment')).status).toBe(200);
    const answer = await call('slow', { durationMs: 3_600_000 });
    expect((await control('POST', '/drop-streams')).body).toEqual({ ok: true, data: { streams: 1 } });
    await expect(answer.text()).rejects.toThrow(TypeError);
    expect((await control('POST', '/expire-sessions')).body).toEqual({ ok: true, data: { sessions: 1 } });
    expect((await control('GET', '/stats')).body).toEqual({
      ok: true,
      data: {
        sessions: 0,
        openAnswers: 0,
        initializes: 1,
        refusedTokens: 0,
        requests: { initialize: 1, 'tools/call': 2 },
        calls: { increment: 1, slow: 1 },
        effects: { default: 1 },
        logLevel: null,
        notifications: [],
      },
    });
  });
});

describe('the end', () => {
  it('closes streams and sessions, and leaves no timer', async () => {
    const own = await startEmulator();
    const { client, transport } = await connectClient(own.lime.mcpUrl, await mcpToken(own.lime, 'localhost'));
    await until(() => own.emulator.mcp.stats.openAnswers === 1);
    const params = { name: 'slow', arguments: { durationMs: 3_600_000, steps: 1 } };
    const running = client.callTool(params, undefined, { timeout: 200 });
    running.catch(() => {});
    await until(() => own.emulator.mcp.stats.calls['slow'] === 1);
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    const began = performance.now();
    await own.close();
    expect(performance.now() - began).toBeLessThan(1000);
    expect(own.emulator.mcp.stats).toMatchObject({ sessions: 0, openAnswers: 0, calls: { slow: 1 } });
    await until(() => timers() < before);
    await expect(running).rejects.toThrow();
    await transport.close();
  });

  it('of a reset is the same, and forgets what happened', async () => {
    const { call, send: message } = await open();
    const answer = await call('slow', { durationMs: 3_600_000 });
    started.emulator.mcp.pageSize = 2;
    started.emulator.reset();
    await expect(answer.text()).rejects.toThrow(TypeError);
    expect(stats()).toMatchObject({ sessions: 0, openAnswers: 0, initializes: 0, calls: {}, requests: {} });
    expect(started.emulator.mcp.pageSize).toBe(5);
    token = await mcpToken(started.lime);
    expect((await message(ping)).status).toBe(404);
  });
});
