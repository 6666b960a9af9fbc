import { describe, expect, it } from 'vitest';
import { HttpTransportError } from '../../src/http/index.js';
import { LimeError, LimeInputError, LimeLogin } from '../../src/lime/index.js';
import { failure } from '../http/clients.js';
import { closedPort, httpServer } from '../http/servers.js';
import { APPROVE, CHALLENGE, scene } from './helpers.js';

const at = (baseUrl: string, options = {}) =>
  new LimeLogin({ agentToken: 'at_live_hunter2', baseUrl, maxRetries: 0, ...options });

describe('a network failure is a LimeError', () => {
  it('when the server is dead', async () => {
    const port = await closedPort();
    const error = await failure(at(`http://127.0.0.1:${port}/api/v1`).login('one'));
    expect(error).toBeInstanceOf(LimeError);
    expect(error).toMatchObject({
      name: 'LimeError',
      code: 'NETWORK_ERROR',
      httpStatus: undefined,
      requestId: 'one',
      retryable: true,
      cause: expect.any(HttpTransportError),
    });
    expect((error as Error).message).toBe(
      `GET http://127.0.0.1:${port}/api/v1/auth/requests/{request_id} got no complete answer (connection refused). Check the base URL, the network and that the server is up.`,
    );
  });

  it('when the answer does not come in time', async () => {
    const { emulator, lime, clock } = await scene({ maxRetries: 0 });
    emulator.faults.add({ path: CHALLENGE, delayMs: 60_000 });
    const ending = failure(lime.login('one'));
    await expect.poll(() => emulator.requests.length).toBe(1);
    clock.advance(30_000);
    expect(await ending).toMatchObject({ name: 'LimeError', code: 'TIMEOUT', retryable: true });
    expect(clock.sleeping).toBe(0);
  });

  it('when the answer is a redirect, which takes no credential anywhere', async () => {
    const elsewhere = await httpServer((_, response) => response.end());
    const { emulator, lime, request } = await scene();
    emulator.faults.add({ path: APPROVE, respond: { status: 307, headers: { location: elsewhere.url } } });
    const error = await failure(lime.login(request().requestId));
    expect(error).toMatchObject({ name: 'LimeError', code: 'UNEXPECTED_REDIRECT', httpStatus: 307, retryable: false });
    expect(elsewhere.requests).toEqual([]);
  });

  it('when the answer is too long', async () => {
    const server = await httpServer((_, response) => response.end(Buffer.alloc(17 * 2 ** 20, ' ')));
    expect(await failure(at(server.url).login('one'))).toMatchObject({ name: 'LimeError', code: 'BODY_TOO_LARGE' });
  });

  it('when there is no fetch', async () => {
    const error = await failure(at('http://localhost', { fetch: 'none' }).login('one'));
    expect(error).toBeInstanceOf(LimeInputError);
    expect(error).toMatchObject({ code: 'INVALID_INPUT', requestId: 'one' });
  });

  it('and so is what never should fail', async () => {
    const { emulator, lime } = await scene({
      random: () => {
        throw new RangeError('no dice');
      },
    });
    emulator.faults.add({ path: CHALLENGE, respond: { status: 503, body: 'busy' } });
    const error = await failure(lime.login('one'));
    expect(error).toMatchObject({ name: 'LimeError', code: 'UNEXPECTED_FAILURE', cause: expect.any(RangeError) });
  });
});

describe('retries', () => {
  it.each([408, 429, 500, 502, 503, 504])('come after %d, of the challenge and of the approval', async (status) => {
    const { emulator, lime, request, delays, traffic } = await scene();
    for (const path of [CHALLENGE, APPROVE]) emulator.faults.add({ path, times: 1, respond: { status, body: 'busy' } });
    expect((await lime.login(request().requestId)).status).toBe('APPROVED');
    expect(traffic()).toEqual([`GET ${status}`, 'GET 200', `POST ${status}`, 'POST 200']);
    expect(delays).toEqual([125, 125]);
  });

  it('come after a lost connection', async () => {
    const { emulator, lime, request, traffic } = await scene();
    for (const path of [CHALLENGE, APPROVE]) emulator.faults.add({ path, times: 1, lose: 'before' });
    expect((await lime.login(request().requestId)).status).toBe('APPROVED');
    expect(traffic()).toEqual(['GET cut', 'GET 200', 'POST cut', 'POST 200']);
  });

  it('are three by default', async () => {
    const { emulator, lime, delays, traffic } = await scene();
    emulator.faults.add({ path: CHALLENGE, respond: { status: 503, body: 'busy' } });
    await failure(lime.login('one'));
    expect(traffic()).toHaveLength(4);
    expect(delays).toEqual([125, 250, 500]);
  });

  it('wait as long as the server asks', async () => {
    const { emulator, lime, request, delays } = await scene();
    emulator.faults.add({ path: CHALLENGE, times: 1, respond: { status: 429, body: 'busy', retryAfter: 7 } });
    await lime.login(request().requestId);
    expect(delays).toEqual([7125]);
  });

  it('are told to the logger and the hooks, under the scope of LIME', async () => {
    const { emulator, lime, told, request, apiBase } = await scene();
    const { requestId } = request();
    emulator.faults.add({ path: CHALLENGE, times: 1, respond: { status: 503, body: 'busy' } });
    await lime.login(requestId);
    const url = `${apiBase}/auth/requests/{request_id}`;
    expect(told).toContainEqual([`GET ${url}`, { scope: 'lime', method: 'GET', url, attempt: 1 }]);
    expect(told).toContainEqual([
      `GET ${url}: 503, next attempt in 125 ms`,
      expect.objectContaining({ scope: 'lime', status: 503, attempt: 1, delayMs: 125 }),
    ]);
    expect(told.length).toBeGreaterThan(10);
  });
});
