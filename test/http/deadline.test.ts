import { describe, expect, it } from 'vitest';
import { HttpTransportError } from '../../src/http/index.js';
import { clientFor, failure, get } from './clients.js';
import { ManualClock } from './manual-clock.js';
import { httpServer, inTurn, json } from './servers.js';

const never = () => {};

describe('deadline', () => {
  it('bounds the headers', async () => {
    const server = await httpServer(never);
    const error = await failure(clientFor(server.url, { timeoutMs: 30 }).request(get()));
    expect(error).toBeInstanceOf(HttpTransportError);
    expect(error).toMatchObject({ code: 'TIMEOUT', retryable: true, attempts: [{ status: undefined, lost: true }] });
    expect(error).toHaveProperty('message', expect.stringContaining('within 30 ms'));
    await expect.poll(() => server.requests.every(({ socket }) => socket.destroyed)).toBe(true);
  });

  it('bounds headers and body together', async () => {
    const clock = new ManualClock();
    const server = await httpServer((_, response) => {
      clock.advance(600);
      response.writeHead(200).write('{"ok":', () => clock.advance(400));
    });
    const error = await failure(clientFor(server.url, { timeoutMs: 1000, clock }).request(get()));
    expect(error).toMatchObject({ code: 'TIMEOUT', attempts: [{ lost: true }] });
    expect(clock.sleeping).toBe(0);
    await expect.poll(() => server.requests.every(({ socket }) => socket.destroyed)).toBe(true);
  });

  it('bounds a body that never ends, of the status that it had', async () => {
    const server = await httpServer((_, response) => void response.writeHead(503).write('<html>'));
    const error = await failure(clientFor(server.url, { timeoutMs: 200 }).request(get()));
    expect(error).toMatchObject({ code: 'TIMEOUT', status: 503, attempts: [{ status: 503, lost: true }] });
  });

  it('is of each attempt, and a request may have its own', async () => {
    const server = await httpServer(inTurn(never, json(200, { ok: true })));
    const client = clientFor(server.url, { timeoutMs: 5, maxRetries: 1, random: () => 0 });
    expect(await client.request(get({ timeoutMs: 500 }))).toMatchObject({
      json: { ok: true },
      earlier: [{ status: undefined, lost: true }],
    });
  });

  it('holds for a fetch and a body that do not heed their signal', async () => {
    const deaf = clientFor('http://localhost', { timeoutMs: 5, fetch: () => new Promise(never) });
    expect(await failure(deaf.request(get()))).toHaveProperty('code', 'TIMEOUT');

    let cancelled = false;
    const cancel = () => {
      cancelled = true;
    };
    const stalled = async () => new Response(new ReadableStream({ cancel }));
    const client = clientFor('http://localhost', { timeoutMs: 5, fetch: stalled });
    expect(await failure(client.request(get()))).toHaveProperty('code', 'TIMEOUT');
    expect(cancelled).toBe(true);
  });

  it('discards an answer that comes after it', async () => {
    const clock = new ManualClock();
    let answer: (response: Response) => void = never;
    const fetch = () => {
      queueMicrotask(() => clock.advance(5));
      return new Promise<Response>((resolve) => {
        answer = resolve;
      });
    };
    const client = clientFor('http://localhost', { timeoutMs: 5, clock, fetch });
    expect(await failure(client.request(get()))).toHaveProperty('code', 'TIMEOUT');
    const cancelled = new Promise<void>((resolve) => {
      answer(new Response(new ReadableStream({ cancel: () => resolve() })));
    });
    await cancelled;
  });
});
