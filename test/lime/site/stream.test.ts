import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import {
  ApiError,
  AuthenticationError,
  type LimeError,
  type LogFields,
  RateLimitError,
} from '../../../src/lime/index.js';
import { failure } from '../../http/clients.js';
import { ManualClock } from '../../http/manual-clock.js';
import { httpServer, inTurn, json } from '../../http/servers.js';
import { ending, events, noContent, staying } from '../../sse/helpers.js';
import { EVENTS, settled, siteFor, siteScene, until } from './helpers.js';

const frame = (id: unknown, more: object = { type: 'approved', agent_passport_jwt: 'a.b.c' }) =>
  `data: ${JSON.stringify({ login_request_id: id, ...more })}\n\n`;
const expired = (id: string) => frame(id, { type: 'expired' });

/** A site whose stream is answered so, and what its handler and `onError` were told. */
async function heard(...answers: readonly RequestListener[]) {
  const server = await httpServer(inTurn(...answers));
  const got: (readonly [string, string | null])[] = [];
  const errors: LimeError[] = [];
  const site = siteFor(server.url, { onError: (error) => errors.push(error) });
  site.onLogin((id, passport) => void got.push([id, passport]));
  return { site, server, got, errors };
}

describe('frames (LIME contract §9.1, §9.4)', () => {
  it.each([
    ['LF', (text: string) => text],
    ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['CR', (text: string) => text.replaceAll('\n', '\r')],
    ['a byte-order mark', (text: string) => `\ufeff${text}`],
    ['data over several lines', (text: string) => text.replaceAll(',', ',\ndata: ')],
    [
      'ids, event names, comments and retry',
      (text: string) => `retry: 5\n: c\n${text.replaceAll('data', 'id: 1\nevent: approved\ndata')}`,
    ],
  ])('with %s', async (_, write) => {
    const { got } = await heard(staying(write(frame('one') + expired('two'))));
    await until(() => got.length === 2);
    expect(got).toEqual([
      ['one', 'a.b.c'],
      ['two', null],
    ]);
  });

  it.each([
    ['no JSON', 'data: <html>\n\n', 'SSE_INVALID_JSON'],
    ['no object', 'data: ["approved"]\n\n', 'SSE_INVALID_FRAME'],
    ['null', 'data: null\n\n', 'SSE_INVALID_FRAME'],
    ['no passport', frame('bad', { type: 'approved' }), 'SSE_APPROVED_INVALID'],
    ['a blank passport', frame('bad', { type: 'approved', agent_passport_jwt: ' ' }), 'SSE_APPROVED_INVALID'],
    ['a passport that is no string', frame('bad', { type: 'approved', agent_passport_jwt: 1 }), 'SSE_APPROVED_INVALID'],
  ])('a bad one (%s) is reported, and costs neither the connection nor the others', async (_, bad, code) => {
    const { got, errors, server } = await heard(staying(frame('one') + bad + frame('two')));
    await until(() => got.length === 2);
    expect(errors).toMatchObject([{ code, httpStatus: 200 }]);
    expect(errors[0]).toBeInstanceOf(ApiError);
    expect(server.requests).toHaveLength(1);
  });

  it('of errors are told by their class, and the stream goes on', async () => {
    const error = (more: object) => frame(undefined, { type: 'error', ...more });
    const { got, errors } = await heard(
      staying(
        error({ code: 'CHANNEL_DOWN', message: 'It is down.' }) +
          error({ code: 'RATE_LIMIT_EXCEEDED' }) +
          error({}) +
          frame('one'),
      ),
    );
    await until(() => got.length === 1);
    expect(errors).toMatchObject([{ code: 'CHANNEL_DOWN', message: 'It is down.' }, {}, { code: 'SSE_ERROR' }]);
    expect(errors[0]).toBeInstanceOf(ApiError);
    expect(errors[1]).toBeInstanceOf(RateLimitError);
  });

  it('of other types and without a usable id are left out', async () => {
    const others = ['{"type":"keepalive"}', '{"type":"new","login_request_id":"x"}', '{}'].map(
      (text) => `data: ${text}\n\n`,
    );
    const { got, errors } = await heard(
      staying(others.join('') + frame(null) + frame('  ') + frame({ a: 1 }) + frame(' one ') + frame(7)),
    );
    await until(() => got.length === 2);
    expect(got.map(([id]) => id)).toEqual(['one', '7']);
    expect(errors).toEqual([]);
  });

  it('that come again are dropped, on one connection and on the next', async () => {
    const { got } = await heard(
      ending(frame('one') + frame('one') + expired('one')),
      ending(frame('one') + frame('two')),
      staying(frame('two') + frame('three')),
    );
    await until(() => got.length === 3);
    expect(got.map(([id]) => id)).toEqual(['one', 'two', 'three']);
  });
});

describe('what is remembered', () => {
  it('is bounded: the oldest of 5,000 events would be taken for new, and no other', async () => {
    const ids = Array.from({ length: 5001 }, (_, i) => String(i));
    const all = ids.map((id) => frame(id)).join('');
    const { got } = await heard(staying(all + frame('5000') + frame('1') + frame('0') + frame('last')));
    await until(() => got.at(-1)?.[0] === 'last');
    expect(got.map(([id]) => id)).toEqual([...ids, '0', 'last']);
  });
});

describe('the end of the stream', () => {
  it('by a frame without end is told, after what came before it was heard', async () => {
    const huge = 'x'.repeat(65_536);
    const { site, got, errors, server } = await heard(
      events((response) => {
        response.write(`${frame('one')}data: {"type":"`);
        const more = () => {
          while (!response.destroyed && response.write(huge));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
      }),
    );
    expect(await failure(site.waitForLogin('two'))).toMatchObject({ code: 'STREAM_EVENT_TOO_LONG' });
    expect(got).toEqual([['one', 'a.b.c']]);
    expect(errors).toMatchObject([{ code: 'STREAM_EVENT_TOO_LONG' }]);
    await until(() => server.requests[0]?.socket.destroyed === true);
  });

  it.each([
    [
      401,
      { ok: false, error: { code: 'SITE_TOKEN_INVALID', message: 'No.' } },
      AuthenticationError,
      'SITE_TOKEN_INVALID',
    ],
    [403, { ok: false, error: { code: 'SITE_SUSPENDED', message: 'No.' } }, AuthenticationError, 'SITE_SUSPENDED'],
    [401, '<html>', AuthenticationError, 'SSE_HTTP_ERROR'],
    [403, 'forbidden', AuthenticationError, 'SSE_HTTP_ERROR'],
    [404, 'x', ApiError, 'SSE_HTTP_ERROR'],
  ])('a %i tells onError, ready and all who wait, and is not asked again', async (status, body, Class, code) => {
    const { site, server, errors } = await heard(json(status, body));
    const all = [site.ready(), site.waitForLogin('one'), site.waitForLogin('two')];
    for (const error of await Promise.all(all.map(failure))) {
      expect(error).toBeInstanceOf(Class);
      expect(error).toMatchObject({ code, httpStatus: status });
    }
    expect(errors).toMatchObject([{ code }]);
    // Nor later: only start() opens it anew.
    expect(await failure(site.ready())).toBe(errors[0]);
    expect(await failure(site.waitForLogin('three'))).toBe(errors[0]);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    [
      'a page',
      (_: unknown, response: import('node:http').ServerResponse) =>
        void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
      'STREAM_NOT_EVENTS',
    ],
    ['204', noContent, 'SSE_ENDED'],
    ['a redirect', json(302, {}, { location: 'https://evil.example/' }), 'UNEXPECTED_REDIRECT'],
  ] as const)('%s is no stream and ends it', async (_, answer, code) => {
    const { site, server, errors } = await heard(answer);
    expect(await failure(site.ready())).toMatchObject({ code });
    expect(errors).toMatchObject([{ code }]);
    expect(server.requests).toHaveLength(1);
  });

  it('is taken back by start()', async () => {
    const { site, got } = await heard(json(403, {}), staying(frame('one')));
    await failure(site.ready());
    site.start();
    await site.ready();
    await until(() => got.length === 1);
  });
});

describe('reconnecting', () => {
  it('goes on after refusals that pass, with the delay that the server asks for', async () => {
    const clock = new ManualClock();
    const server = await httpServer(
      inTurn(json(429, {}, { 'retry-after': '7' }), json(503, '<html>'), staying(frame('one'))),
    );
    const waits: number[] = [];
    const logger = {
      debug() {},
      info() {},
      error() {},
      warn(_: string, { delayMs }: LogFields) {
        if (typeof delayMs !== 'number') return;
        waits.push(delayMs);
        queueMicrotask(() => clock.advance(delayMs));
      },
    };
    const site = siteFor(server.url, { clock, logger, random: () => 0.5, sseBackoffBaseMs: 500 });
    expect((await site.waitForLogin('one')).passport).toBe('a.b.c');
    expect(waits).toEqual([7250, 500]);
  });

  it('resumes after the last event, no sooner than the stream allows', async () => {
    const clock = new ManualClock();
    const server = await httpServer(
      inTurn(ending(`retry: 3000\nid: 7\n${frame('one')}id: 8\n\n`), staying(frame('two'))),
    );
    const waits: number[] = [];
    const logger = {
      debug() {},
      info() {},
      error() {},
      warn(_: string, { delayMs }: LogFields) {
        waits.push(Number(delayMs));
        queueMicrotask(() => clock.advance(Number(delayMs)));
      },
    };
    const site = siteFor(server.url, { clock, logger, random: () => 0.5, sseBackoffBaseMs: 500 });
    expect((await site.waitForLogin('two')).passport).toBe('a.b.c');
    expect(waits).toEqual([3250]);
    expect(server.requests.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '8']);
  });

  it('gives up a silent connection after 310 seconds', async () => {
    const clock = new ManualClock();
    const server = await httpServer(inTurn(staying(''), staying(frame('one'))));
    const site = siteFor(server.url, { clock, random: () => 0.1, sseBackoffBaseMs: 1000 });
    const got = site.waitForLogin('one', { timeoutMs: 1e9 });
    await site.ready();
    await settled();
    clock.advance(309_999);
    await settled();
    expect(server.requests).toHaveLength(1);
    clock.advance(1);
    await until(() => clock.sleeping === 2); // The wait's deadline and the back-off.
    clock.advance(100);
    expect((await got).requestId).toBe('one');
  });

  it('of 50 random drops during 1,000 logins loses none and doubles none', async () => {
    const { site, emulator, handled, listen, approve, errors } = await siteScene();
    listen();
    // With the first login the platform makes its key, which takes a while.
    const first = await site.createLoginRequest();
    approve(first.requestId);
    await until(() => handled.length === 1);
    let random = 7;
    const next = () => {
      random = (random * 48271) % 2147483647;
      return random / 2147483647;
    };
    const { events } = emulator.lime;
    const approved: string[] = [];
    // What was in the socket when it was cut is lost on the way: the platform delivers at least once (LIME contract §9.1).
    const redeliver = () => {
      const got = new Set(handled);
      for (const id of approved) if (!got.has(`${id} passport`)) events.redeliver(id);
    };
    /** How many streams there were before the last drop. */
    let before = 0;
    const isBack = () => events.stats.opened > before && events.stats.openStreams.length === 1;
    const drops = new Set<number>();
    while (drops.size < 50) drops.add(Math.floor(next() * 1000));
    for (let i = 0; i < 1000; i++) {
      const { requestId } = emulator.lime.createLoginRequest();
      if (drops.has(i)) {
        await until(isBack);
        redeliver();
        before = events.stats.opened;
        if (next() < 0.5) events.drop({ how: next() < 0.5 ? 'cut' : 'end' });
        else events.cutNext({ afterBytes: Math.floor(next() * 400) });
      }
      approve(requestId);
      approved.push(requestId);
      if (next() < 0.05) events.redeliver(requestId);
      if (next() < 0.1) await settled();
    }
    await until(isBack);
    expect(events.stats.opened).toBeGreaterThan(50);
    redeliver();
    await until(() => handled.length >= 1001);
    // What is written last comes last: after it nothing is on its way.
    const last = await site.createLoginRequest();
    approve(last.requestId);
    await until(() => handled.includes(`${last.requestId} passport`));
    expect(handled).toHaveLength(1002);
    expect(new Set(handled).size).toBe(1002);
    expect(errors).toEqual([]);
  }, 60_000);
});

describe('closing', () => {
  it('in the middle ends everything and leaves nothing', async () => {
    const { site, emulator, apiBase, handled, listen, approve } = await siteScene();
    listen();
    await site.ready();
    const { requestId } = await site.createLoginRequest();
    const waiting = [site.waitForLogin(requestId), site.waitForLogin('other')].map(failure);
    await Promise.all([site.close(), site.close()]);
    for (const error of await Promise.all(waiting)) expect(error).toMatchObject({ code: 'CLOSED' });
    approve(requestId);
    await until(() => emulator.lime.events.stats.openStreams.length === 0);
    expect(handled).toEqual([]);
    for (const call of [site.ready(), site.createLoginRequest(), site.waitForLogin('x'), site.verifyPassport('x')]) {
      expect(await failure(call)).toMatchObject({ code: 'CLOSED' });
    }
    expect(() => site.start()).toThrow(expect.objectContaining({ code: 'CLOSED' }));
    expect(apiBase).toContain('/api/v1');
  });

  it('leaves no timer, whether the stream is open, on its way or waiting', async () => {
    for (const answer of [staying(': x\n\n'), json(503, {}), () => {}]) {
      const clock = new ManualClock();
      const server = await httpServer(answer);
      const site = siteFor(server.url, { clock, sseBackoffBaseMs: 1000 });
      site.onLogin(() => new Promise(() => {}));
      const waiting = failure(site.waitForLogin('one'));
      await until(() => server.requests.length === 1);
      await settled();
      expect(clock.sleeping).toBeGreaterThan(0);
      await site.close();
      await waiting;
      await settled();
      expect(clock.sleeping).toBe(0);
    }
  });

  it('is also aclose and, where there is the symbol, asyncDispose', async () => {
    const { site } = await siteScene();
    await site.ready();
    await site.aclose();
    await (site as unknown as Record<symbol, () => Promise<void>>)[Symbol.asyncDispose ?? Symbol()]?.();
    expect(await failure(site.ready())).toMatchObject({ code: 'CLOSED' });
  });
});

it('the stream proves itself by the header of the site', async () => {
  const { site, emulator } = await siteScene();
  await site.ready();
  const request = emulator.requests.find(({ path }) => path === EVENTS);
  expect(request?.headers).toMatchObject({ accept: 'text/event-stream' });
  expect(Object.keys(request?.headers ?? {})).toContain('x-site-token');
  expect(Object.keys(request?.headers ?? {})).not.toContain('x-agent-token');
});
