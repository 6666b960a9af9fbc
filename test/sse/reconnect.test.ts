import { describe, expect, it } from 'vitest';
import { HttpTransportError, path } from '../../src/http/index.js';
import { EventStreamIdleError, EventStreamRefusedError } from '../../src/sse/index.js';
import { clientFor, failure } from '../http/clients.js';
import { closedPort, httpServer, inTurn, json } from '../http/servers.js';
import { collect, ending, events, noContent, openAt, staying } from './helpers.js';

const drop = events((response, { socket }) => void response.write('data: x\n\n', () => socket.resetAndDestroy()));

describe('reconnecting', () => {
  it('follows clean ends, lost connections and answers that pass', async () => {
    const server = await httpServer(
      inTurn(
        ending('data: a\n\n'),
        json(500, {}),
        json(429, {}),
        json(408, {}),
        (request) => request.socket.destroy(),
        ending(': nothing\n\n'),
        drop,
        noContent,
      ),
    );
    const { stream, waits, errors } = openAt(server.url);
    expect((await collect(stream)).map(({ data }) => data)).toEqual(['a', 'x']);
    // Doubling with each attempt in a row that had no event, a comment being none, and anew after one.
    expect(waits).toEqual([250, 250, 500, 1000, 2000, 4000, 250]);
    expect(errors).toMatchObject(
      [
        undefined,
        { code: 'STREAM_REFUSED', status: 500, retryable: true },
        { status: 429 },
        { status: 408 },
        { code: 'NETWORK_ERROR' },
        undefined,
        { code: 'NETWORK_ERROR', status: 200 },
      ].map((error) => (error === undefined ? undefined : expect.objectContaining(error))),
    );
    expect(errors[4]).toBeInstanceOf(HttpTransportError);
  });

  it('counts attempts in a row', async () => {
    const server = await httpServer(inTurn(json(500, {}), json(500, {}), ending('data: a\n\n'), noContent));
    const { stream, statuses } = openAt(server.url);
    await collect(stream);
    const attempts = statuses.flatMap((status) => (status.state === 'connecting' ? status.attempt : []));
    expect(attempts).toEqual([1, 2, 3, 1]);
  });

  it('waits while there is no server', async () => {
    const { stream, waits } = openAt(`http://127.0.0.1:${await closedPort()}`, {
      onStatus: (status) => {
        if (status.state === 'waiting' && waits.length === 9) void stream.close();
      },
    });
    expect(await collect(stream)).toEqual([]);
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000, 15_000]);
  });

  it.each([[ending('')], [ending('data: a\n\n')], [ending('retry: 0\ndata: a\n\n')]])(
    'is no hot loop on streams that close at once, whatever the jitter',
    async (listener) => {
      const server = await httpServer(listener);
      const { stream, waits } = openAt(server.url, {
        random: () => 0,
        longPoll: true,
        onStatus: (status) => {
          if (status.state === 'waiting' && waits.length === 5) void stream.close();
        },
      });
      await collect(stream);
      expect(waits).toEqual([100, 100, 100, 100, 100, 100]);
    },
  );

  it('waits at least as long as the stream asks, within bounds', async () => {
    const server = await httpServer(
      inTurn(ending('retry: 3000\n\n'), ending('data: a\n\n'), ending('retry: 99999999999999\n\n'), noContent),
    );
    const { stream, waits } = openAt(server.url);
    await collect(stream);
    expect(waits).toEqual([3250, 3250, 60_250]);
  });

  it('waits at least as long as Retry-After asks, within bounds', async () => {
    const server = await httpServer(
      inTurn(json(503, {}, { 'retry-after': '20' }), json(429, {}, { 'retry-after': '999999' }), noContent),
    );
    const { stream, waits } = openAt(server.url);
    await collect(stream);
    expect(waits).toEqual([20_250, 3_600_500]);
  });

  it('makes the next connection of a long poll at once, if it was open for a while', async () => {
    let close = () => {};
    const server = await httpServer(
      inTurn(
        events((response) => {
          close = () => response.end();
        }),
        ending(''),
        noContent,
      ),
    );
    const { stream, waits, clock, statuses } = openAt(server.url, {
      longPoll: true,
      onStatus: ({ state }) => {
        if (state !== 'open' || statuses.length > 2) return;
        setImmediate(() => {
          clock.advance(15_000);
          close();
        });
      },
    });
    await collect(stream);
    expect(waits).toEqual([250]);
    expect(server.requests).toHaveLength(3);
  });

  it('can be off', async () => {
    const ends = await httpServer(ending('data: a\n\n'));
    const { stream, statuses } = openAt(ends.url, { reconnect: false });
    expect(await collect(stream)).toHaveLength(1);
    expect(statuses.at(-1)).toEqual({ state: 'closed', reason: 'ended' });

    const lost = openAt((await httpServer(drop)).url, { reconnect: false });
    expect(await failure(collect(lost.stream))).toBeInstanceOf(HttpTransportError);
    const refused = openAt((await httpServer(json(503, {}))).url, { reconnect: false });
    expect(await failure(collect(refused.stream))).toBeInstanceOf(EventStreamRefusedError);
    expect([...lost.waits, ...refused.waits]).toEqual([]);
  });
});

describe('refusals', () => {
  it.each([400, 401, 403, 404, 405, 409, 410, 422])('end the stream with a typed error (%d)', async (status) => {
    const server = await httpServer(json(status, { ok: false }));
    const { stream, statuses } = openAt(server.url);
    const error = await failure(collect(stream));
    expect(error).toBeInstanceOf(EventStreamRefusedError);
    expect(error).toMatchObject({ code: 'STREAM_REFUSED', status, retryable: false });
    expect(statuses.at(-1)).toEqual({ state: 'closed', reason: 'failed', error });
    expect(server.requests).toHaveLength(1);
  });

  it('are what decode makes of them, whether or not that is to be repeated', async () => {
    const server = await httpServer(inTurn(json(503, { code: 'BUSY' }), json(404, { code: 'GONE' })));
    const decode = ({ json }: { json: unknown }) => Object.assign(new Error('platform'), json, { retryable: true });
    const { stream, errors } = openAt(server.url, { decode });
    expect(await failure(collect(stream))).toMatchObject({ message: 'platform', code: 'GONE' });
    expect(errors).toMatchObject([{ code: 'BUSY' }]);
  });

  it('may be final with any status', async () => {
    const server = await httpServer(json(501, {}));
    expect(await failure(collect(openAt(server.url, { finalStatuses: [501] }).stream))).toMatchObject({ status: 501 });
  });

  it.each([401, 403] as const)('for want of credentials lead to one refresh (%d)', async (status) => {
    let token = 'old';
    const refreshed: number[] = [];
    const server = await httpServer((request, response) => {
      const known = request.headers['x-site-token'] === 'new';
      (known ? ending('data: a\n\n') : json(status, {}))(request, response);
    });
    const { stream, waits } = openAt(server.url, {
      headers: async () => ({ 'X-Site-Token': token }),
      refresh: async (status) => {
        token = refreshed.push(status) === 1 ? 'new' : 'newer';
        return true;
      },
    });
    await stream.next();
    expect(refreshed).toEqual([status]);
    expect(waits).toEqual([]);
    token = 'newer';
    expect(await failure(stream.next())).toMatchObject({ status });
    expect(refreshed).toEqual([status, status]);
    expect(server.requests).toHaveLength(4);
  });

  it('stay refusals if there is nothing to refresh, or that fails', async () => {
    const server = await httpServer(json(401, {}));
    expect(await failure(collect(openAt(server.url, { refresh: () => false }).stream))).toMatchObject({ status: 401 });
    expect(server.requests).toHaveLength(1);
    const broken = new Error('no refresh token');
    const refresh = () => Promise.reject(broken);
    expect(await failure(collect(openAt(server.url, { refresh }).stream))).toBe(broken);
  });
});

describe('headers', () => {
  it('are asked anew for each attempt', async () => {
    const server = await httpServer(inTurn(json(500, {}), ending(''), noContent));
    let n = 0;
    await collect(openAt(server.url, { headers: async () => ({ 'x-n': String(++n) }) }).stream);
    expect(server.requests.map(({ headers }) => headers['x-n'])).toEqual(['1', '2', '3']);
  });

  it('end the stream when they cannot be had, unless that passes', async () => {
    const broken = new Error('no token');
    expect(await failure(collect(openAt('http://localhost', { headers: () => Promise.reject(broken) }).stream))).toBe(
      broken,
    );
    const server = await httpServer(noContent);
    const passing = new HttpTransportError('NETWORK_ERROR', 'the token endpoint is down', {});
    let n = 0;
    const { stream, errors } = openAt(server.url, {
      headers: () => {
        if (++n === 1) throw passing;
        return {};
      },
    });
    await collect(stream);
    expect(errors).toEqual([passing]);
  });
});

describe('resuming', () => {
  it('sends the id of the last event, as UTF-8', async () => {
    const server = await httpServer(
      inTurn(ending('id: 1\ndata: a\n\n'), ending('id: é\n\n'), ending('id\ndata: b\n\n'), noContent),
    );
    const { stream } = openAt(server.url, { lastEventId: '0' });
    expect(stream.lastEventId).toBe('0');
    await collect(stream);
    expect(server.requests.map(({ headers }) => headers['last-event-id'])).toEqual(['0', '1', 'Ã©', undefined]);
    expect(stream.lastEventId).toBe('');
  });

  it('keeps to itself an id that no header can hold', async () => {
    for (const id of ['\x01', 'x'.repeat(2000)]) {
      const server = await httpServer(inTurn(ending(`id: ${id}\ndata: a\n\n`), noContent));
      const { stream } = openAt(server.url);
      await collect(stream);
      expect(server.requests[1]?.headers).not.toHaveProperty('last-event-id');
      expect(stream.lastEventId).toBe(id);
    }
  });

  it('goes from the last event that was handed over, not the last that was read', async () => {
    const server = await httpServer(staying('id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\ndata: c\n\n'));
    const { stream } = openAt(server.url);
    await collect(stream, 2);
    expect(stream.lastEventId).toBe('2');
  });

  it('may go by the query instead', async () => {
    const server = await httpServer(inTurn(ending('id: 7\ndata: {"seq":7}\n\n'), noContent));
    const query = (lastEventId: string) => ({ since: lastEventId || 0, wait_seconds: 15 });
    await collect(openAt(server.url, { query }).stream);
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/events?since=0&wait_seconds=15',
      '/events?since=7&wait_seconds=15',
    ]);
    expect(server.requests[1]?.headers).not.toHaveProperty('last-event-id');
  });
});

describe('silence', () => {
  it('is ended by the idle timeout, which any byte starts anew', async () => {
    let write = (_: string) => {};
    const server = await httpServer(
      inTurn(
        events((response) => {
          write = (text) => void response.write(text);
        }),
        noContent,
      ),
    );
    const { stream, clock, errors, waits } = openAt(server.url);
    const next = stream.next();
    await expect.poll(() => stream.status.state).toBe('open');
    clock.advance(309_999);
    write('data: a\n\n');
    await next;
    const end = stream.next();
    clock.advance(1); // The timer's first turn, which finds that a byte has come.
    await new Promise(setImmediate);
    clock.advance(309_998);
    await new Promise(setImmediate);
    expect(waits).toEqual([]);
    clock.advance(2);
    expect(await end).toEqual({ done: true, value: undefined });
    expect(errors[0]).toBeInstanceOf(EventStreamIdleError);
    expect(errors[0]).toMatchObject({ code: 'STREAM_IDLE', retryable: true });
    expect(clock.sleeping).toBe(0);
  });

  it('is not what the consumer takes for an event', async () => {
    const server = await httpServer(inTurn(ending('data: a\n\ndata: b\n\n'), noContent));
    const { stream, clock, errors } = openAt(server.url, { idleTimeoutMs: 1000 });
    await stream.next();
    for (let i = 0; i < 5; i++) {
      clock.advance(10_000);
      await new Promise(setImmediate);
    }
    expect((await collect(stream)).map(({ data }) => data)).toEqual(['b']);
    expect(errors).toEqual([undefined]);
  });

  it('before the headers is ended by timeoutMs', async () => {
    const server = await httpServer(inTurn(() => {}, noContent));
    const http = clientFor(server.url, { timeoutMs: 10 });
    const { stream, errors } = openAt(server.url, { http, path: path('/') });
    await collect(stream);
    expect(errors).toMatchObject([{ code: 'TIMEOUT' }]);
  });
});
