import { getEventListeners } from 'node:events';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  type HttpClient,
  HttpClosedError,
  HttpRedirectError,
  type HttpResponse,
  HttpStream,
  type HttpStreamRequest,
  HttpTransportError,
  path,
} from '../../src/http/index.js';
import { clientFor, failure } from './clients.js';
import { ManualClock } from './manual-clock.js';
import { httpServer, inTurn, json } from './servers.js';

const never = () => {};
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

function open(client: HttpClient, init: Partial<HttpStreamRequest<HttpResponse>> = {}) {
  return client.open({ method: 'GET', path: path('/'), decode: (response) => response, ...init });
}

async function openStream(
  client: HttpClient,
  init: Partial<HttpStreamRequest<HttpResponse>> = {},
): Promise<HttpStream> {
  const stream = await open(client, init);
  expect(stream).toBeInstanceOf(HttpStream);
  return stream as HttpStream;
}

describe('open', () => {
  it('hands over the body as it comes, with no deadline on it', async () => {
    const clock = new ManualClock();
    let end = never;
    const server = await httpServer((_, response) => {
      response.writeHead(200, { 'x-a': 'b' }).write('one');
      end = () => response.end('two');
    });
    const stream = await openStream(clientFor(server.url, { clock }));
    expect(stream.status).toBe(200);
    expect(stream.headers.get('x-a')).toBe('b');
    expect(clock.sleeping).toBe(0);
    expect(text(await stream.read())).toBe('one');
    clock.advance(1e9);
    const next = stream.read();
    end();
    expect(text(await next)).toBe('two');
    expect(await stream.read()).toBeUndefined();
    expect(await stream.read()).toBeUndefined();
  });

  it('bounds the headers', async () => {
    const clock = new ManualClock();
    const server = await httpServer(() => clock.advance(1000));
    const error = await failure(open(clientFor(server.url, { clock }), { timeoutMs: 1000 }));
    expect(error).toBeInstanceOf(HttpTransportError);
    expect(error).toMatchObject({ code: 'TIMEOUT', attempts: [{ status: undefined, lost: true }] });
    expect(clock.sleeping).toBe(0);
    await expect.poll(() => server.requests.every(({ socket }) => socket.destroyed)).toBe(true);
  });

  it('reads an answer that is no stream, up to 64 KiB of it, within the deadline', async () => {
    const server = await httpServer(
      inTurn(json(503, { error: 'busy' }, { 'retry-after': '7' }), (_, response) => {
        response.writeHead(500).end('x'.repeat(1e6));
      }),
    );
    const client = clientFor(server.url);
    expect(await open(client)).toMatchObject({ status: 503, json: { error: 'busy' }, retryAfterMs: 7000 });
    const long = (await open(client)) as HttpResponse;
    expect(long.text).toHaveLength(2 ** 16);

    const stalled = await httpServer((_, response) => void response.writeHead(400).write('{'));
    const error = await failure(open(clientFor(stalled.url, { timeoutMs: 100 })));
    expect(error).toMatchObject({ code: 'TIMEOUT', status: 400 });
  });

  it('throws what decode throws, and lets go of the signal', async () => {
    const server = await httpServer(json(400, {}));
    const { signal } = new AbortController();
    const no = new Error('no');
    const decode = () => {
      throw no;
    };
    expect(await failure(open(clientFor(server.url), { decode, signal }))).toBe(no);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('refuses redirects', async () => {
    const server = await httpServer(json(302, {}, { location: 'https://example.com/?code=hunter2' }));
    const error = await failure(open(clientFor(server.url)));
    expect(error).toBeInstanceOf(HttpRedirectError);
    expect(error).toMatchObject({ status: 302, attempts: [{ status: 302, lost: false }] });
    expect(inspect(error)).not.toContain('hunter2');
  });

  it('says that the connection was lost', async () => {
    const server = await httpServer((request, response) => {
      response.writeHead(200).write('one', () => request.socket.resetAndDestroy());
    });
    const stream = await openStream(clientFor(server.url));
    const error = await failure(
      (async () => {
        while (await stream.read());
      })(),
    );
    expect(error).toBeInstanceOf(HttpTransportError);
    expect(error).toMatchObject({ code: 'NETWORK_ERROR', status: 200, retryable: true });
    expect(
      await failure(open(clientFor('http://localhost', { fetch: () => Promise.reject(new TypeError('x')) }))),
    ).toMatchObject({ code: 'NETWORK_ERROR', status: undefined });
  });

  it('is aborted during the headers, a read, and between reads, with the reason itself', async () => {
    const server = await httpServer(inTurn(never, (_, response) => void response.writeHead(200).write('one')));
    for (const moment of ['headers', 'read', 'between'] as const) {
      const controller = new AbortController();
      const reason = { moment };
      const opening = open(clientFor(server.url), { signal: controller.signal });
      if (moment === 'headers') {
        await expect.poll(() => server.requests.length).toBe(1);
        controller.abort(reason);
        expect(await failure(opening)).toBe(reason);
      } else {
        const stream = (await opening) as HttpStream;
        await stream.read();
        if (moment === 'between') controller.abort(reason);
        const next = failure(stream.read());
        controller.abort(reason);
        expect(await next).toBe(reason);
        expect(await failure(stream.read())).toBe(reason);
      }
      await expect.poll(() => server.requests.every(({ socket }) => socket.destroyed)).toBe(true);
      expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    }
  });

  it('aborts a body that does not heed its signal', async () => {
    const fetch = async () => new Response(new ReadableStream({ cancel: () => new Promise<void>(never) }));
    const controller = new AbortController();
    const stream = await openStream(clientFor('http://localhost', { fetch }), { signal: controller.signal });
    const next = failure(stream.read());
    controller.abort('enough');
    expect(await next).toBe('enough');
  });

  it('closes: the read under way ends, the socket and the signal are let go', async () => {
    const server = await httpServer((_, response) => void response.writeHead(200).write('one'));
    const { signal } = new AbortController();
    const stream = await openStream(clientFor(server.url), { signal });
    await stream.read();
    const next = stream.read();
    stream.close();
    stream.close();
    expect(await next).toBeUndefined();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    await expect.poll(() => server.requests.every(({ socket }) => socket.destroyed)).toBe(true);
  });

  it('ends with its client', async () => {
    const server = await httpServer((_, response) => void response.writeHead(200).write('one'));
    const client = clientFor(server.url);
    const stream = await openStream(client);
    await stream.read();
    const next = failure(stream.read());
    client.close();
    expect(await next).toBeInstanceOf(HttpClosedError);
    expect(await failure(open(client))).toBeInstanceOf(HttpClosedError);
    await expect.poll(() => server.requests.every(({ socket }) => socket.destroyed)).toBe(true);
  });

  it('takes an answer without a body', async () => {
    const stream = await openStream(clientFor((await httpServer((_, r) => r.writeHead(204).end())).url));
    expect(stream.status).toBe(204);
    expect(await stream.read()).toBeUndefined();
  });

  it('has one event to begin with and one for its headers', async () => {
    const told: string[] = [];
    const hooks = { onRequest: () => void told.push('request'), onResponse: () => void told.push('response') };
    const server = await httpServer((_, response) => response.end('x'));
    await openStream(clientFor(server.url, { hooks }));
    expect(told).toEqual(['request', 'response']);
  });
});

describe('maxBytes', () => {
  it('bounds one request', async () => {
    const server = await httpServer((_, response) => response.end('x'.repeat(2000)));
    const error = await failure(
      clientFor(server.url).request({
        method: 'GET',
        path: path('/'),
        repeatable: true,
        maxBytes: 1024,
        decode: () => 0,
      }),
    );
    expect(error).toMatchObject({ code: 'BODY_TOO_LARGE' });
    expect(error).toHaveProperty('message', expect.stringContaining('longer than 1 KiB'));
  });
});
