import { beforeEach, describe, expect, it } from 'vitest';
import { createEmulator, type Emulator, EmulatorInputError, type Fault } from '../../src/emulator/index.js';
import { API, answerOf, approve, EASY, expectRefusal, findNonce, get, ORIGIN, post, requestsPath } from './helpers.js';
import { ManualClock } from './manual-clock.js';

let emulator: Emulator;
let clock: ManualClock;

beforeEach(() => {
  clock = new ManualClock(Date.UTC(2026, 0, 2));
  emulator = createEmulator({ clock, lime: { difficulty: EASY } });
});

const challengePath = () => `/auth/requests/${emulator.lime.createLoginRequest().requestId}`;

describe('which requests a fault meets', () => {
  const hits = async (fault: Pick<Fault, 'method' | 'path'>, method: string, path: string) => {
    const handle = emulator.faults.add({ ...fault, respond: { status: 500 } });
    await emulator.fetch(API + path, { method });
    handle.remove();
    return handle.hits === 1;
  };

  it('tells by method and path', async () => {
    expect(await hits({ path: '/api/v1/a' }, 'GET', '/a')).toBe(true);
    expect(await hits({ path: '/api/v1/a' }, 'GET', '/a?query')).toBe(true);
    expect(await hits({ path: '/api/v1/a' }, 'GET', '/a/b')).toBe(false);
    expect(await hits({ path: '/api/v1/*/approve' }, 'POST', '/x/y/approve')).toBe(true);
    expect(await hits({ path: '/api/v1/*/approve' }, 'POST', '/x/approve/z')).toBe(false);
    expect(await hits({ path: '/api/v1/a.c' }, 'GET', '/abc')).toBe(false);
    expect(await hits({ path: /\/a$/ }, 'GET', '/b/a')).toBe(true);
    expect(await hits({ path: '*', method: 'post' }, 'POST', '/a')).toBe(true);
    expect(await hits({ path: '*', method: 'POST' }, 'GET', '/a')).toBe(false);
  });

  it('starts a global or sticky pattern afresh each time', async () => {
    for (const path of [/a/g, /\/api/y]) {
      const fault = emulator.faults.add({ path, respond: { status: 500 } });
      for (let i = 0; i < 3; i++) await get(emulator, '/a');
      expect(fault.hits).toBe(3);
      fault.remove();
    }
  });

  it('uses them up in order', async () => {
    emulator.faults.add({ path: '*', times: 2, respond: { status: 503 } });
    emulator.faults.add({ path: '*', times: 1, respond: { status: 429 } });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) statuses.push((await get(emulator, '/a')).status);
    expect(statuses).toEqual([503, 503, 429, 404]);
  });

  it('goes on until it is removed or cleared', async () => {
    const first = emulator.faults.add({ path: '*', respond: { status: 500 } });
    emulator.faults.add({ path: '*', respond: { status: 502 } });
    expect((await get(emulator, '/a')).status).toBe(500);
    first.remove();
    first.remove();
    expect((await get(emulator, '/a')).status).toBe(502);
    emulator.faults.clear();
    expect((await get(emulator, '/a')).status).toBe(404);
  });

  it('spares preflights and the control routes', async () => {
    emulator.faults.add({ path: '*', respond: { status: 500 } });
    expect((await emulator.fetch(`${API}/a`, { method: 'OPTIONS' })).status).toBe(204);
    expect((await emulator.fetch(`${ORIGIN}/__emulator/faults`, { method: 'DELETE' })).status).toBe(200);
    expect((await get(emulator, '/a')).status).toBe(404);
  });
});

describe('a forced answer', () => {
  it('is what it is said to be, JSON or not', async () => {
    const path = challengePath();
    const force = async (respond: Fault['respond']) => {
      emulator.faults.add({ path: '*', times: 1, respond });
      return get(emulator, path);
    };
    expect(await answerOf(force({ status: 200, body: { ok: true, data: [] } }))).toEqual({
      status: 200,
      body: { ok: true, data: [] },
    });
    const html = await force({ status: 502, body: '<h1>Bad', headers: { 'Content-Type': 'text/html' } });
    expect([html.status, await html.text(), html.headers.get('Content-Type')]).toEqual([502, '<h1>Bad', 'text/html']);
    const text = await force({ status: 200, body: '{"ok":tr' });
    expect([await text.text(), text.headers.get('Content-Type')]).toEqual(['{"ok":tr', 'text/plain']);
    const empty = await force({ status: 204, headers: { Location: 'http://elsewhere.test' } });
    expect([await empty.text(), empty.headers.get('Location')]).toEqual(['', 'http://elsewhere.test']);
    expect(await answerOf(force({ status: 200, body: null }))).toEqual({ status: 200, body: null });
  });

  it('says when to come back', async () => {
    emulator.faults.add({ path: '*', times: 1, respond: { status: 429, retryAfter: 2 } });
    expect((await get(emulator, '/a')).headers.get('Retry-After')).toBe('2');
    const date = 'Fri, 02 Jan 2026 00:00:05 GMT';
    emulator.faults.add({ path: '*', times: 1, respond: { status: 503, retryAfter: date } });
    expect((await get(emulator, '/a')).headers.get('Retry-After')).toBe(date);
  });

  it('keeps the platform from acting', async () => {
    emulator.faults.add({ path: '*', times: 1, respond: { status: 500 } });
    await post(emulator, requestsPath, { 'X-Site-Token': emulator.lime.siteToken }, {});
    expect(emulator.lime.listLoginRequests()).toEqual([]);
  });
});

describe('a delay', () => {
  it('lasts until the clock has moved', async () => {
    const path = challengePath();
    emulator.faults.add({ path: '*', times: 1, delayMs: 5000 });
    let answered = false;
    const answer = get(emulator, path).finally(() => {
      answered = true;
    });
    while (clock.sleeping === 0) await Promise.resolve();
    emulator.clock.advance(4999);
    while (clock.sleeping !== 1) await Promise.resolve();
    expect(answered).toBe(false);
    emulator.clock.advance(1);
    expect((await answer).status).toBe(200);
  });

  it('ends with the reason of the caller, and the platform does not act', async () => {
    emulator.faults.add({ path: '*', times: 1, delayMs: 5000 });
    const controller = new AbortController();
    const headers = { 'X-Site-Token': emulator.lime.siteToken };
    const init = { method: 'POST', headers, signal: controller.signal };
    const answer = emulator.fetch(API + requestsPath, init);
    while (clock.sleeping === 0) await Promise.resolve();
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(answer).rejects.toBe(reason);
    await expect(emulator.fetch(API + requestsPath, init)).rejects.toBe(reason);
    expect([clock.sleeping, emulator.lime.listLoginRequests()]).toEqual([0, []]);
  });
});

describe('a lost connection', () => {
  it('before: rejects with a TypeError, and the platform does not act', async () => {
    emulator.faults.add({ path: '*', times: 1, lose: 'before' });
    const create = () => post(emulator, requestsPath, { 'X-Site-Token': emulator.lime.siteToken }, {});
    await expect(create()).rejects.toThrow(TypeError);
    expect(emulator.lime.listLoginRequests()).toEqual([]);
    expect(emulator.requests.map(({ status }) => status)).toEqual([undefined]);
    expect((await create()).status).toBe(201);
  });

  it('after: the approval holds, and trying again is a conflict', async () => {
    const request = emulator.lime.createLoginRequest();
    const nonce = findNonce(request);
    emulator.faults.add({ path: '*/approve', times: 1, lose: 'after' });
    await expect(approve(emulator, request.requestId, nonce)).rejects.toThrow(TypeError);
    expect(emulator.lime.getLoginRequest(request.requestId)?.status).toBe('APPROVED');
    await expectRefusal(approve(emulator, request.requestId, nonce), 409, 'SITE_LOGIN_CONFLICT');
  });
});

describe('a rewrite', () => {
  it('changes the JSON of the real answer', async () => {
    const path = challengePath();
    emulator.faults.add({
      path: '/api/v1/auth/requests/*',
      rewrite: (json) => {
        const { data } = json as { data: object };
        return { ok: true, data: { ...data, pow_difficulty: '15.9' } };
      },
    });
    const { status, body } = await answerOf(get(emulator, path));
    expect(status).toBe(200);
    expect(body).toMatchObject({ data: { pow_difficulty: '15.9', status: 'PENDING' } });
  });

  it('that throws is a 500 that says why', async () => {
    emulator.faults.add({
      path: '*',
      rewrite: () => {
        throw new Error('my mistake');
      },
    });
    expect(await answerOf(get(emulator, '/a'))).toEqual({
      status: 500,
      body: { ok: false, error: { code: 'INTERNAL_ERROR', message: 'my mistake' } },
    });
  });
});

it('refuses a rule that is wrong', () => {
  const wrong: unknown[] = [
    {},
    { path: '*' },
    { path: 7, lose: 'before' },
    { path: '*', lose: 'sometimes' },
    { path: '*', lose: 'before', delayMs: 1 },
    { path: '*', lose: 'before', time: 1 },
    { path: '*', lose: 'before', times: 0 },
    { path: '*', delayMs: -1 },
    { path: '*', respond: {} },
    { path: '*', respond: { status: 100 } },
    { path: '*', respond: { status: 204, body: '' } },
    { path: '*', rewrite: 'x' },
  ];
  for (const fault of wrong) expect(() => emulator.faults.add(fault as Fault)).toThrow(EmulatorInputError);
});

it('takes rules over HTTP', async () => {
  const add = (fault: unknown) =>
    emulator.fetch(`${ORIGIN}/__emulator/faults`, { method: 'POST', body: JSON.stringify(fault) });
  const fault = { method: 'GET', path: '/api/v1/*', times: 1, respond: { status: 503, body: 'busy', retryAfter: 1 } };
  expect(await answerOf(add(fault))).toEqual({ status: 201, body: { ok: true, data: {} } });
  const answer = await get(emulator, '/a');
  expect([answer.status, await answer.text(), answer.headers.get('Retry-After')]).toEqual([503, 'busy', '1']);
  expect((await get(emulator, '/a')).status).toBe(404);
});
