import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HttpClosedError, HttpInputError, HttpRedirectError, path } from '../../src/http/index.js';
import { EventStreamContentTypeError, EventTooLongError, eventStream } from '../../src/sse/index.js';
import { clientFor, failure } from '../http/clients.js';
import { httpServer, inTurn, json } from '../http/servers.js';
import { cuts, legalStream, split } from './bytes.js';
import { collect, ending, events, noContent, openAt, staying } from './helpers.js';
import { referenceEvents } from './reference.js';

const allClosed = (server: { requests: readonly { socket: { destroyed: boolean } }[] }) =>
  expect.poll(() => server.requests.every(({ socket }) => socket.destroyed)).toBe(true);

describe('eventStream', () => {
  it('yields events as they come, and finishes at 204', async () => {
    const server = await httpServer(inTurn(ending('id: 1\nevent: e\ndata: a\n\ndata: b\n\n'), noContent));
    const { stream, statuses, clock } = openAt(server.url);
    expect(stream.status).toEqual({ state: 'idle' });
    expect(await collect(stream)).toEqual([
      { type: 'e', data: 'a', id: '1' },
      { type: 'message', data: 'b', id: '1' },
    ]);
    expect(statuses).toEqual([
      { state: 'connecting', attempt: 1 },
      { state: 'open' },
      { state: 'waiting', delayMs: 250, error: undefined },
      { state: 'connecting', attempt: 1 },
      { state: 'closed', reason: 'no-content' },
    ]);
    expect(stream.status).toBe(statuses.at(-1));
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(clock.sleeping).toBe(0);
  });

  it('asks for an event stream', async () => {
    const server = await httpServer(noContent);
    await collect(openAt(server.url, { headers: { 'X-Site-Token': 'st', accept: 'x' }, query: { a: 1 } }).stream);
    expect(server.requests[0]).toMatchObject({
      method: 'GET',
      url: '/events?a=1',
      headers: { accept: 'text/event-stream', 'x-site-token': 'st' },
    });
    expect(server.requests[0]?.headers).not.toHaveProperty('last-event-id');
  });

  it('has the same events however its bytes are cut', async () => {
    let chunks: readonly Uint8Array[] = [];
    const server = await httpServer(
      events(async (response) => {
        for (const chunk of chunks) {
          response.write(chunk);
          await new Promise(setImmediate);
        }
        response.end();
      }),
    );
    const http = clientFor(server.url);
    await fc.assert(
      fc.asyncProperty(legalStream, cuts, async (bytes, cuts) => {
        chunks = split(bytes.slice(0, 300), cuts);
        const stream = eventStream({ http, path: path('/'), reconnect: false });
        expect(await collect(stream)).toEqual(referenceEvents(bytes.slice(0, 300)).events);
      }),
      { numRuns: 30 },
    );
  }, 60_000);

  it.each([
    ['text/html', 200, 'text/html'],
    ['nothing', 200, undefined],
    ['JSON', 200, 'application/json'],
    ['another status', 201, 'text/event-stream'],
  ])('refuses an answer that is no event stream (%s)', async (_, status, type) => {
    const server = await httpServer((_, response) => {
      response.writeHead(status, type === undefined ? {} : { 'content-type': type }).write('<html>');
    });
    const { stream, statuses } = openAt(server.url);
    const error = await failure(collect(stream));
    expect(error).toBeInstanceOf(EventStreamContentTypeError);
    expect(error).toMatchObject({ code: 'STREAM_NOT_EVENTS', status, retryable: false });
    expect(statuses.at(-1)).toEqual({ state: 'closed', reason: 'failed', error });
    await allClosed(server);
  });

  it('takes the content type in any spelling', async () => {
    const server = await httpServer(
      inTurn(
        events((r) => r.end('data: a\n\n'), { 'content-type': 'Text/Event-Stream; charset=latin1' }),
        noContent,
      ),
    );
    expect(await collect(openAt(server.url).stream)).toHaveLength(1);
  });

  it('refuses redirects', async () => {
    const server = await httpServer(json(307, {}, { location: '/other' }));
    expect(await failure(collect(openAt(server.url).stream))).toBeInstanceOf(HttpRedirectError);
    expect(server.requests).toHaveLength(1);
  });

  it('ends with an event that is too long, after those before it were handed over', async () => {
    const server = await httpServer(staying(`${'data: a\n\n'.repeat(3)}data: ${'x'.repeat(2000)}`));
    const { stream } = openAt(server.url, { maxEventLength: 1000 });
    for (let i = 0; i < 3; i++) await stream.next();
    const error = await failure(stream.next());
    expect(error).toBeInstanceOf(EventTooLongError);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    await allClosed(server);
  });

  it('ends with its client', async () => {
    const server = await httpServer(staying('data: a\n\n'));
    const http = clientFor(server.url);
    const { stream } = openAt(server.url, { http });
    await stream.next();
    const next = failure(stream.next());
    http.close();
    expect(await next).toBeInstanceOf(HttpClosedError);
  });

  it('reads no more than its consumer asks for', async () => {
    let written = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          written += 1;
          controller.enqueue(new TextEncoder().encode(`data: ${'x'.repeat(1000)}\n\n`.repeat(64)));
        },
      },
      { highWaterMark: 1 },
    );
    const headers = { 'content-type': 'text/event-stream' };
    const http = clientFor('http://localhost', { fetch: async () => new Response(body, { headers }) });
    const { stream } = openAt('http://localhost', { http });
    for (let i = 0; i < 65; i++) await stream.next();
    await new Promise(setImmediate);
    expect(written).toBeLessThanOrEqual(3);
    await stream.close();
  });

  it('hands over what came together at once, if it is asked to', async () => {
    const server = await httpServer(
      inTurn(ending('id: 1\ndata: a\n\ndata: b\n\nid: 2\ndata: c\n\n'), ending('data: d\n\n'), noContent),
    );
    const { stream } = openAt(server.url);
    expect((await stream.next()).value).toMatchObject({ data: 'a' });
    expect(stream.lastEventId).toBe('1');
    const batches = [];
    for (let batch = await stream.nextBatch(); batch; batch = await stream.nextBatch()) {
      batches.push([stream.lastEventId, ...batch.map(({ data }) => data)]);
    }
    expect(batches).toEqual([
      ['2', 'b', 'c'],
      ['2', 'd'],
    ]);
    expect(await stream.nextBatch()).toBeUndefined();
  });

  it('serves overlapping calls of next in order', async () => {
    const server = await httpServer(staying('data: a\n\ndata: b\n\ndata: c\n\n'));
    const { stream } = openAt(server.url);
    const results = await Promise.all([stream.next(), stream.next(), stream.next()]);
    expect(results.map(({ value }) => value?.data)).toEqual(['a', 'b', 'c']);
    await stream.close();
  });

  it.each([{ idleTimeoutMs: 0 }, { idleTimeoutMs: Number.NaN }, { maxEventLength: -1 }])('refuses %j', (options) => {
    expect(() => openAt('http://localhost', options)).toThrow(HttpInputError);
  });
});

describe('the end by the consumer', () => {
  it.each([
    ['break', async (stream) => void (await collect(stream, 1))],
    [
      'close',
      async (stream) => {
        await stream.next();
        await stream.close();
        await stream.close();
      },
    ],
    [
      'close during next',
      async (stream) => {
        await stream.next();
        await stream.next();
        const next = stream.next();
        await stream.close();
        expect(await next).toEqual({ done: true, value: undefined });
      },
    ],
    [
      'asyncDispose',
      async (stream) => {
        await stream.next();
        await stream[Symbol.asyncDispose]();
      },
    ],
  ] as [string, (stream: ReturnType<typeof eventStream>) => Promise<void>][])(
    'closes the connection and leaves nothing behind (%s)',
    async (_, end) => {
      const server = await httpServer(staying('data: a\n\ndata: b\n\n'));
      const { signal } = new AbortController();
      const { stream, statuses, clock } = openAt(server.url, { signal });
      await end(stream);
      expect(statuses.at(-1)).toEqual({ state: 'closed', reason: 'closed' });
      expect(await stream.next()).toEqual({ done: true, value: undefined });
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
      expect(clock.sleeping).toBe(0);
      await allClosed(server);
    },
  );

  it('needs no connection', async () => {
    const { stream, statuses } = openAt('http://localhost');
    await stream.close();
    expect(statuses).toEqual([{ state: 'closed', reason: 'closed' }]);
    expect(await collect(stream)).toEqual([]);
  });
});

describe('abort', () => {
  const reason = { why: 'enough' };

  it.each(['before', 'headers hook', 'refresh hook', 'connecting', 'open', 'between events', 'waiting'])(
    'ends the stream with the reason itself (%s)',
    async (moment) => {
      const controller = new AbortController();
      const { signal } = controller;
      const abort = () => controller.abort(reason);
      const server = await httpServer((request, response) => {
        if (moment === 'connecting') return abort();
        if (moment === 'waiting') return void response.writeHead(503).end();
        if (moment === 'refresh hook') return void response.writeHead(401).end();
        staying('data: a\n\ndata: b\n\n')(request, response);
        if (moment === 'open') setImmediate(abort);
      });
      if (moment === 'before') abort();
      const { stream, statuses, clock } = openAt(server.url, {
        signal,
        headers: () => {
          if (moment === 'headers hook') abort();
          return {};
        },
        refresh: async () => {
          abort();
          return true;
        },
        onStatus: ({ state }) => state === 'waiting' && abort(),
      });
      const error = await failure(
        (async () => {
          for await (const _ of stream) if (moment === 'between events') abort();
        })(),
      );
      expect(error).toBe(reason);
      expect(statuses.at(-1)).toEqual({ state: 'closed', reason: 'aborted', error: reason });
      expect(await stream.next()).toEqual({ done: true, value: undefined });
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
      expect(clock.sleeping).toBe(0);
      if (!['waiting', 'refresh hook'].includes(moment)) await allClosed(server);
    },
  );
});
