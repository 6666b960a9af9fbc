import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEmulator } from '../../src/emulator/index.js';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { connectClient, initialize, mcpToken, send } from './mcp-client.js';

let started: StartedEmulator;
let client: Client;
let token: string;
beforeAll(async () => {
  started = await startEmulator();
});
afterAll(() => started.close());
beforeEach(async () => {
  token = await mcpToken(started.lime, 'localhost');
  ({ client } = await connectClient(started.lime.mcpUrl, token));
});
afterEach(async () => {
  await client.close();
  started.emulator.reset();
});

const call = (name: string, args: Record<string, unknown> = {}) => client.callTool({ name, arguments: args });
const text = (message: string) => [{ type: 'text', text: message }];

describe('tools', () => {
  it('echo, add, whoami', async () => {
    expect(await call('echo', { text: 'ä 🦊' })).toEqual({ content: text('ä 🦊') });
    await client.listTools();
    expect(await call('add', { a: 1, b: 2 })).toEqual({ content: text('3'), structuredContent: { sum: 3 } });
    const agentId = started.emulator.lime.listAgents()[0]?.agentId;
    expect(await call('whoami')).toMatchObject({ structuredContent: { agentId, domain: 'localhost' } });
  });

  it('take orders, and number them', async () => {
    const structuredContent = { orderId: 'order-1', item: 'apples', quantity: 2 };
    const args = { item: 'apples', quantity: 2 };
    expect(await call('order', args)).toEqual({ content: text('order-1: 2 × apples'), structuredContent });
    expect(await call('order', { ...args, quantity: 0 })).toMatchObject({ isError: true });
    expect(await call('order', args)).toMatchObject({ structuredContent: { orderId: 'order-2' } });
    expect(started.emulator.mcp.stats.effects).toEqual({ orders: 2 });
  });

  it('fail as tools do, and as protocols do', async () => {
    expect(await call('fail', { message: 'no' })).toEqual({ content: text('no'), isError: true });
    expect(await call('add', { a: 'x', b: 2 })).toMatchObject({ isError: true });
    await expect(call('unknown')).rejects.toMatchObject({ code: -32_602 });
  });

  it('speak of 401 in every way', async () => {
    const content = [{ type: 'text', text: expect.stringMatching(/401 unauthorized/) }];
    expect(await call('mentions_401')).toEqual({ content });
    expect(await call('mentions_401', { as: 'failure' })).toEqual({ content, isError: true });
    await expect(call('mentions_401', { as: 'error' })).rejects.toThrow(/401 unauthorized/);
    expect(started.emulator.mcp.stats.effects).toEqual({ mentions_401: 3 });
  });

  it('report progress', async () => {
    const seen: unknown[] = [];
    const onprogress = (progress: unknown) => seen.push(progress);
    const params = { name: 'slow', arguments: { durationMs: 30, steps: 3 } };
    expect(await client.callTool(params, undefined, { onprogress })).toEqual({ content: text('done in 3 steps') });
    expect(seen).toEqual([1, 2, 3].map((progress) => ({ progress, total: 3, message: `step ${progress} of 3` })));
    expect(await call('slow', { durationMs: 3 })).toEqual({ content: text('done in 5 steps') });
  });

  it('stop when the call is cancelled', async () => {
    const controller = new AbortController();
    const params = { name: 'slow', arguments: { durationMs: 3_600_000, steps: 1 } };
    const slow = client.callTool(params, undefined, { signal: controller.signal });
    while (started.emulator.mcp.stats.calls['slow'] !== 1) await new Promise(setImmediate);
    controller.abort();
    await expect(slow).rejects.toThrow();
    // The one that is left waits for what the server says on its own.
    while (started.emulator.mcp.stats.openAnswers > 1) await new Promise(setImmediate);
    expect(await call('echo', { text: 'still here' })).toEqual({ content: text('still here') });
  });

  it('count their effect at once', async () => {
    expect(await call('increment')).toMatchObject({ structuredContent: { key: 'default', count: 1 } });
    expect(await call('increment', { key: 'k' })).toMatchObject({ structuredContent: { key: 'k', count: 1 } });
    const slow = call('increment', { key: 'k', delayMs: 3_600_000 });
    while (started.emulator.mcp.stats.effects['k'] !== 2) await new Promise(setImmediate);
    started.emulator.clock.advance(3_600_000);
    expect(await slow).toMatchObject({ structuredContent: { key: 'k', count: 2 } });
    expect(started.emulator.mcp.stats).toMatchObject({
      effects: { default: 1, k: 2 },
      calls: { increment: 3 },
      requests: { initialize: 1, 'tools/call': 3 },
    });
  });
});

describe('resources and prompts', () => {
  it('are read', async () => {
    expect((await client.readResource({ uri: 'demo://notes/7' })).contents).toEqual([
      { uri: 'demo://notes/7', mimeType: 'text/plain', text: 'This is note 7.' },
    ]);
    expect(await client.readResource({ uri: 'demo://pixel' })).toMatchObject({ contents: [{ mimeType: 'image/gif' }] });
    const greeting = await client.readResource({ uri: 'demo://greetings/fr/Ada' });
    expect(greeting).toMatchObject({ contents: [{ text: 'fr: Ada' }] });
    for (const uri of ['demo://notes/24', 'demo://notes/x', 'demo://greetings/xx/Ada', 'other://notes/1']) {
      await expect(client.readResource({ uri })).rejects.toMatchObject({ code: -32_002 });
    }
  });

  it('are asked for', async () => {
    const prompt = await client.getPrompt({ name: 'greet', arguments: { name: 'Ada', tone: 'formal' } });
    expect(prompt.messages).toEqual([{ role: 'user', content: text('Greet Ada in a formal tone.')[0] }]);
    expect((await client.getPrompt({ name: 'lesson-3' })).messages).toHaveLength(1);
    await expect(client.getPrompt({ name: 'greet' })).rejects.toMatchObject({ code: -32_602 });
    await expect(client.getPrompt({ name: 'unknown' })).rejects.toMatchObject({ code: -32_602 });
  });
});

describe('lists', () => {
  /** The sizes of the pages of a list, and all names in order. */
  async function pages(list: (cursor: { cursor?: string }) => Promise<{ nextCursor?: string | undefined }>) {
    const sizes: number[] = [];
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const { nextCursor, ...rest } = await list(cursor === undefined ? {} : { cursor });
      const items = Object.values(rest).find(Array.isArray) as { name: string }[];
      sizes.push(items.length);
      names.push(...items.map(({ name }) => name));
      cursor = nextCursor;
    } while (cursor !== undefined && sizes.length < 100);
    return { sizes, names };
  }

  it('have several pages, each entry once', async () => {
    const tools = await pages((cursor) => client.listTools(cursor));
    expect(tools.sizes).toEqual([5, 4]);
    expect(tools.names).toEqual(['echo', 'add', 'fail', 'slow', 'increment', 'order', 'mentions_401', 'log', 'whoami']);
    const resources = await pages((cursor) => client.listResources(cursor));
    expect([resources.sizes, new Set(resources.names).size]).toEqual([[5, 5, 5, 5, 4], 24]);
    const templates = await pages((cursor) => client.listResourceTemplates(cursor));
    expect([templates.sizes, new Set(templates.names).size]).toEqual([[5, 2], 7]);
    const prompts = await pages((cursor) => client.listPrompts(cursor));
    expect([prompts.sizes, new Set(prompts.names).size]).toEqual([[5, 5, 2], 12]);
  });

  it('have pages of the size that is set', async () => {
    started.emulator.mcp.pageSize = 8;
    expect((await pages((cursor) => client.listResources(cursor))).sizes).toEqual([8, 8, 8]);
    started.emulator.mcp.pageSize = 1000;
    expect((await pages((cursor) => client.listTools(cursor))).sizes).toEqual([9]);
  });

  it('never end if a cursor repeats', async () => {
    started.emulator.mcp.repeatCursor = true;
    expect((await pages((cursor) => client.listPrompts(cursor))).sizes).toHaveLength(100);
    const cursors = [(await client.listTools()).nextCursor];
    for (let i = 0; i < 2; i++) cursors.push((await client.listTools({ cursor: cursors[0] })).nextCursor);
    expect(new Set(cursors).size).toBe(1);
  });

  it('refuse a cursor of somebody else', async () => {
    for (const cursor of ['', 'x', '§', btoa('from 999'), btoa('from -1')]) {
      await expect(client.listTools({ cursor })).rejects.toMatchObject({ code: -32_602 });
    }
  });
});

describe('the rest of the protocol', () => {
  it('ping, capabilities, and what a client tells', async () => {
    expect(await client.ping()).toEqual({});
    expect(client.getServerCapabilities()).toEqual({ tools: {}, resources: {}, prompts: {}, logging: {} });
    const progress = { progressToken: 't', progress: 1, total: 2 };
    await client.notification({ method: 'notifications/progress', params: progress });
    expect(started.emulator.mcp.stats.notifications).toEqual([
      { method: 'notifications/initialized' },
      { method: 'notifications/progress', params: progress },
    ]);
  });

  it('logs from the level up that the client asked for', async () => {
    const heard: unknown[] = [];
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
      heard.push([params.level, params.data]);
    });
    await call('log', { level: 'debug', message: 'one' });
    await client.setLoggingLevel('warning');
    await call('log', { level: 'notice', message: 'two' });
    await call('log', { level: 'error', message: 'three' });
    expect(heard).toEqual([
      ['debug', 'one'],
      ['error', 'three'],
    ]);
    expect(started.emulator.mcp.stats.logLevel).toBe('warning');
  });

  it('answers as an event stream or as one JSON object', async () => {
    const typeOf = async () => {
      const answer = await send(started.lime.mcpUrl, token, initialize);
      expect(await answer.text()).toContain('"protocolVersion":"2025-06-18"');
      return answer.headers.get('Content-Type');
    };
    expect(await typeOf()).toBe('text/event-stream');
    started.emulator.mcp.jsonResponses = true;
    expect(await typeOf()).toBe('application/json');
    const json = await connectClient(started.lime.mcpUrl, token);
    const echo = await json.client.callTool({ name: 'echo', arguments: { text: 'x' } });
    expect(echo.content).toEqual(text('x'));
    await json.client.close();
  });

  it('opens a stream of its own, unless told not to', async () => {
    const opened = await send(started.lime.mcpUrl, token, initialize);
    const headers = {
      Accept: 'text/event-stream',
      Authorization: `Bearer ${token}`,
      'Mcp-Session-Id': opened.headers.get('Mcp-Session-Id') ?? '',
    };
    await opened.text();
    const stream = await fetch(started.lime.mcpUrl, { headers });
    expect([stream.status, stream.headers.get('Content-Type')]).toEqual([200, 'text/event-stream']);
    await stream.body?.cancel();
    started.emulator.mcp.serverStream = false;
    const refused = await fetch(started.lime.mcpUrl, { headers });
    expect([refused.status, refused.headers.get('Allow')]).toEqual([405, 'POST, DELETE']);
    const quiet = await connectClient(started.lime.mcpUrl, token);
    expect(await quiet.client.ping()).toEqual({});
    await quiet.client.close();
  });

  it('refuses what is no MCP', async () => {
    const headers = { Authorization: `Bearer ${token}` };
    const post = (body: string, more: Record<string, string>) =>
      fetch(started.lime.mcpUrl, { method: 'POST', body, headers: { ...headers, ...more } });
    const accept = { Accept: 'application/json, text/event-stream' };
    expect((await post('{}', { 'Content-Type': 'application/json' })).status).toBe(406);
    expect((await post('{}', accept)).status).toBe(415);
    expect((await post('{', { ...accept, 'Content-Type': 'application/json' })).status).toBe(400);
    expect((await send(started.lime.mcpUrl, token, { id: 1, method: 'ping' })).status).toBe(400);
    expect((await fetch(started.lime.mcpUrl, { method: 'PUT', headers })).status).toBe(405);
    expect(started.emulator.mcp.stats.sessions).toBe(1);
  });
});

it('works in process, by any host', async () => {
  const { fetch: fetchIt, lime, mcp } = createEmulator({ seed: 1 });
  const access = { apiBase: 'https://lime.test/api/v1', agentToken: lime.agentToken };
  for (const host of ['a.test', 'b.test']) {
    const hostToken = await mcpToken(access, host, fetchIt);
    const { client: local } = await connectClient(`https://${host}/mcp`, hostToken, fetchIt);
    expect(await local.callTool({ name: 'whoami' })).toMatchObject({ structuredContent: { domain: host } });
    await local.close();
  }
  expect(mcp.stats).toMatchObject({ initializes: 2, refusedTokens: 0 });
});
