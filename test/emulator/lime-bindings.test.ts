import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EmulatorInputError, EmulatorNotFoundError } from '../../src/emulator/index.js';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { answerOf, expectRefusal } from './helpers.js';

let started: StartedEmulator;
beforeAll(async () => {
  started = await startEmulator();
});
afterAll(() => started.close());
afterEach(() => started.emulator.reset());

const REDIRECT = 'https://site.test/bound?state=1';
const CREATE = '/modules/bindings/requests';
const EXCHANGE = '/modules/bindings/exchange';

function post(
  path: string,
  body: unknown,
  headers: Record<string, string> = { 'X-Site-Token': started.lime.siteToken },
) {
  return fetch(started.lime.apiBase + path, { method: 'POST', headers, body: JSON.stringify(body) ?? null });
}

async function create() {
  const { body } = await answerOf(post(CREATE, { redirect_uri: REDIRECT }));
  return (body as { data: { binding_id: string; connect_url: string; expires_at: string } }).data;
}

async function completed() {
  const { binding_id } = await create();
  const { bindingCode } = await started.emulator.lime.bindings.complete(binding_id);
  return { binding_id, binding_code: bindingCode };
}

describe('create', () => {
  it('answers 201 with the four fields', async () => {
    const { status, body } = await answerOf(post(CREATE, { redirect_uri: REDIRECT }));
    const { binding_id } = (body as { data: { binding_id: string } }).data;
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        ok: true,
        data: {
          binding_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          connect_url: `${started.lime.origin}/connect/?binding_id=${binding_id}`,
          status: 'PENDING',
          expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/),
        },
      },
    });
    expect(started.emulator.lime.bindings.get(binding_id)).toMatchObject({
      bindingId: binding_id,
      redirectUri: REDIRECT,
      status: 'PENDING',
      agentId: null,
    });
  });

  it('wants an absolute https URL', async () => {
    const wrong = ['', '/bound', 'bound', 'http://site.test/', 'https:', 'https://', 'https:site.test', 'javascript:1'];
    const bodies = [...wrong, ' https://site.test/', 'https://site test/', 7, null, [REDIRECT], 'https:\\\\site.test/'];
    for (const redirect_uri of bodies) await expectRefusal(post(CREATE, { redirect_uri }), 400, 'VALIDATION_ERROR');
    for (const body of [undefined, {}, [], null, 'x']) await expectRefusal(post(CREATE, body), 400, 'VALIDATION_ERROR');
    for (const redirect_uri of ['https://a', 'HTTPS://Site.test:8443/x?y#z', 'https://münchen.test/']) {
      expect((await post(CREATE, { redirect_uri })).status).toBe(201);
    }
  });

  it('and exchange are refused by lane', async () => {
    const suspended = started.emulator.lime.addSite({ suspended: true });
    for (const path of [CREATE, EXCHANGE]) {
      await expectRefusal(post(path, {}, {}), 401, 'SITE_TOKEN_MISSING');
      await expectRefusal(post(path, {}, { 'X-Site-Token': 'st_unknown' }), 401, 'SITE_TOKEN_INVALID');
      await expectRefusal(post(path, {}, { Authorization: 'Bearer a.b.c' }), 401, 'SITE_TOKEN_INVALID');
      await expectRefusal(post(path, {}, { 'X-Site-Token': suspended.token }), 403, 'SITE_SUSPENDED');
      await expectRefusal(fetch(started.lime.apiBase + path), 405, 'METHOD_NOT_ALLOWED');
    }
  });
});

describe('exchange', () => {
  it('answers the passport, once', async () => {
    const { binding_id, binding_code } = await completed();
    expect(started.emulator.lime.bindings.get(binding_id)?.status).toBe('COMPLETED');
    const { status, body } = await answerOf(post(EXCHANGE, { binding_code }));
    expect({ status, body }).toEqual({ status: 200, body: { ok: true, data: { passport: expect.any(String) } } });
    const claims = decodeJwt((body as { data: { passport: string } }).data.passport);
    const [agent] = started.emulator.lime.listAgents();
    expect(claims).toEqual({
      sub: agent?.agentId,
      aud: 'lime-binding',
      iss: started.lime.origin,
      iat: expect.any(Number),
      exp: (claims.iat ?? 0) + 60,
      binding_id,
      user_id: agent?.ownerId,
      owner_id: agent?.ownerId,
      passport_version: '3',
    });
    await expectRefusal(post(EXCHANGE, { binding_code }), 410, 'BINDING_CODE_GONE');
    expect(started.emulator.lime.bindings.get(binding_id)?.status).toBe('EXCHANGED');
  });

  it('is won by exactly one of many', async () => {
    const { binding_code } = await completed();
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(EXCHANGE, { binding_code })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(410)]);
  });

  it('is for the same site, in time', async () => {
    const { binding_code } = await completed();
    const other = started.emulator.lime.addSite();
    await expectRefusal(
      post(EXCHANGE, { binding_code }, { 'X-Site-Token': other.token }),
      404,
      'BINDING_CODE_NOT_FOUND',
    );
    await expectRefusal(post(EXCHANGE, { binding_code: 'unknown' }), 404, 'BINDING_CODE_NOT_FOUND');
    for (const body of [{}, { binding_code: '' }, { binding_code: 7 }, undefined]) {
      await expectRefusal(post(EXCHANGE, body), 400, 'VALIDATION_ERROR');
    }
    expect((await post(EXCHANGE, { binding_code })).status).toBe(200);
    const late = await completed();
    started.emulator.clock.advance(60_000);
    await expectRefusal(post(EXCHANGE, { binding_code: late.binding_code }), 410, 'BINDING_CODE_GONE');
  });

  it('lets its passport be as wrong as the settings want it', async () => {
    started.emulator.lime.configure({ bindingPassportLifetimeSeconds: 61, passportEdits: { remove: ['/binding_id'] } });
    const { binding_code } = await completed();
    const { body } = await answerOf(post(EXCHANGE, { binding_code }));
    const claims = decodeJwt((body as { data: { passport: string } }).data.passport);
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(61);
    expect(claims).not.toHaveProperty('binding_id');
  });
});

describe('the connect page', () => {
  const pick = (url: string, fields: Record<string, string>) =>
    fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });

  it('lets a person pick an agent, without a script, and sends the browser back', async () => {
    const { lime } = started.emulator;
    const { binding_id, connect_url } = await create();
    const evil = lime.addAgent({ displayName: '<script>alert(1)</script>' });
    lime.addAgent({ displayName: 'Sleeping', active: false });
    const page = await fetch(connect_url);
    expect(page.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('Content-Security-Policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    const text = await page.text();
    expect(text).toContain('<form method="post">');
    expect(text).toContain('https://site.test');
    expect(text).toContain('&lt;script&gt;');
    expect(text).not.toMatch(/<script|Sleeping|at_[0-9a-f]/);
    expect(text).toContain(`value="${evil.agentId}"`);

    const answer = await pick(connect_url, { binding_id, agent_id: evil.agentId });
    expect(answer.status).toBe(303);
    const back = new URL(answer.headers.get('Location') ?? '');
    expect(back.href).toMatch(/^https:\/\/site\.test\/bound\?state=1&binding_code=bc_[0-9a-f]{40}$/);
    expect(lime.bindings.get(binding_id)).toMatchObject({ status: 'COMPLETED', agentId: evil.agentId });
    const { body } = await answerOf(post(EXCHANGE, { binding_code: back.searchParams.get('binding_code') }));
    const { passport } = (body as { data: { passport: string } }).data;
    expect(decodeJwt(passport)).toMatchObject({ sub: evil.agentId, binding_id });
    expect((await pick(connect_url, { binding_id, agent_id: evil.agentId })).status).toBe(410);
  });

  it('says when there is nothing to connect', async () => {
    const { lime, clock } = started.emulator;
    const { binding_id, connect_url } = await create();
    const agent_id = lime.listAgents()[0]?.agentId ?? '';
    expect((await fetch(`${started.lime.origin}/connect/?binding_id=unknown`)).status).toBe(404);
    expect((await fetch(`${started.lime.origin}/connect`)).status).toBe(404);
    expect((await pick(connect_url, { binding_id, agent_id: 'unknown' })).status).toBe(400);
    expect((await pick(connect_url, { binding_id: 'unknown', agent_id })).status).toBe(404);
    clock.advance(300_000);
    expect((await fetch(connect_url)).status).toBe(410);
    expect((await pick(connect_url, { binding_id, agent_id })).status).toBe(410);
    expect(lime.bindings.get(binding_id)?.status).toBe('EXPIRED');
  });

  it('hands over the passport itself, as older releases did, if it is set so', async () => {
    const { lime } = started.emulator;
    lime.bindingRedirect = 'passport';
    const { binding_id } = await create();
    const { redirectUrl } = await lime.bindings.complete(binding_id);
    const { searchParams } = new URL(redirectUrl);
    expect([...searchParams.keys()]).toEqual(['state', 'passport']);
    expect(decodeJwt(searchParams.get('passport') ?? '')).toMatchObject({
      aud: 'lime-binding',
      iss: started.lime.origin,
      binding_id,
    });
  });
});

describe('the hooks', () => {
  it('complete, list and expire', async () => {
    const { bindings, agentTokenWithoutMcp } = started.emulator.lime;
    const [first, second] = [await create(), await create()];
    expect(bindings.list().map(({ bindingId }) => bindingId)).toEqual([first.binding_id, second.binding_id]);
    const { redirectUrl, bindingCode } = await bindings.complete(first.binding_id, {
      agentToken: agentTokenWithoutMcp,
    });
    expect(redirectUrl).toBe(`${REDIRECT}&binding_code=${bindingCode}`);
    expect(bindings.expire(second.binding_id).status).toBe('EXPIRED');
    await expect(bindings.complete(first.binding_id)).rejects.toThrow(EmulatorInputError);
    await expect(bindings.complete(second.binding_id)).rejects.toThrow(EmulatorInputError);
    await expect(bindings.complete('unknown')).rejects.toThrow(EmulatorNotFoundError);
    await expect(bindings.complete(first.binding_id, { agentToken: 'x' })).rejects.toThrow(EmulatorInputError);
    expect(() => bindings.expire('unknown')).toThrow(EmulatorNotFoundError);
  });

  it('are there over HTTP too', async () => {
    const call = async (method: string, path: string) => {
      const { status, body } = await answerOf(fetch(`${started.url}/__emulator/lime/bindings${path}`, { method }));
      return { status, data: (body as { data: never }).data as unknown };
    };
    const { binding_id } = await create();
    expect((await call('GET', '')).data).toMatchObject({ bindings: [{ bindingId: binding_id, status: 'PENDING' }] });
    const { data } = await call('POST', `/${binding_id}/complete`);
    expect(data).toEqual({ redirectUrl: expect.stringMatching(/binding_code=/), bindingCode: expect.any(String) });
    expect((await call('POST', `/${binding_id}/complete`)).status).toBe(400);
    expect((await call('POST', `/${binding_id}/expire`)).data).toMatchObject({ status: 'EXPIRED' });
    expect((await call('GET', `/${binding_id}`)).data).toMatchObject({ bindingId: binding_id, status: 'EXPIRED' });
    expect((await call('GET', '/unknown')).status).toBe(404);
  });
});

it('keeps no more than a thousand', async () => {
  const { emulator, lime } = started;
  const headers = { 'X-Site-Token': lime.siteToken };
  const body = JSON.stringify({ redirect_uri: REDIRECT });
  for (let i = 0; i <= 1000; i++) await emulator.fetch(lime.apiBase + CREATE, { method: 'POST', headers, body });
  expect(started.emulator.lime.bindings.list()).toHaveLength(1000);
});
