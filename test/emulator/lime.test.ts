import { beforeEach, describe, expect, it } from 'vitest';
import { createEmulator, type Emulator } from '../../src/emulator/index.js';
import { API, answerOf, approve, EASY, expectRefusal, findNonce, get, post, requestsPath } from './helpers.js';
import { ManualClock } from './manual-clock.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/;
const START = Date.UTC(2026, 0, 2, 3, 4, 5, 67);

let emulator: Emulator;
let site: Record<string, string>;

beforeEach(() => {
  emulator = createEmulator({ clock: new ManualClock(START) });
  site = { 'X-Site-Token': emulator.lime.siteToken };
});

describe('create', () => {
  it('answers 201 with the three fields, and the request is there', async () => {
    const { status, body } = await answerOf(post(emulator, requestsPath, site, {}));
    expect(status).toBe(201);
    expect(body).toEqual({
      ok: true,
      data: {
        login_request_id: expect.stringMatching(UUID),
        status: 'PENDING',
        expires_at: '2026-01-02T03:09:05.067+00:00',
      },
    });
    const { login_request_id } = (body as { data: { login_request_id: string } }).data;
    expect(emulator.lime.getLoginRequest(login_request_id)).toMatchObject({
      requestId: login_request_id,
      status: 'PENDING',
      difficulty: 15,
      challenge: expect.stringMatching(/^[0-9a-f]{32}$/),
      expiresAt: new Date(START + 300_000),
      approvedAgentId: null,
    });
  });

  it('needs no body, and makes a new id and challenge each time', async () => {
    for (let i = 0; i < 20; i++) expect((await post(emulator, requestsPath, site)).status).toBe(201);
    const all = emulator.lime.listLoginRequests();
    expect(new Set(all.map(({ requestId }) => requestId)).size).toBe(20);
    expect(new Set(all.map(({ challenge }) => challenge)).size).toBe(20);
  });

  it('refuses by lane', async () => {
    const suspended = emulator.lime.addSite({ suspended: true });
    const { siteToken, agentToken } = emulator.lime;
    const refusals: [Record<string, string>, number, string][] = [
      [{}, 401, 'SITE_TOKEN_MISSING'],
      [{ 'X-Site-Token': '' }, 401, 'SITE_TOKEN_MISSING'],
      [{ 'X-Agent-Token': agentToken }, 401, 'SITE_TOKEN_MISSING'],
      [{ 'X-Site-Token': 'st_unknown' }, 401, 'SITE_TOKEN_INVALID'],
      [{ 'X-Site-Token': agentToken }, 401, 'SITE_TOKEN_INVALID'],
      [{ 'X-Site-Token': suspended.token }, 403, 'SITE_SUSPENDED'],
      [{ Authorization: 'Bearer a.b.c' }, 401, 'SITE_TOKEN_INVALID'],
      [{ Authorization: `Bearer ${siteToken}`, 'X-Site-Token': siteToken }, 401, 'SITE_TOKEN_INVALID'],
    ];
    for (const [headers, status, code] of refusals) {
      await expectRefusal(post(emulator, requestsPath, headers, {}), status, code);
    }
    expect(emulator.lime.listLoginRequests()).toEqual([]);
  });

  it('refuses a body that is not JSON, or too long', async () => {
    await expectRefusal(post(emulator, requestsPath, site, '{'), 400, 'INVALID_REQUEST');
    await expectRefusal(post(emulator, requestsPath, site, '"'.repeat(300_000)), 413, 'PAYLOAD_TOO_LARGE');
    expect(emulator.lime.listLoginRequests()).toEqual([]);
  });
});

describe('challenge', () => {
  it('needs no credential and answers the five fields', async () => {
    const { requestId, challenge } = emulator.lime.createLoginRequest({ difficulty: 9 });
    expect(await answerOf(get(emulator, `/auth/requests/${requestId}`))).toEqual({
      status: 200,
      body: {
        ok: true,
        data: {
          request_id: requestId,
          status: 'PENDING',
          pow_challenge: challenge,
          pow_difficulty: 9,
          expires_at: '2026-01-02T03:09:05.067+00:00',
        },
      },
    });
  });

  it('hands on any challenge as it is', async () => {
    for (const challenge of ['', 'a"\\\0\n', '挑戦 🦊', 'x'.repeat(50_000)]) {
      const { requestId } = emulator.lime.createLoginRequest({ challenge });
      const { body } = await answerOf(get(emulator, `/auth/requests/${requestId}`));
      expect(body).toMatchObject({ data: { pow_challenge: challenge } });
    }
  });

  it('is 404 for an id that is unknown, expired or approved', async () => {
    await expectRefusal(get(emulator, '/auth/requests/unknown'), 404, 'SITE_LOGIN_REQUEST_NOT_FOUND');

    const expired = emulator.lime.createLoginRequest({ expiresInMs: 1000 });
    emulator.clock.advance(999);
    expect((await get(emulator, `/auth/requests/${expired.requestId}`)).status).toBe(200);
    emulator.clock.advance(1);
    await expectRefusal(get(emulator, `/auth/requests/${expired.requestId}`), 404, 'SITE_LOGIN_REQUEST_NOT_FOUND');

    const approved = emulator.lime.createLoginRequest({ difficulty: EASY });
    await approve(emulator, approved.requestId, findNonce(approved));
    await expectRefusal(get(emulator, `/auth/requests/${approved.requestId}`), 404, 'SITE_LOGIN_REQUEST_NOT_FOUND');
  });

  it('refuses a Bearer token', async () => {
    const { requestId } = emulator.lime.createLoginRequest();
    for (const Authorization of ['Bearer a.b.c', 'bearer a.b.c', 'Bearer']) {
      await expectRefusal(get(emulator, `/auth/requests/${requestId}`, { Authorization }), 401, 'INVALID_AGENT_TOKEN');
    }
  });
});

describe('status', () => {
  it("answers the site's own requests, whatever their state", async () => {
    const request = emulator.lime.createLoginRequest({ difficulty: EASY });
    const statusOf = async (id: string) => (await answerOf(get(emulator, `${requestsPath}/${id}`, site))).body;
    const data = (status: string) => ({
      ok: true,
      data: { login_request_id: request.requestId, status, expires_at: '2026-01-02T03:09:05.067+00:00' },
    });
    expect(await statusOf(request.requestId)).toEqual(data('PENDING'));
    await approve(emulator, request.requestId, findNonce(request));
    expect(await statusOf(request.requestId)).toEqual(data('APPROVED'));

    const other = emulator.lime.createLoginRequest();
    emulator.clock.advance(300_000);
    expect(await statusOf(other.requestId)).toMatchObject({ data: { status: 'EXPIRED' } });
    expect(await statusOf(request.requestId)).toMatchObject({ data: { status: 'APPROVED' } });
  });

  it("is 404 for an unknown id and for another site's", async () => {
    const foreign = emulator.lime.createLoginRequest({ siteToken: emulator.lime.addSite().token });
    for (const id of ['unknown', foreign.requestId]) {
      await expectRefusal(get(emulator, `${requestsPath}/${id}`, site), 404, 'SITE_LOGIN_REQUEST_NOT_FOUND');
    }
  });

  it('refuses by lane', async () => {
    const path = `${requestsPath}/${emulator.lime.createLoginRequest().requestId}`;
    await expectRefusal(get(emulator, path), 401, 'SITE_TOKEN_MISSING');
    await expectRefusal(get(emulator, path, { 'X-Site-Token': 'st_no' }), 401, 'SITE_TOKEN_INVALID');
    await expectRefusal(get(emulator, path, { ...site, Authorization: 'Bearer x' }), 401, 'SITE_TOKEN_INVALID');
    const { token } = emulator.lime.addSite({ suspended: true });
    await expectRefusal(get(emulator, path, { 'X-Site-Token': token }), 403, 'SITE_SUSPENDED');
  });
});

describe('paths', () => {
  it('envelopes unknown paths and wrong methods', async () => {
    for (const path of ['', '/', '/nothing', '/auth/requests', '/auth/requests/', '/auth/requests/a/b']) {
      await expectRefusal(get(emulator, path), 404, 'NOT_FOUND');
    }
    await expectRefusal(emulator.fetch('http://emulator.test/api/v2'), 404, 'NOT_FOUND');
    const wrong: [string, string, string][] = [
      ['POST', '/auth/requests/x', 'GET'],
      ['GET', requestsPath, 'POST'],
      ['DELETE', `${requestsPath}/x`, 'GET'],
      ['GET', `${requestsPath}/x/approve`, 'POST'],
    ];
    for (const [method, path, allow] of wrong) {
      const response = await emulator.fetch(API + path, { method });
      expect(response.headers.get('Allow')).toBe(allow);
      await expectRefusal(response, 405, 'METHOD_NOT_ALLOWED');
    }
  });

  it('keeps a percent-encoded id one segment, whatever is in it', async () => {
    const own = emulator.lime.createLoginRequest();
    const ids = [
      'a/b',
      '../..',
      'x/../../x',
      `../requests/${own.requestId}`,
      'a?b',
      'a#b',
      '%2f',
      '%',
      '%zz',
      '\\',
      'ä 🦊',
      'x\0',
    ];
    for (const id of ids) {
      const segment = encodeURIComponent(id);
      for (const path of [`/auth/requests/${segment}`, `${requestsPath}/${segment}`]) {
        await expectRefusal(get(emulator, path, site), 404, 'SITE_LOGIN_REQUEST_NOT_FOUND');
      }
      await expectRefusal(approve(emulator, id, '0'), 404, 'SITE_LOGIN_REQUEST_NOT_FOUND');
    }
  });

  it('answers JSON with its content type', async () => {
    for (const path of ['/nothing', `/auth/requests/${emulator.lime.createLoginRequest().requestId}`]) {
      expect((await get(emulator, path)).headers.get('Content-Type')).toBe('application/json');
    }
  });
});

it('forgets requests long after they expired, and keeps no more than ten thousand', () => {
  const first = emulator.lime.createLoginRequest();
  emulator.clock.advance(300_000 + 599_999);
  const second = emulator.lime.createLoginRequest();
  expect(emulator.lime.getLoginRequest(first.requestId)).toBeDefined();
  emulator.clock.advance(1);
  emulator.lime.createLoginRequest();
  expect(emulator.lime.getLoginRequest(first.requestId)).toBeUndefined();
  for (let i = 0; i < 10_000; i++) emulator.lime.createLoginRequest();
  expect(emulator.lime.listLoginRequests()).toHaveLength(10_000);
  expect(emulator.lime.getLoginRequest(second.requestId)).toBeUndefined();
});
