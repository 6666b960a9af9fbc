import { afterEach, describe, expect, it, vi } from 'vitest';
import { LimeError, type McpSession } from '../../src/lime/index.js';
import { failure } from '../http/clients.js';
import { ManualClock } from '../http/manual-clock.js';
import { countListeners } from './listeners.js';
import { inJson, poolOf, rawServer, TEXT } from './raw-server.js';
import { poll, scene, textOf, timesSent, tokenRequests } from './scene.js';

afterEach(() => vi.unstubAllGlobals());

/** A server that holds back the answers of tools until `open` is called, and knows how many it is holding. */
async function gatedServer() {
  const held: (() => void)[] = [];
  let most = 0;
  const server = await rawServer((message, response) => {
    held.push(() => inJson(response, message, TEXT));
    most = Math.max(most, held.length);
  });
  return {
    ...server,
    held,
    most: () => most,
    open: () => {
      for (const answer of held.splice(0)) answer();
    },
  };
}

describe('turns', () => {
  it('are taken by the calls of one URL, in order', async () => {
    const { agent, url, emulator } = await scene();
    const keys = Array.from({ length: 20 }, (_, n) => `k${n}`);
    const ended: string[] = [];
    await Promise.all(
      keys.map((key) => agent.callTool(url, 'increment', { key, delayMs: 2 }).then(() => void ended.push(key))),
    );
    expect(ended).toEqual(keys);
    expect(Object.keys(emulator.mcp.stats.effects)).toEqual(keys);
  });

  it('are not waited for by other URLs', async () => {
    const [slow, fast] = [await gatedServer(), await rawServer((message, response) => inJson(response, message, TEXT))];
    const { at } = poolOf();
    const waiting = at(slow.url).callTool('x');
    await poll(() => slow.held.length).toBe(1);
    expect(await at(fast.url).callTool('x')).toEqual(TEXT);
    slow.open();
    expect(await waiting).toEqual(TEXT);
  });

  it.each([
    [true, 1],
    [false, 5],
  ])('can be done without: serialize %o has %i at a time', async (serialize, atATime) => {
    const server = await gatedServer();
    const { at } = poolOf({ serialize });
    const calls = Promise.all(Array.from({ length: 5 }, () => at(server.url).callTool('x')));
    for (let done = 0; done < 5; done += atATime) {
      await poll(() => server.held.length).toBe(atATime);
      server.open();
    }
    expect(await calls).toHaveLength(5);
    expect(server.most()).toBe(atATime);
    expect(server.methods().filter((method) => method === 'initialize')).toHaveLength(1);
  });

  it('are passed on by a call that is aborted while it waits, and by one that is aborted while it runs', async () => {
    const server = await gatedServer();
    const session = poolOf().at(server.url);
    const [running, waiting] = [new AbortController(), new AbortController()];
    const first = failure(session.callTool('x', {}, { signal: running.signal }));
    await poll(() => server.held.length).toBe(1);
    const second = failure(session.callTool('x', {}, { signal: waiting.signal }));
    const third = session.callTool('x');
    waiting.abort(new RangeError('second'));
    expect(await second).toEqual(new RangeError('second'));
    running.abort(new RangeError('first'));
    expect(await first).toEqual(new RangeError('first'));
    await poll(() => server.held.length).toBe(2);
    server.open();
    expect(await third).toEqual(TEXT);
    expect(server.methods().filter((method) => method === 'tools/call')).toHaveLength(2);
    expect(server.methods().filter((method) => method === 'initialize')).toHaveLength(1);
  });
});

describe('an aborted call', () => {
  it.each([false, true])(
    'tells the server, frees its connection and leaves the session usable (JSON: %o)',
    async (json) => {
      const signals: (AbortSignal | null | undefined)[] = [];
      const mcpFetch: typeof fetch = (to, init) => {
        if (String(init?.body).includes('tools/call')) signals.push(init?.signal);
        return fetch(to, init);
      };
      const { emulator, agent, url } = await scene({ mcpFetch });
      emulator.mcp.jsonResponses = json;
      const controller = new AbortController();
      const call = failure(agent.callTool(url, 'increment', { delayMs: 60_000 }, { signal: controller.signal }));
      await poll(() => emulator.mcp.stats.effects).toEqual({ default: 1 });
      controller.abort(new RangeError('enough'));
      expect(await call).toEqual(new RangeError('enough'));
      expect(textOf(await agent.callTool(url, 'increment'))).toBe('2');
      expect(emulator.mcp.stats.initializes).toBe(1);
      await poll(() => emulator.mcp.stats.notifications).toContainEqual(
        expect.objectContaining({ method: 'notifications/cancelled' }),
      );
      expect(signals.map((signal) => signal?.aborted)).toEqual([true, false]);
    },
  );

  it('before it begins sends nothing', async () => {
    const { agent, url, sent } = await scene();
    const signal = AbortSignal.abort(new RangeError('no'));
    expect(await failure(agent.callTool(url, 'echo', {}, { signal }))).toEqual(new RangeError('no'));
    expect(await failure(agent.mcpSession(url, { signal }))).toEqual(new RangeError('no'));
    expect(sent).toEqual([]);
  });

  it('while the session is opened does not take along who waits for it', async () => {
    const { emulator, agentWith, url } = await scene();
    const agent = agentWith({ serializeMcpPerUrl: false });
    emulator.faults.add({ path: '/mcp', rpcMethod: 'initialize', delayMs: 300 });
    const controller = new AbortController();
    const first = failure(agent.callTool(url, 'increment', {}, { signal: controller.signal }));
    const second = agent.callTool(url, 'increment');
    await poll(() => emulator.requests.some(({ path }) => path === '/mcp')).toBe(true);
    controller.abort(new RangeError('gone'));
    expect(await first).toEqual(new RangeError('gone'));
    expect(textOf(await second)).toBe('1');
    expect(emulator.mcp.stats.initializes).toBe(1);
  });

  it('leaves no listener on a signal that lives on', async () => {
    const { agent, url } = await scene();
    const { signal } = new AbortController();
    const listeners = countListeners(signal);
    await Promise.all(Array.from({ length: 20 }, () => agent.callTool(url, 'echo', { text: 'x' }, { signal })));
    expect(listeners()).toBe(0);
  });
});

describe('nothing waits for itself', () => {
  it('two URLs of one domain that are turned down at once', async () => {
    const { emulator, agent, url, other, sent } = await scene();
    await Promise.all([agent.sendPing(url), agent.sendPing(other(1))]);
    emulator.mcp.rejectNext(2, { rpcMethod: 'tools/call' });
    const results = await Promise.all([agent.callTool(url, 'increment'), agent.callTool(other(1), 'increment')]);
    expect(results.map(textOf).sort()).toEqual(['1', '2']);
    expect(tokenRequests(sent)).toBe(2);
  });

  it('calls of the same URL inside of mcpSession, sessions in sessions, and 401s in both', async () => {
    const { emulator, agent, url } = await scene();
    const text = await agent.mcpSession(url, async (session) => {
      await session.callTool('increment');
      await agent.callTool(url, 'increment');
      emulator.mcp.rejectNext(1, { rpcMethod: 'tools/call' });
      await agent.mcpSession(url, (inner) => Promise.all([inner.callTool('increment'), agent.listTools(url)]));
      return textOf(await session.callTool('increment'));
    });
    expect(text).toBe('4');
  });
});

describe('mcpSession', () => {
  it('gives what the callback gives, and throws what it throws', async () => {
    const { agent, url } = await scene();
    expect(await agent.mcpSession(url, () => 42)).toBe(42);
    const error = new RangeError('mine');
    expect(
      await failure(
        agent.mcpSession(url, () => {
          throw error;
        }),
      ),
    ).toBe(error);
  });

  it('that cannot be opened holds nothing', async () => {
    const { agent, url, emulator } = await scene();
    emulator.mcp.rejectNext(2);
    expect(await failure(agent.mcpSession(url))).toMatchObject({ name: 'McpAuthenticationError' });
    expect(textOf(await agent.mcpSession(url, (session) => session.callTool('increment')))).toBe('1');
  });

  it('can be used by `using`, and refuses after its end', async () => {
    const { agent, url, emulator } = await scene();
    let kept: McpSession;
    {
      await using session = await agent.mcpSession(url);
      expect(textOf(await session.callTool('echo', { text: 'x' }))).toBe('x');
      expect(await session.getServerCapabilities()).toHaveProperty('tools');
      kept = session;
    }
    const error = await failure(kept.sendPing());
    expect(error).toBeInstanceOf(LimeError);
    expect(error).toMatchObject({ code: 'CLOSED' });
    await kept.close();
    await agent.sendPing(url);
    expect(emulator.mcp.stats.initializes).toBe(1);
  });

  it('stays in its session: a new token will do, a new session will not', async () => {
    const { agent, url, emulator } = await scene();
    await agent.mcpSession(url, async (session) => {
      await session.sendPing();
      emulator.mcp.rejectNext(1, { rpcMethod: 'tools/call' });
      expect(textOf(await session.callTool('increment'))).toBe('1');
      expect(emulator.mcp.stats.initializes).toBe(1);
      emulator.mcp.expireSessions();
      expect(await failure(session.callTool('increment'))).toMatchObject({ code: 'MCP_SESSION_GONE', httpStatus: 404 });
    });
    expect(textOf(await agent.callTool(url, 'increment'))).toBe('2');
    expect(emulator.mcp.stats.initializes).toBe(2);
  });

  it.each([true, false])(
    'is replaced as long as nothing was done in it (serialize: %o)',
    async (serializeMcpPerUrl) => {
      const { agent, url, emulator } = await scene({ serializeMcpPerUrl });
      await agent.sendPing(url);
      emulator.mcp.expireSessions();
      await agent.mcpSession(url, async (session) => {
        await Promise.all([session.callTool('increment'), session.callTool('increment')]);
        expect(emulator.mcp.stats).toMatchObject({ initializes: 2, effects: { default: 2 } });
      });
      await agent.close();
      expect(emulator.mcp.stats.sessions).toBe(0);
    },
  );

  it('is not closed under its holder when others must open a new one', async () => {
    const { agent, url, emulator } = await scene();
    const session = await agent.mcpSession(url);
    await session.sendPing();
    emulator.mcp.rejectNext(1, { rpcMethod: 'tools/call' });
    await agent.callTool(url, 'increment');
    expect(emulator.mcp.stats).toMatchObject({ initializes: 2, sessions: 2 });
    expect(textOf(await session.callTool('increment'))).toBe('2');
    await session.close();
    await poll(() => emulator.mcp.stats.sessions).toBe(1);
  });
});

describe('idle sessions', () => {
  it('are closed after a while', async () => {
    const clock = new ManualClock();
    const server = await rawServer((message, response) => inJson(response, message, TEXT));
    const { at } = poolOf({ clock, idleMs: 1000, readTimeoutMs: 1e9 });
    const ended = () => server.requests.filter(({ method }) => method === 'DELETE').length;
    await at(server.url).callTool('x');
    clock.advance(999);
    await at(server.url).callTool('x');
    clock.advance(999);
    await new Promise(setImmediate);
    expect(ended()).toBe(0);
    clock.advance(1);
    await poll(ended).toBe(1);
    await at(server.url).callTool('x');
    expect(server.methods().filter((method) => method === 'initialize')).toHaveLength(2);
  });

  it('are closed beyond a number of them, the longest idle first', async () => {
    const server = await rawServer((message, response) => inJson(response, message, TEXT));
    const { at } = poolOf({ maxIdle: 2 });
    for (const n of [1, 2, 1, 3]) await at(`${server.url}/${n}`).callTool('x');
    const deleted = () => server.requests.filter(({ method }) => method === 'DELETE').map(({ url }) => url);
    await poll(deleted).toEqual(['/2']);
  });

  it('are not those that are held', async () => {
    const server = await rawServer((message, response) => inJson(response, message, TEXT));
    const { pool, target, at } = poolOf({ maxIdle: 0 });
    const pin = await pool.pin(target(server.url), new AbortController().signal);
    await at(server.url).callTool('x');
    expect(server.requests.some(({ method }) => method === 'DELETE')).toBe(false);
    await pin.release();
    await poll(() => server.requests.some(({ method }) => method === 'DELETE')).toBe(true);
  });
});

describe('close', () => {
  it('breaks off what runs and what waits, ends the sessions, and refuses what comes later', async () => {
    const { emulator, agent, url, other } = await scene();
    const session = await agent.mcpSession(other(2));
    const calls = [url, url, other(1)].map((to) => failure(agent.callTool(to, 'increment', { delayMs: 60_000 })));
    await poll(() => emulator.mcp.stats.effects).toEqual({ default: 2 });
    await agent.close();
    for (const error of await Promise.all(calls)) {
      expect(error).toBeInstanceOf(LimeError);
      expect(error).toMatchObject({ code: 'CLOSED' });
    }
    await poll(() => emulator.mcp.stats).toMatchObject({ sessions: 0, openAnswers: 0 });
    for (const call of [agent.sendPing(url), agent.mcpSession(url), session.sendPing(), agent.getProfile()]) {
      expect(await failure(call)).toMatchObject({ name: 'LimeError', code: 'CLOSED' });
    }
    await agent.close();
  });

  it('is bounded, though the server never lets go', async () => {
    const server = await rawServer((message, response) => inJson(response, message, TEXT));
    const { pool, at } = poolOf({
      fetch: (url, init) => (init?.method === 'DELETE' ? new Promise(() => {}) : fetch(url, init)),
    });
    await at(server.url).callTool('x');
    const startedAt = performance.now();
    await pool.close();
    expect(performance.now() - startedAt).toBeLessThan(4_000);
  });

  it('while a session is opened leaves none behind', async () => {
    const { emulator, agent, url } = await scene();
    emulator.faults.add({ path: '/mcp', rpcMethod: 'initialize', delayMs: 60_000 });
    const call = failure(agent.sendPing(url));
    await poll(() => emulator.requests.some(({ path }) => path === '/mcp')).toBe(true);
    await agent.close();
    expect(await call).toMatchObject({ code: 'CLOSED' });
    emulator.clock.advance(60_000);
    // The server does not notice that nobody waits any more.
    await poll(() => emulator.mcp.stats.initializes).toBe(1);
    await poll(() => emulator.mcp.stats.openAnswers).toBe(0);
  });
});

describe('where promises cannot be shared between requests', () => {
  it('each call has a session and a token request of its own, finished tokens are shared, and all is closed', async () => {
    vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' });
    const { emulator, agent, url, sent } = await scene();
    await Promise.all([1, 2, 3].map(() => agent.callTool(url, 'increment')));
    expect(emulator.mcp.stats).toMatchObject({ initializes: 3, sessions: 0, effects: { default: 3 } });
    expect(tokenRequests(sent)).toBe(3);
    await agent.callTool(url, 'increment');
    expect(tokenRequests(sent)).toBe(3);
    await agent.mcpSession(url, async (session) => {
      await session.callTool('increment');
      await session.callTool('increment');
    });
    expect(emulator.mcp.stats).toMatchObject({ initializes: 5, sessions: 0, effects: { default: 6 } });
    expect(timesSent(sent, 'initialize')).toBe(5);
  });
});
