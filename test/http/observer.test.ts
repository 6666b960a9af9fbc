import { afterEach, describe, expect, it, vi } from 'vitest';
import { type HttpHooks, type Logger, path } from '../../src/http/index.js';
import { clientFor, failure, get, retryingClient } from './clients.js';
import { ManualClock } from './manual-clock.js';
import { httpServer, inTurn, json } from './servers.js';

/** Hooks that write down what they are told. */
function recorder() {
  const events: [name: string, event: unknown][] = [];
  const record = (name: string) => (event: unknown) => void events.push([name, event]);
  const hooks: HttpHooks = { onRequest: record('request'), onResponse: record('response'), onRetry: record('retry') };
  return { events, hooks };
}

describe('hooks', () => {
  it('tell of each attempt', async () => {
    const clock = new ManualClock();
    const server = await httpServer(
      inTurn(
        (request, response) => {
          clock.advance(40);
          json(503, {})(request, response);
        },
        json(200, {}),
      ),
    );
    const { events, hooks } = recorder();
    const client = clientFor(server.url, { hooks, clock, maxRetries: 1, random: () => 0, scope: 'lime' });
    const request = get({ path: path('/a/{id}', { id: 'x' }), query: { q: 'y' } });
    const call = client.request(request);
    await expect.poll(() => events.length).toBe(3);
    clock.advance(0);
    await call;

    const first = { scope: 'lime', method: 'GET', url: `${server.url}/a/{id}`, attempt: 1 };
    const answered = { ...first, status: 503, error: undefined, durationMs: 40 };
    expect(events).toEqual([
      ['request', first],
      ['response', answered],
      ['retry', { ...answered, delayMs: 0 }],
      ['request', { ...first, attempt: 2 }],
      ['response', { ...first, attempt: 2, status: 200, error: undefined, durationMs: 0 }],
    ]);
  });

  it.each([
    ['NETWORK_ERROR', undefined],
    ['TIMEOUT', undefined],
    ['ABORTED', undefined],
    ['CLOSED', undefined],
    ['UNEXPECTED_REDIRECT', 302],
  ])('tell of an attempt that ends with %s', async (error, status) => {
    const { events, hooks } = recorder();
    const clock = new ManualClock();
    const controller = new AbortController();
    const server = await httpServer((request, response) => {
      if (error === 'NETWORK_ERROR') request.socket.destroy();
      if (error === 'TIMEOUT') clock.advance(1000);
      if (error === 'ABORTED') controller.abort();
      if (error === 'CLOSED') client.close();
      if (error === 'UNEXPECTED_REDIRECT') json(302, {}, { location: '/' })(request, response);
    });
    const client = clientFor(server.url, { hooks, clock, timeoutMs: 1000 });
    await failure(client.request(get({ signal: controller.signal })));
    expect(events.map(([name]) => name)).toEqual(['request', 'response']);
    expect(events[1]?.[1]).toMatchObject({ error, status });
  });

  it('cannot break a request, nor can a logger', async () => {
    const server = await httpServer(inTurn(json(503, {}), json(200, {})));
    const boom = () => {
      throw new Error('boom');
    };
    const rejects = async () => boom();
    const clock = { ...new ManualClock(), now: Date.now, monotonic: () => 0, sleep: async () => {} };
    clock.sleep = (ms = 0) => (ms > 1000 ? new Promise(() => {}) : Promise.resolve());
    const logger = { debug: boom, info: boom, warn: rejects, error: boom };
    const hooks = { onRequest: boom, onResponse: rejects, onRetry: boom };
    const client = clientFor(server.url, { logger, hooks, clock, maxRetries: 1 });
    expect((await client.request(get())).status).toBe(200);
  });
});

describe('logger', () => {
  afterEach(() => vi.restoreAllMocks());

  it('may be the console, and gets the scope with every line', async () => {
    const debug = vi.spyOn(console, 'debug').mockReturnValue();
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    const server = await httpServer(inTurn(json(429, {}), json(200, {})));
    await retryingClient(server.url, { logger: console, scope: 'lime' }).client.request(get());
    const url = `${server.url}/`;
    expect(debug.mock.calls.map(([line]) => line)).toEqual([
      `GET ${url}`,
      `GET ${url}: 429 after 0 ms`,
      `GET ${url}`,
      `GET ${url}: 200 after 0 ms`,
    ]);
    expect(warn.mock.calls[0]?.[0]).toBe(`GET ${url}: 429, next attempt in 125 ms`);
    for (const [, fields] of [...debug.mock.calls, ...warn.mock.calls]) expect(fields).toMatchObject({ scope: 'lime' });
  });

  it('is called as a method, so that it may use its own state', async () => {
    class Memory implements Logger {
      readonly lines: string[] = [];
      debug(line: string): void {
        this.lines.push(line);
      }
      info = this.debug;
      warn = this.debug;
      error = this.debug;
    }
    const logger = new Memory();
    const server = await httpServer(json(200, {}));
    await clientFor(server.url, { logger }).request(get());
    expect(logger.lines).toHaveLength(2);
  });
});
