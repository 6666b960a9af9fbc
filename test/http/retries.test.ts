import { describe, expect, it } from 'vitest';
import { HttpTransportError } from '../../src/http/index.js';
import { clientFor, failure, get, retryingClient } from './clients.js';
import { closedPort, httpServer, inTurn, json, tcpServer } from './servers.js';

const ok = json(200, { ok: true });

describe('retries', () => {
  it.each([408, 429, 500, 502, 503, 504])('sends again after %d', async (status) => {
    const server = await httpServer(inTurn(json(status, {}), ok));
    const { client, clock, delays } = retryingClient(server.url);
    const answer = await client.request(get());
    expect(answer).toMatchObject({ status: 200, earlier: [{ status, lost: false }] });
    expect(delays).toEqual([125]);
    expect(clock.sleeping).toBe(0);
  });

  it.each([200, 400, 401, 403, 404, 409, 501])('does not send again after %d', async (status) => {
    const server = await httpServer(json(status, {}));
    expect((await retryingClient(server.url).client.request(get())).status).toBe(status);
    expect(server.requests).toHaveLength(1);
  });

  it('hands the last answer to decode, with its history', async () => {
    const server = await httpServer(inTurn(json(500, {}), json(503, {}), json(429, {}), json(502, { last: true })));
    const { client, delays } = retryingClient(server.url);
    const answer = await client.request(get());
    expect(answer).toMatchObject({ status: 502, json: { last: true } });
    expect(answer.earlier.map(({ status }) => status)).toEqual([500, 503, 429]);
    expect(delays).toEqual([125, 250, 500]);
  });

  it('makes one attempt with maxRetries 0', async () => {
    const server = await httpServer(json(503, {}));
    expect((await clientFor(server.url).request(get())).status).toBe(503);
    expect(server.requests).toHaveLength(1);
  });

  it('makes as many as a request says for itself', async () => {
    const server = await httpServer(json(503, {}));
    const { client, delays } = retryingClient(server.url);
    await client.request(get({ maxRetries: 0 }));
    expect(delays).toEqual([]);
    await client.request(get({ maxRetries: 1 }));
    expect(server.requests).toHaveLength(3);
  });

  it('takes other statuses and another back-off', async () => {
    const server = await httpServer(inTurn(json(418, {}), json(503, {})));
    const { client, delays } = retryingClient(server.url, { retryStatuses: [418], backoff: { baseMs: 50, capMs: 50 } });
    expect((await client.request(get())).status).toBe(503);
    expect(delays).toEqual([25]);
  });

  it.each([
    ['7', 7125],
    ['Tue, 01 Jan 2030 00:00:07 GMT', 7125],
    ['Tuesday, 01-Jan-30 00:00:07 GMT', 7125],
    ['Tue Jan  1 00:00:07 2030', 7125],
    ['60', 60_125],
    ['-7', 125],
    ['soon', 125],
  ])('waits at least as long as Retry-After %j asks', async (retryAfter, delay) => {
    const server = await httpServer(inTurn(json(429, {}, { 'retry-after': retryAfter }), ok));
    const { client, delays } = retryingClient(server.url);
    expect((await client.request(get())).status).toBe(200);
    expect(delays).toEqual([delay]);
  });

  it.each([
    ['61', 61_000],
    ['Wed, 02 Jan 2030 00:00:00 GMT', 86_400_000],
  ])('reports Retry-After %j instead of waiting so long', async (retryAfter, expected) => {
    const server = await httpServer(json(503, {}, { 'retry-after': retryAfter }));
    expect(await retryingClient(server.url).client.request(get())).toMatchObject({
      status: 503,
      retryAfterMs: expected,
    });
    expect(server.requests).toHaveLength(1);
  });
});

describe('what may be sent again when the request is not repeatable', () => {
  const post = get({ method: 'POST', repeatable: false });

  it.each([408, 429, 503])('an answer %d: the server has not acted', async (status) => {
    const server = await httpServer(inTurn(json(status, {}), ok));
    expect((await retryingClient(server.url).client.request(post)).status).toBe(200);
  });

  it.each([500, 502, 504])('not an answer %d', async (status) => {
    const server = await httpServer(inTurn(json(status, {}), ok));
    expect((await retryingClient(server.url).client.request(post)).status).toBe(status);
  });

  it('a refused connection: the server has not seen it', async () => {
    const { client, delays } = retryingClient(`http://127.0.0.1:${await closedPort()}`);
    const error = await failure(client.request(post));
    expect(delays).toHaveLength(3);
    expect(error).toHaveProperty('attempts', Array(4).fill({ status: undefined, lost: false }));
  });

  it('not a lost answer', async () => {
    const server = await tcpServer((socket) => socket.destroy());
    const { client, delays } = retryingClient(server.url);
    const error = await failure(client.request(post));
    expect(error).toBeInstanceOf(HttpTransportError);
    expect(error).toHaveProperty('attempts', [{ status: undefined, lost: true }]);
    expect(delays).toEqual([]);
  });
});
