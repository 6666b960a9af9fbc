import { setTimeout as sleep } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEmulator, type Emulator } from '../../src/emulator/index.js';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { EventClient, until } from './event-client.js';
import { API, answerOf, approve, EASY, expectRefusal, findNonce, ORIGIN, requestsPath } from './helpers.js';
import { ManualClock } from './manual-clock.js';

const EVENTS = '/modules/agent-login/events';
const KEEPALIVE = 'data: {"type":"keepalive"}\n\n';

const transports = {
  'over real sockets': async () => {
    const started = await startEmulator({ lime: { difficulty: EASY } });
    const { emulator, lime } = started;
    return { emulator, apiBase: lime.apiBase, fetchIt: fetch as Emulator['fetch'], close: () => started.close() };
  },
  'in process': async () => {
    const emulator = createEmulator({ lime: { difficulty: EASY } });
    return { emulator, apiBase: API, fetchIt: emulator.fetch, close: () => emulator.close() };
  },
};

describe.each(Object.entries(transports))('the event stream, %s', (_name, begin) => {
  let scene: Awaited<ReturnType<typeof begin>>;
  let emulator: Emulator;
  beforeAll(async () => {
    scene = await begin();
    emulator = scene.emulator;
  });
  afterAll(() => scene.close());
  afterEach(() => emulator.reset());

  const listen = (token = emulator.lime.siteToken, signal?: AbortSignal) =>
    EventClient.open(scene.apiBase, token, scene.fetchIt, signal);
  const statusOf = (id: string) => emulator.lime.getLoginRequest(id)?.status;
  const openStreams = () => emulator.lime.events.stats.openStreams.length;
  const approved = () => {
    const { requestId } = emulator.lime.createLoginRequest();
    emulator.lime.approveLoginRequest(requestId);
    return requestId;
  };

  it('has its head at once, and a keepalive on connect', async () => {
    const site = await listen();
    expect(site.response.status).toBe(200);
    expect(site.response.headers.get('Content-Type')).toBe('text/event-stream');
    await until(() => site.text === KEEPALIVE);
    expect(openStreams()).toBe(1);
    await site.close();
    await until(() => openStreams() === 0);
  });

  it('has its head at once even if nothing is written', async () => {
    emulator.lime.events.stalled = true;
    const site = await listen();
    expect(site.response.status).toBe(200);
    await sleep(30);
    expect(site.text).toBe('');
    emulator.lime.events.stalled = false;
    await until(() => site.text === KEEPALIVE);
  });

  it('keeps alive every 15 s, by the clock', async () => {
    const site = await listen();
    await until(() => site.text === KEEPALIVE);
    for (let count = 2; count < 5; count++) {
      emulator.clock.advance(14_000);
      await sleep(5);
      expect(site.text).toBe(KEEPALIVE.repeat(count - 1));
      emulator.clock.advance(1000);
      await until(() => site.text === KEEPALIVE.repeat(count));
    }
  });

  it('tells of an approval, as the clients of today read it and those to come', async () => {
    const site = await listen();
    const request = emulator.lime.createLoginRequest();
    const answer = await answerOf(approve(emulator, request.requestId, findNonce(request)));
    expect(answer.body).toMatchObject({ data: { status: 'APPROVED' } });
    const [event] = await site.hears(1);
    expect(event).toEqual({
      type: 'approved',
      status: 'approved',
      login_request_id: request.requestId,
      agent_passport_jwt: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    });
    expect(site.lines).toEqual([{ type: 'keepalive' }, event]);
    expect(site.text).toMatch(/^(data: \{[^\n]*\}\n\n)+$/);
    expect(statusOf(request.requestId)).toBe('DELIVERED');
    const wire = scene.fetchIt(`${scene.apiBase}${requestsPath}/${request.requestId}`, {
      headers: { 'X-Site-Token': emulator.lime.siteToken },
    });
    expect((await answerOf(wire)).body).toMatchObject({ data: { status: 'DELIVERED' } });
    const { siteId } = request;
    expect(emulator.lime.events.stats).toMatchObject({
      undelivered: [],
      delivered: [{ type: 'approved', requestId: request.requestId, siteId, stream: 1, at: expect.any(Number) }],
    });
  });

  it('tells of many logins, of each once and in their order', async () => {
    const site = await listen();
    const ids = Array.from({ length: 100 }, approved);
    await site.hears(100);
    expect(site.ids('approved')).toEqual(ids);
    expect(ids.map(statusOf)).toEqual(ids.map(() => 'DELIVERED'));
  });

  it('tells of expiry when the clock says so, or a hook', async () => {
    const site = await listen();
    const short = emulator.lime.createLoginRequest({ expiresInMs: 1000 });
    const long = emulator.lime.createLoginRequest({ expiresInMs: 5000 });
    const won = emulator.lime.createLoginRequest({ expiresInMs: 1000 });
    emulator.lime.approveLoginRequest(won.requestId);
    await site.hears(1);
    emulator.clock.advance(1000);
    const events = await site.hears(2);
    expect(events[1]).toEqual({ type: 'expired', login_request_id: short.requestId });
    emulator.lime.expireLoginRequest(long.requestId);
    await site.hears(3);
    expect(site.ids('expired')).toEqual([short.requestId, long.requestId]);
    emulator.clock.advance(60_000);
    await sleep(20);
    expect(site.ids('expired')).toHaveLength(2);
  });

  it('tells of an expiry that comes by itself', async () => {
    const site = await listen();
    await until(() => site.text === KEEPALIVE);
    const { requestId } = emulator.lime.createLoginRequest({ expiresInMs: 30 });
    await site.hears(1);
    expect(site.ids('expired')).toEqual([requestId]);
    expect(statusOf(requestId)).toBe('EXPIRED');
  });

  it('keeps what happens while nobody listens, in its order', async () => {
    const first = approved();
    const late = emulator.lime.createLoginRequest({ expiresInMs: 10 });
    emulator.clock.advance(10);
    expect(emulator.lime.events.stats.undelivered).toEqual([first, late.requestId]);
    const second = approved();
    expect(statusOf(first)).toBe('APPROVED');
    const site = await listen();
    const events = await site.hears(3);
    expect(events.map((event) => event['login_request_id'])).toEqual([first, late.requestId, second]);
    await site.close();
    const again = await listen();
    await until(() => again.text === KEEPALIVE);
    await sleep(20);
    expect(again.events).toEqual([]);
  });

  it('dates a passport when it is written, and drops what nobody came for', async () => {
    const requestId = approved();
    emulator.clock.advance(200_000);
    const site = await listen();
    const [event] = await site.hears(1);
    const { iat, exp } = decodeJwt(String(event?.['agent_passport_jwt']));
    expect(Math.abs((iat as number) * 1000 - emulator.clock.now())).toBeLessThan(10_000);
    expect((exp as number) - (iat as number)).toBe(60);
    await site.close();
    expect(statusOf(requestId)).toBe('DELIVERED');

    const missed = approved();
    emulator.clock.advance(300_000);
    expect(emulator.lime.events.stats.undelivered).toEqual([]);
    const again = await listen();
    const next = approved();
    await again.hears(1);
    expect(again.ids('approved')).toEqual([next]);
    expect(statusOf(missed)).toBe('APPROVED');
  });

  it('goes to every stream that the site has open, and to no other site', async () => {
    const other = emulator.lime.addSite();
    const [first, second, foreign] = [await listen(), await listen(), await listen(other.token)];
    await until(() => [first, second, foreign].every(({ text }) => text === KEEPALIVE));
    const requestId = approved();
    await Promise.all([first.hears(1), second.hears(1)]);
    expect([first.ids('approved'), second.ids('approved')]).toEqual([[requestId], [requestId]]);
    expect(emulator.lime.events.stats.delivered.map(({ stream }) => stream).sort()).toEqual([1, 2]);
    await first.close();
    await until(() => openStreams() === 2);
    const next = approved();
    await second.hears(2);
    expect(second.ids('approved')).toEqual([requestId, next]);
    expect(foreign.events).toEqual([]);
  });

  it('is refused by lane', async () => {
    const get = (headers: Record<string, string>) => scene.fetchIt(scene.apiBase + EVENTS, { headers });
    const { siteToken, agentToken } = emulator.lime;
    await expectRefusal(get({}), 401, 'SITE_TOKEN_MISSING');
    await expectRefusal(get({ 'X-Agent-Token': agentToken }), 401, 'SITE_TOKEN_MISSING');
    await expectRefusal(get({ 'X-Site-Token': 'st_unknown' }), 401, 'SITE_TOKEN_INVALID');
    await expectRefusal(get({ 'X-Site-Token': siteToken, Authorization: 'Bearer a.b.c' }), 401, 'SITE_TOKEN_INVALID');
    const { token } = emulator.lime.addSite({ suspended: true });
    await expectRefusal(get({ 'X-Site-Token': token }), 403, 'SITE_SUSPENDED');
    const posted = scene.fetchIt(scene.apiBase + EVENTS, { method: 'POST' });
    await expectRefusal(posted, 405, 'METHOD_NOT_ALLOWED');
    const head = await scene.fetchIt(scene.apiBase + EVENTS, {
      method: 'HEAD',
      headers: { 'X-Site-Token': siteToken },
    });
    expect(head.status).toBe(200);
    expect(emulator.lime.events.stats.opened).toBe(0);
  });

  it('is freed when the client aborts, or lets go', async () => {
    const controller = new AbortController();
    const [aborted, left] = [await listen(undefined, controller.signal), await listen()];
    await until(() => aborted.text === KEEPALIVE && left.text === KEEPALIVE);
    controller.abort();
    expect(await aborted.isOver()).toBe('broken');
    await until(() => openStreams() === 1);
    await left.close();
    await until(() => openStreams() === 0);
    const requestId = approved();
    expect(statusOf(requestId)).toBe('APPROVED');
    await (await listen()).hears(1);
    expect(statusOf(requestId)).toBe('DELIVERED');
  });

  it('is dropped on demand, and what was not written comes with the next', async () => {
    for (const how of ['cut', 'end'] as const) {
      const site = await listen();
      await until(() => site.text === KEEPALIVE);
      const heard = approved();
      await site.hears(1);
      emulator.lime.events.stalled = true;
      const missed = [approved(), approved()];
      expect(emulator.lime.events.drop({ how })).toBe(1);
      expect(await site.isOver()).toBe(how === 'cut' ? 'broken' : 'end');
      expect([heard, ...missed].map(statusOf)).toEqual(['DELIVERED', 'APPROVED', 'APPROVED']);
      emulator.lime.events.stalled = false;
      const next = await listen();
      await next.hears(2);
      expect(next.ids('approved')).toEqual(missed);
      await next.close();
      await until(() => openStreams() === 0);
    }
    const other = emulator.lime.addSite();
    const sites = [await listen(), await listen(other.token)];
    expect(emulator.lime.events.drop({ siteToken: other.token })).toBe(1);
    expect(await sites[1]?.isOver()).toBe('broken');
    expect(sites[0]?.end).toBe('open');
  });

  it('is cut within a frame, which is not delivered by that', async () => {
    const { events } = emulator.lime;
    for (const afterBytes of [0, 1, 40, 1_000_000]) {
      const site = await listen();
      await until(() => site.text === KEEPALIVE);
      events.cutNext({ afterBytes });
      const requestId = approved();
      expect(await site.isOver()).toBe('broken');
      expect(site.events).toEqual([]);
      if (afterBytes < 100) expect(site.bytes).toHaveLength(KEEPALIVE.length + afterBytes);
      expect(statusOf(requestId)).toBe('APPROVED');
      const next = await listen();
      await next.hears(1);
      expect(next.ids('approved')).toEqual([requestId]);
      await next.close();
      await until(() => openStreams() === 0);
    }
    events.cutNext({ times: 2 });
    const requestId = approved();
    const ends = [await listen(), await listen()].map((site) => site.isOver());
    expect(await Promise.all(ends)).toEqual(['broken', 'broken']);
    const last = await listen();
    await last.hears(1);
    expect(last.ids('approved')).toEqual([requestId]);
  });

  it('loses nothing over 50 drops during 1,000 logins', async () => {
    let dropped = 0;
    let done = false;
    const heard = new Set<unknown>();
    const site = (async () => {
      while (!done) {
        const client = await listen();
        await until(() => client.end !== 'open' || done);
        for (const id of client.ids('approved')) heard.add(id);
        await client.close().catch(() => {});
      }
    })();
    const ids: string[] = [];
    for (let login = 1; login <= 1000; login++) {
      ids.push(approved());
      if (login % 20 === 0) {
        await until(() => openStreams() === 1);
        await sleep(login % 7);
        dropped += emulator.lime.events.drop({ how: login % 40 === 0 ? 'cut' : 'end' });
      }
    }
    await until(() => emulator.lime.events.stats.undelivered.length === 0);
    await sleep(30);
    done = true;
    await site;
    expect(dropped).toBe(50);
    expect(heard).toEqual(new Set(ids));
    expect(new Set(ids.map(statusOf))).toEqual(new Set(['DELIVERED']));
  }, 60_000);

  it('ends with a reset', async () => {
    const site = await listen();
    await until(() => site.text === KEEPALIVE);
    approved();
    emulator.reset();
    expect(await site.isOver()).toBe('end');
    expect(emulator.lime.events.stats).toEqual({ openStreams: [], opened: 0, undelivered: [], delivered: [] });
    const again = await listen();
    await until(() => again.text === KEEPALIVE);
    await sleep(10);
    expect(again.events).toEqual([]);
  });
});

describe('the event stream', () => {
  let started: StartedEmulator;
  beforeEach(async () => {
    started = await startEmulator();
  });
  afterEach(() => started.close());

  it('leaves nothing open when the emulator closes', async () => {
    const { emulator, lime } = started;
    const sites = await Promise.all([1, 2, 3].map(() => EventClient.open(lime.apiBase, lime.siteToken)));
    expect(emulator.lime.events.stats.openStreams).toHaveLength(3);
    await started.close();
    for (const site of sites) await site.isOver();
    expect(emulator.lime.events.stats.openStreams).toEqual([]);
  });

  it('is cut off though the client does not read', async () => {
    const { emulator, lime } = started;
    const response = await fetch(lime.apiBase + EVENTS, { headers: { 'X-Site-Token': lime.siteToken } });
    const flood = 'x'.repeat(1_000_000);
    for (let i = 0; i < 64; i++) emulator.lime.events.sendRaw(flood);
    await sleep(50);
    const { requestId } = emulator.lime.createLoginRequest();
    emulator.lime.approveLoginRequest(requestId);
    await sleep(50);
    // It waits behind what the client has not taken.
    expect(emulator.lime.getLoginRequest(requestId)?.status).toBe('APPROVED');
    expect(emulator.lime.events.drop()).toBe(1);
    await expect(response.text()).rejects.toThrow();
    const next = await EventClient.open(lime.apiBase, lime.siteToken);
    await next.hears(1);
    expect(next.ids('approved')).toEqual([requestId]);
  });
});

describe('the event stream, in process', () => {
  it('acts only while someone reads, and holds no timer else', async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 2));
    const emulator = createEmulator({ clock });
    const init = { headers: { 'X-Site-Token': emulator.lime.siteToken } };
    const response = await emulator.fetch(API + EVENTS, init);
    const { requestId } = emulator.lime.createLoginRequest();
    emulator.lime.approveLoginRequest(requestId);
    await sleep(20);
    expect(clock.sleeping).toBe(0);
    expect(emulator.lime.getLoginRequest(requestId)?.status).toBe('APPROVED');
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    expect(emulator.lime.getLoginRequest(requestId)?.status).toBe('APPROVED');
    await reader.read();
    expect(emulator.lime.getLoginRequest(requestId)?.status).toBe('DELIVERED');
    const read = reader.read();
    await until(() => clock.sleeping === 1);
    await reader.cancel();
    expect(await read).toEqual({ done: true, value: undefined });
    await until(() => clock.sleeping === 0);
  });

  it('keeps no more than a thousand streams', async () => {
    const emulator = createEmulator();
    const init = { headers: { 'X-Site-Token': emulator.lime.siteToken } };
    const first = await emulator.fetch(API + EVENTS, init);
    for (let i = 0; i < 1000; i++) await emulator.fetch(API + EVENTS, init);
    expect(emulator.lime.events.stats.openStreams).toHaveLength(1000);
    await expect(first.text()).rejects.toThrow(TypeError);
    await emulator.close();
    expect(emulator.lime.events.stats).toMatchObject({ openStreams: [], opened: 1001 });
  });

  it('names the origin that the site used', async () => {
    const emulator = createEmulator();
    const origins = [ORIGIN, 'http://127.0.0.1:8080'];
    const sites = await Promise.all(
      origins.map((origin) => EventClient.open(`${origin}/api/v1`, emulator.lime.siteToken, emulator.fetch)),
    );
    emulator.lime.approveLoginRequest(emulator.lime.createLoginRequest().requestId);
    const issuers = sites.map(async (site) => {
      const [event] = await site.hears(1);
      return decodeJwt(String(event?.['agent_passport_jwt'])).iss;
    });
    expect(await Promise.all(issuers)).toEqual(origins);
    await emulator.close();
  });
});

it('leaves the cut to the next stream if the first is closed while its passport is signed', async () => {
  // Its first key is not made yet, which takes long.
  const fresh = createEmulator();
  const { lime } = fresh;
  const open = () => EventClient.open(API, lime.siteToken, fresh.fetch);
  try {
    const first = await open();
    await until(() => first.text === KEEPALIVE);
    lime.events.cutNext();
    const { requestId } = lime.createLoginRequest();
    lime.approveLoginRequest(requestId);
    await sleep(0);
    await first.close();
    expect(first.text).toBe(KEEPALIVE);
    expect(await (await open()).isOver()).toBe('broken');
    const last = await open();
    await last.hears(1);
    expect(last.ids('approved')).toEqual([requestId]);
  } finally {
    await fresh.close();
  }
});
