import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { HttpClientOptions, HttpRequest, HttpResponse } from '../../src/http/index.js';
import { clientFor, failure, get } from './clients.js';
import { ManualClock } from './manual-clock.js';
import { httpServer, json, tcpServer } from './servers.js';

/** Aborts when told to, and says how the call ended. */
function abortable(
  url: string,
  options: Partial<HttpClientOptions> = {},
  request: Partial<HttpRequest<HttpResponse>> = {},
) {
  const controller = new AbortController();
  const reason = { why: 'the user left' };
  const clock = new ManualClock();
  const call = clientFor(url, { clock, ...options }).request(get({ signal: controller.signal, ...request }));
  const ending = failure(call);
  return {
    abort: () => controller.abort(reason),
    async expectReason() {
      expect(await ending).toBe(reason);
      expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
      expect(clock.sleeping).toBe(0);
    },
  };
}

describe('abort', () => {
  it('before the start: nothing is sent', async () => {
    const server = await httpServer(json(200, {}));
    const reason = new Error('too late');
    const signal = AbortSignal.abort(reason);
    expect(await failure(clientFor(server.url).request(get({ signal })))).toBe(reason);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    expect(server.sockets.size).toBe(0);
  });

  it('at once after the start', async () => {
    const server = await httpServer(json(200, {}));
    const call = abortable(server.url);
    call.abort();
    await call.expectReason();
  });

  it('while connecting', async () => {
    // A TLS handshake that never ends: for the client, a connection that is not there yet.
    let call: ReturnType<typeof abortable> | undefined;
    const server = await tcpServer(() => call?.abort());
    call = abortable(server.url.replace('http:', 'https:'));
    await call.expectReason();
  });

  it('while waiting for the headers', async () => {
    let call: ReturnType<typeof abortable> | undefined;
    const server = await httpServer(() => call?.abort());
    call = abortable(server.url);
    await call.expectReason();
    await expect.poll(() => server.requests.every(({ socket }) => socket.destroyed)).toBe(true);
  });

  it('while reading the body', async () => {
    const server = await httpServer((_, response) => void response.writeHead(200).write('{"ok":'));
    let call: ReturnType<typeof abortable> | undefined;
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const response = await globalThis.fetch(input, init);
      setImmediate(() => call?.abort());
      return response;
    };
    call = abortable(server.url, { fetch });
    await call.expectReason();
    await expect.poll(() => server.requests.every(({ socket }) => socket.destroyed)).toBe(true);
  });

  it('while backing off', async () => {
    const server = await httpServer(json(503, {}));
    let call: ReturnType<typeof abortable> | undefined;
    call = abortable(server.url, { maxRetries: 5, hooks: { onRetry: () => setImmediate(() => call?.abort()) } });
    await call.expectReason();
    expect(server.requests).toHaveLength(1);
  });

  it('keeps any reason, even null', async () => {
    const server = await httpServer(() => {});
    const controller = new AbortController();
    const ending = failure(clientFor(server.url).request(get({ signal: controller.signal })));
    controller.abort(null);
    expect(await ending).toBeNull();
  });

  it('needs one listener for many calls on one signal, and leaves none', async () => {
    const server = await httpServer((request, response) => {
      if (request.url === '/?lost=true') request.socket.destroy();
      else json(200, {})(request, response);
    });
    const { signal } = new AbortController();
    const client = clientFor(server.url, { maxRetries: 1, random: () => 0 });
    const calls = Array.from({ length: 20 }, (_, i) => client.request(get({ signal, query: { lost: i % 2 === 0 } })));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await Promise.allSettled(calls);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});
