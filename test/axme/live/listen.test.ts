import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import {
  AxmeInputError,
  AxmeNotFoundError,
  AxmeProtocolError,
  AxmeServerError,
  AxmeTimeoutError,
  type ListenOptions,
} from '../../../src/axme/index.js';
import { failure } from '../../http/clients.js';
import { inTurn, json } from '../../http/servers.js';
import { collect, frame, intentEvent, open, scene, seqs, TIMEOUT, until } from './gateway.js';

const ADDRESS = 'agent://acme/prod/worker';

/** Deliveries after `since`, then the end of the window. */
const inbound =
  (...all: number[]): RequestListener =>
  ({ url = '' }, response) => {
    const since = Number(new URL(url, 'http://gateway').searchParams.get('since'));
    const frames = all.filter((seq) => seq > since).map((seq) => frame(intentEvent(seq, 'SUBMITTED')));
    open(response).end(frames.join('') + TIMEOUT);
  };

describe('listen', () => {
  it('goes on from window to window, after the highest seq', async () => {
    const { client, asked, clock } = await scene({
      other: inTurn(inbound(1, 2), inbound(1, 2), inbound(1, 2, 5), inbound(6)),
    });
    const deliveries = await collect(client.listen(` ${ADDRESS} `, { since: 1 }), 3);
    expect(seqs(deliveries)).toEqual([2, 5, 6]);
    expect(asked()).toEqual(
      [1, 2, 2, 5].map((since) => `/v1/agents/acme/prod/worker/intents/stream?since=${since}&wait_seconds=15`),
    );
    // Only after the window that brought nothing, which closed at once.
    expect(clock.waits).toEqual([1000]);
  });

  it.each([
    ['agent://acme/a b/c?d', '/v1/agents/acme/a%20b/c%3Fd/intents/stream'],
    ['worker', '/v1/agents/worker/intents/stream'],
  ])('keeps the slashes of an address and nothing else: %s', async (address, path) => {
    const { client, asked } = await scene({ other: inbound(1) });
    await collect(client.listen(address), 1);
    expect(asked()).toEqual([`${path}?since=0&wait_seconds=15`]);
  });

  it.each([
    [['SUBMITTED', 'COMPLETED'], 'SUBMITTED%2CCOMPLETED'],
    ['SUBMITTED, WAITING', 'SUBMITTED%2CWAITING'],
  ])('takes a filter of states: %j', async (status, sent) => {
    const { client, asked } = await scene({ other: inbound(1) });
    await collect(client.listen(ADDRESS, { status, waitSeconds: 5 }), 1);
    expect(asked()[0]).toMatch(new RegExp(`\\?since=0&wait_seconds=5&status=${sent}$`));
  });

  it('waits out what passes, ever longer', async () => {
    const { client, warnings } = await scene({
      other: inTurn(
        json(503, {}),
        (request) => request.socket.destroy(),
        json(429, {}, { 'retry-after': '3' }),
        inbound(1),
      ),
    });
    expect(seqs(await collect(client.listen(ADDRESS), 1))).toEqual([1]);
    expect(warnings.map(([, fields]) => (fields as { delayMs: number }).delayMs)).toEqual([250, 500, 4000]);
  });

  it.each([
    [404, AxmeNotFoundError],
    [501, AxmeServerError],
  ])('throws where there is no such stream: %i', async (status, AxmeError) => {
    const { client, server } = await scene({ other: json(status, { detail: 'no' }) });
    const error = await failure(collect(client.listen(ADDRESS)));
    expect(error).toBeInstanceOf(AxmeError);
    expect(error).toMatchObject({ status, detail: 'no' });
    expect(server.requests.length).toBe(1);
  });

  it('throws where a proxy answers with a page', async () => {
    const { client } = await scene({
      other: (_, response) => void response.setHeader('content-type', 'text/html').end(),
    });
    const error = await failure(collect(client.listen(ADDRESS)));
    expect(error).toBeInstanceOf(AxmeProtocolError);
    expect(error).toMatchObject({ status: 502, cause: { code: 'STREAM_NOT_EVENTS' } });
  });

  it('has at most ten windows a second, each of which closes at once, and ends after timeoutMs', async () => {
    const { client, server } = await scene({ other: inbound() });
    const error = await failure(collect(client.listen(ADDRESS, { timeoutMs: 20_000 })));
    expect(error).toBeInstanceOf(AxmeTimeoutError);
    expect(server.requests.length).toBeGreaterThan(15);
    expect(server.requests.length).toBeLessThan(23);
  });

  it('leaves out what has ended since, if asked to', async () => {
    const states: Record<string, string> = { a: 'IN_PROGRESS', b: 'COMPLETED', c: 'TIMED_OUT', d: 'SUBMITTED' };
    const deliveries = [
      intentEvent(1, 'SUBMITTED', { intent_id: 'a' }),
      intentEvent(2, 'SUBMITTED', { intent_id: 'b' }),
      intentEvent(3, 'TIMED_OUT', { intent_id: 'c' }),
      intentEvent(4, 'SUBMITTED', { intent_id: 'unknown' }),
      intentEvent(5, 'SUBMITTED', { intent_id: 'd' }),
    ];
    const { client, asked } = await scene({
      other(request, response) {
        const [path = ''] = (request.url ?? '').split('?');
        if (path.endsWith('/intents/stream')) open(response).write(deliveries.map(frame).join(''));
        else {
          const status = states[path.slice('/v1/intents/'.length)];
          json(status ? 200 : 404, status ? { intent: { status } } : { detail: 'not found' })(request, response);
        }
      },
    });
    // What cannot be found out is handed over: work done twice is better than work lost.
    expect(seqs(await collect(client.listen(ADDRESS, { dropFinished: true }), 3))).toEqual([1, 4, 5]);
    // One that says so itself is not asked for.
    expect(asked().filter((url) => url.startsWith('/v1/intents/'))).toEqual(
      ['a', 'b', 'unknown', 'd'].map((id) => `/v1/intents/${id}`),
    );
    expect(seqs(await collect(client.listen(ADDRESS), 5))).toEqual([1, 2, 3, 4, 5]);
  });

  it('ends with the signal while it asks whether an intent has ended', async () => {
    let asking = false;
    const { client, answering } = await scene({
      other({ url = '' }, response) {
        if (url.includes('/intents/stream')) open(response).write(frame(intentEvent(1, 'SUBMITTED')));
        else asking = true;
      },
    });
    const controller = new AbortController();
    const { signal } = controller;
    const waiting = failure(collect(client.listen(ADDRESS, { dropFinished: true, signal })));
    await until(() => asking);
    controller.abort('enough');
    expect(await waiting).toBe('enough');
    await until(() => answering.size === 0);
  });

  it.each([
    ['', {}, 'address'],
    ['agent://', {}, 'address'],
    ['agent://acme//x', {}, 'address'],
    ['agent://acme/../x', {}, 'address'],
    [ADDRESS, { since: -1 }, 'since'],
    [ADDRESS, { status: [] }, 'status'],
    [ADDRESS, { status: '' }, 'status'],
    [ADDRESS, { status: ['RESOLVED'] }, 'status'],
    [ADDRESS, { wait_seconds: 1 }, 'waitSeconds'],
  ])('refuses %j with %j at once', async (address, options, field) => {
    const { client, server } = await scene({});
    let error: unknown;
    try {
      client.listen(address, options as ListenOptions);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(AxmeInputError);
    expect(error).toMatchObject({ field });
    expect(server.requests.length).toBe(0);
  });
});
