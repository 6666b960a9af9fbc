import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import {
  AxmeAuthError,
  AxmeClosedError,
  AxmeInputError,
  AxmeNotFoundError,
  AxmeProtocolError,
  AxmeTimeoutError,
  type IntentEvent,
} from '../../../src/axme/index.js';
import { failure } from '../../http/clients.js';
import { closedPort, inTurn, json } from '../../http/servers.js';
import { API_KEY, collect, frame, ID, intentEvent, open, scene, seqs, TIMEOUT, until } from './gateway.js';

const done = intentEvent(3, 'COMPLETED');
const after = (since: number, ...events: IntentEvent[]) => events.filter(({ seq }) => seq > since);
/** A stream of these events after `since`, which then ends. */
const streamOf =
  (...events: IntentEvent[]) =>
  (response: ServerResponse, since: number) =>
    void open(response).end(
      after(since, ...events)
        .map(frame)
        .join('') + TIMEOUT,
    );

describe('what comes', () => {
  it('is handed over while the window is open, and the iteration ends with the last event', async () => {
    let response: ServerResponse | undefined;
    const { client } = await scene({
      stream: (opened) => {
        response = open(opened);
        response.write(frame(intentEvent(1)));
      },
    });
    const events = client.observe(ID);
    // The published TypeScript client has it when the window closes, which here it never does.
    expect(await events.next()).toEqual({ done: false, value: intentEvent(1) });
    response?.write(frame(intentEvent(2)));
    expect(await events.next()).toEqual({ done: false, value: intentEvent(2) });
    response?.write(frame(done) + frame(intentEvent(4)));
    expect(await events.next()).toEqual({ done: false, value: done });
    expect(await events.next()).toEqual({ done: true, value: undefined });
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  it('is asked for with the credential, one trace id and no event id', async () => {
    let windows = 0;
    const { client, server, asked } = await scene({
      stream: (response, since) => streamOf(...(windows++ === 0 ? [intentEvent(1)] : [done]))(response, since),
      list: () => [],
    });
    expect(seqs(await collect(client.observe(ID)))).toEqual([1, 3]);
    expect(asked()).toEqual([
      'events/stream?since=0&wait_seconds=15',
      'events?since=1',
      'events/stream?since=1&wait_seconds=15',
    ]);
    expect(server.requests.map(({ headers }) => headers['x-api-key'])).toEqual([API_KEY, API_KEY, API_KEY]);
    expect(new Set(server.requests.map(({ headers }) => headers['x-trace-id'])).size).toBe(1);
    expect(server.requests.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, undefined, undefined]);
    expect(server.requests[0]!.headers['accept']).toBe('text/event-stream');
  });

  it('goes on after `since`, with the options as published', async () => {
    const { client, server, asked } = await scene({ status: 'IN_PROGRESS', stream: streamOf(intentEvent(2), done) });
    const options = { since: 2, waitSeconds: 60, pollIntervalMs: 0, timeoutMs: 600_000, traceId: 'trace-1' };
    expect(await collect(client.observe(ID, options))).toEqual([done]);
    expect(asked()).toEqual(['events/stream?since=2&wait_seconds=60']);
    expect(server.requests[0]!.headers['x-trace-id']).toBe('trace-1');
  });

  it('comes from the list where the stream has missed it, each event once and in order', async () => {
    const all = [intentEvent(1), intentEvent(2), done];
    // A list that heeds no `since`, and a stream that repeats itself.
    const { client } = await scene({
      stream: (response) => void open(response).end(frame(all[0]!) + frame(all[0]!) + TIMEOUT),
      list: () => all,
    });
    expect(await collect(client.observe(ID))).toEqual(all);
  });

  it('is nothing of what the stream says to itself, or what cannot be read', async () => {
    const { client } = await scene({
      stream: (response) =>
        void open(response).end(
          [
            ': keepalive\n\n',
            'retry: 1\n\n',
            TIMEOUT,
            'data: {"seq":1}\n\n',
            'event: intent.created\ndata: {oops\n\n',
            'event: intent.created\ndata: [1]\n\n',
            'event: intent.created\ndata: null\n\n',
            'event: intent.created\n\n',
            frame(done),
          ].join(''),
        ),
    });
    expect(await collect(client.observe(ID))).toEqual([done]);
  });

  it.each([
    ['a status', intentEvent(1, 'TIMED_OUT', { event_type: 'intent.timeout' })],
    ['a name', intentEvent(1, 'WAITING', { event_type: 'intent.timed_out' })],
  ])('ends with %s that is final', async (_, last) => {
    const { client } = await scene({ stream: streamOf(last, intentEvent(2)) });
    expect(await collect(client.observe(ID))).toEqual([last]);
  });

  it('does not end with intent.timeout alone, which is an older name', async () => {
    const reminder = intentEvent(1, 'WAITING', { event_type: 'intent.timeout' });
    const { client } = await scene({ stream: streamOf(reminder, done) });
    expect(await collect(client.observe(ID))).toEqual([reminder, done]);
  });

  it('may have line separators in it, cut anywhere', async () => {
    const event = intentEvent(1, 'COMPLETED', { details: { text: 'a\u2028b\u2029c\u0085d😀' } });
    const bytes = Buffer.from(frame(event));
    const { client } = await scene({
      async stream(response) {
        open(response);
        for (const byte of bytes) {
          response.write(Uint8Array.of(byte));
          await new Promise(setImmediate);
        }
      },
    });
    expect(await collect(client.observe(ID))).toEqual([event]);
  });

  it('is handed over in order where calls overlap', async () => {
    const { client } = await scene({ stream: streamOf(intentEvent(1), intentEvent(2), done) });
    const events = client.observe(ID);
    const results = await Promise.all([events.next(), events.next(), events.next(), events.next()]);
    expect(results.map(({ value }) => value?.seq)).toEqual([1, 2, 3, undefined]);
  });

  it('is 10,000 events, in order', async () => {
    const last = 10_000;
    const all = Array.from({ length: last }, (_, i) =>
      intentEvent(i + 1, i + 1 === last ? 'COMPLETED' : 'IN_PROGRESS'),
    );
    const { client } = await scene({ stream: streamOf(...all) });
    expect(seqs(await collect(client.observe(ID)))).toEqual(seqs(all));
  });

  it('comes to 200 observers at once, who leave no connection behind', async () => {
    const opened: ServerResponse[] = [];
    const { client, server, clock } = await scene({ stream: (response) => void opened.push(open(response)) });
    const observers = Array.from({ length: 200 }, () => collect(client.observe(ID, { timeoutMs: 3_600_000 })));
    await until(() => opened.length === 200);
    for (const response of opened) response.end(frame(intentEvent(1)) + frame(done));
    for (const events of await Promise.all(observers)) expect(seqs(events)).toEqual([1, 3]);
    await client.close();
    expect(clock.sleeping).toBe(0);
    expect(server.requests.length).toBe(200);
  });
});

describe('where the gateway has no stream', () => {
  it.each([[404], [405], [501]])('there are polls alone: %i', async (status) => {
    let polls = 0;
    const { client, asked, clock } = await scene({
      stream: (response) => json(status, { detail: 'no such thing' })(undefined as never, response as never),
      list: (since) => after(since, ...(polls++ < 3 ? [] : [intentEvent(1), done])),
    });
    expect(seqs(await collect(client.observe(ID, { pollIntervalMs: 2000 })))).toEqual([1, 3]);
    expect(asked()).toEqual(['events/stream?since=0&wait_seconds=15', ...Array(4).fill('events')]);
    expect(clock.waits).toEqual([2000, 2000, 2000]);
  });

  it('so it is where a proxy answers with a page', async () => {
    const { client } = await scene({
      stream: (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Hello'),
      list: () => [done],
    });
    expect(await collect(client.observe(ID))).toEqual([done]);
  });

  it('an intent that does not exist is told', async () => {
    const { client } = await scene({});
    const error = await failure(collect(client.observe(ID)));
    expect(error).toBeInstanceOf(AxmeNotFoundError);
    expect(error).toMatchObject({ status: 404, detail: 'not found' });
  });

  it('a list that is none is told', async () => {
    const { client } = await scene({ list: () => ({ not: 'a list' }) });
    const error = await failure(collect(client.observe(ID)));
    expect(error).toBeInstanceOf(AxmeProtocolError);
    expect(error).toMatchObject({ status: 502, code: 'INVALID_RESPONSE' });
  });
});

describe('failures', () => {
  it('are waited out, ever longer, and told', async () => {
    const { client, warnings, clock } = await scene({
      other: inTurn(
        json(503, {}),
        (request) => request.socket.destroy(),
        json(500, {}),
        json(429, {}, { 'retry-after': '7' }),
        json(502, {}),
        json(500, {}),
        (_, response) => streamOf(done)(response, 0),
      ),
    });
    expect(await collect(client.observe(ID))).toEqual([done]);
    // Stream and list by turns, each with its own back-off.
    expect(warnings.map(([, fields]) => (fields as { delayMs: number }).delayMs)).toEqual([
      250, 250, 500, 7500, 1000, 2000,
    ]);
    expect(warnings[0]).toMatchObject([
      'GET /v1/intents/{intent_id}/events/stream: following it failed; next attempt in 250 ms.',
      { scope: 'axme', error: { status: 503 } },
    ]);
    expect(clock.sleeping).toBe(0);
  });

  it('of the stream leave the polls their pace', async () => {
    let polls = 0;
    const { client, clock, asked } = await scene({
      stream: (response) => void json(500, {})(undefined as never, response as never),
      list: (since) => after(since, ...(++polls === 60 ? [done] : [])),
    });
    const startedAt = clock.now();
    expect(await collect(client.observe(ID))).toEqual([done]);
    const seconds = (clock.now() - startedAt) / 1000;
    expect(seconds).toBeGreaterThan(50);
    expect(seconds).toBeLessThan(62);
    expect(asked().filter((url) => url.startsWith('events/stream')).length).toBeLessThan(12);
  });

  it('go on for as long as there is no server', async () => {
    const { client, clock, warnings } = await scene({}, { baseUrl: `http://127.0.0.1:${await closedPort()}` });
    const controller = new AbortController();
    const waiting = failure(collect(client.observe(ID, { signal: controller.signal })));
    await until(() => warnings.length > 10);
    controller.abort(new Error('enough'));
    expect(await waiting).toEqual(new Error('enough'));
    expect(clock.sleeping).toBe(0);
  });

  it.each([401, 403])('that will not pass are thrown: %i', async (status) => {
    const { client, server } = await scene({
      other: json(status, { detail: 'no', error: { code: 'x', message: 'no' } }),
    });
    const error = await failure(collect(client.observe(ID)));
    expect(error).toBeInstanceOf(AxmeAuthError);
    expect(error).toMatchObject({ status, code: 'x' });
    expect(server.requests.length).toBe(1);
  });

  it.each([
    ['without a word', ''],
    ['with a timeout each time', TIMEOUT],
    ['with the same event each time', frame(intentEvent(1))],
  ])('streams that close at once are no hot loop: %s', async (_, text) => {
    const { client, clock, server } = await scene({
      stream: (response) => void open(response).end(text),
      list: () => [],
    });
    const startedAt = clock.now();
    const error = await failure(collect(client.observe(ID, { pollIntervalMs: 0, timeoutMs: 13_000 })));
    expect(error).toBeInstanceOf(AxmeTimeoutError);
    // Two requests in 100 ms at most, though the published clients have no least delay.
    expect(server.requests.length).toBeLessThanOrEqual((2 * (clock.now() - startedAt)) / 100 + 4);
    expect(server.requests.length).toBeGreaterThan(100);
  });

  it('connections that are cut after any byte lose nothing and repeat nothing', async () => {
    const all = [intentEvent(1), intentEvent(2), done];
    const bytes = Buffer.from(all.map(frame).join(''));
    let cut = 0;
    let windows = 0;
    const { client } = await scene({
      stream(response, since) {
        if (windows++ > 0) return streamOf(...all)(response, since);
        open(response).write(bytes.subarray(0, cut), () => response.socket?.destroy());
      },
      // With it the list would make up for everything.
      list: () => [],
    });
    for (cut = 0; cut <= bytes.length; cut += 1) {
      windows = 0;
      expect(seqs(await collect(client.observe(ID)))).toEqual([1, 2, 3]);
    }
  });
});

describe('ending', () => {
  const staying = (text = '') => ({
    stream: (response: ServerResponse) => void open(response).write(text || ': hi\n\n'),
  });

  it.each([
    ['break', async (events: AsyncIterable<unknown>) => void (await collect(events, 1))],
    [
      'return',
      async (events: AsyncIterableIterator<unknown>) => {
        await events.next();
        expect(await events.return?.()).toEqual({ done: true, value: undefined });
        expect(await events.next()).toEqual({ done: true, value: undefined });
      },
    ],
  ])('by %s frees the connection and every timer', async (_, leave) => {
    const { client, answering, clock } = await scene(staying(frame(intentEvent(1)) + frame(intentEvent(2))));
    const { signal } = new AbortController();
    await leave(client.observe(ID, { timeoutMs: 100_000, signal }));
    await until(() => answering.size === 0);
    expect(clock.sleeping).toBe(0);
  });

  it('by the signal throws its reason and frees everything, even while nobody waits', async () => {
    const { client, answering, clock } = await scene(staying(frame(intentEvent(1)) + frame(intentEvent(2))));
    const controller = new AbortController();
    const events = client.observe(ID, { signal: controller.signal, timeoutMs: 100_000 });
    await events.next();
    controller.abort(new Error('stop'));
    await until(() => answering.size === 0);
    expect(clock.sleeping).toBe(0);
    expect(await failure(events.next())).toEqual(new Error('stop'));
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  it('by a signal that was aborted before sends nothing', async () => {
    const { client, server } = await scene(staying());
    const events = client.observe(ID, { signal: AbortSignal.abort(new Error('before')) });
    expect(await failure(events.next())).toEqual(new Error('before'));
    expect(server.requests.length).toBe(0);
  });

  it("by the client's close, while one waits and while nobody does", async () => {
    const { client, answering, clock } = await scene(staying(frame(intentEvent(1))));
    const [waiting, paused] = [client.observe(ID, { timeoutMs: 100_000 }), client.observe(ID, { timeoutMs: 100_000 })];
    await waiting.next();
    await paused.next();
    const next = failure(waiting.next());
    await client.close();
    expect(await next).toBeInstanceOf(AxmeClosedError);
    await until(() => answering.size === 0);
    expect(clock.sleeping).toBe(0);
    expect(await failure(paused.next())).toBeInstanceOf(AxmeClosedError);
    expect(await failure(client.observe(ID).next())).toBeInstanceOf(AxmeClosedError);
  });

  it('by timeoutMs throws, in the middle of a window, and asks for no longer window than is left', async () => {
    const { client, answering, server, clock, asked } = await scene(staying());
    const waiting = failure(collect(client.observe(ID, { timeoutMs: 12_900, waitSeconds: 60 })));
    await until(() => server.requests.length === 1);
    clock.advance(12_900);
    const error = await waiting;
    expect(error).toBeInstanceOf(AxmeTimeoutError);
    expect(error).toMatchObject({ code: 'TIMEOUT', message: expect.stringContaining('Timed out') });
    expect(asked()).toEqual(['events/stream?since=0&wait_seconds=12']);
    await until(() => answering.size === 0);
    expect(clock.sleeping).toBe(0);
  });

  it('of one that nobody iterates takes nothing', async () => {
    const { client, server, clock } = await scene(staying());
    await client.observe(ID, { timeoutMs: 1000 }).close();
    expect(server.requests.length).toBe(0);
    expect(clock.sleeping).toBe(0);
  });

  it.runIf(Symbol.asyncDispose !== undefined)('by await using', async () => {
    const { client, answering } = await scene(staying(frame(intentEvent(1))));
    const events = client.observe(ID);
    await events.next();
    await events[Symbol.asyncDispose]();
    await until(() => answering.size === 0);
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  it('comes at once where the last event was before `since`', async () => {
    const { client } = await scene({ stream: streamOf(), list: () => [], status: 'COMPLETED' });
    expect(await collect(client.observe(ID, { since: 3 }))).toEqual([]);
  });
});

describe('arguments', () => {
  it.each([
    ['since', -1],
    ['since', 1.5],
    ['since', '1'],
    ['since', Number.NaN],
    ['waitSeconds', 0],
    ['waitSeconds', 61],
    ['waitSeconds', 1.5],
    ['pollIntervalMs', -1],
    ['pollIntervalMs', Number.POSITIVE_INFINITY],
    ['timeoutMs', 0],
    ['timeoutMs', -5],
    ['timeoutMs', null],
  ])('%s may not be %s, which is told at once', async (field, value) => {
    const { client, server } = await scene({});
    const options = { [field]: value } as object;
    for (const call of [() => client.observe(ID, options), () => client.listenSession(ID, options)]) {
      const error = caught(call);
      expect(error).toBeInstanceOf(AxmeInputError);
      expect(error).toMatchObject({ field, code: 'INVALID_INPUT' });
    }
    expect(server.requests.length).toBe(0);
  });

  it('are read by their own names only', async () => {
    const { client } = await scene({});
    expect(caught(() => client.observe(ID, { wait_seconds: 3 } as object))).toMatchObject({ field: 'waitSeconds' });
  });

  it.each(['', '  ', '..', '.'])('an intent id may not be %j', async (id) => {
    const { client } = await scene({});
    expect(caught(() => client.observe(id))).toBeInstanceOf(AxmeInputError);
  });

  it('an intent id is one segment, whatever is in it', async () => {
    const { client, server } = await scene({ other: json(401, {}) });
    await failure(collect(client.observe('a/../b?c#d')));
    expect(server.requests[0]!.url).toBe('/v1/intents/a%2F..%2Fb%3Fc%23d/events/stream?since=0&wait_seconds=15');
  });
});

function caught(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown.');
}
