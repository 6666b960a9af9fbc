import { describe, expect, it } from 'vitest';
import { createEmulator, EmulatorInputError, EmulatorNotFoundError } from '../../src/emulator/index.js';
import { API, answerOf, approve, EASY, expectRefusal, findNonce, get, ORIGIN, post, requestsPath } from './helpers.js';

const control = (emulator: ReturnType<typeof createEmulator>) => {
  return (method: string, path: string, body?: unknown) => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    return emulator.fetch(`${ORIGIN}/__emulator${path}`, init);
  };
};

describe('the API', () => {
  it('creates requests as it is told', () => {
    const { lime } = createEmulator();
    const site = lime.addSite();
    const request = lime.createLoginRequest({ difficulty: 3, challenge: 'c', expiresInMs: 0, siteToken: site.token });
    expect(request).toMatchObject({ difficulty: 3, challenge: 'c', status: 'EXPIRED', siteId: site.siteId });
    expect(Object.isFrozen(request)).toBe(true);
  });

  it('refuses wrong input, naming the field but not the value', () => {
    const emulator = createEmulator();
    const { lime } = emulator;
    const wrong: [() => unknown, RegExp][] = [
      [() => createEmulator({ lime: { difficulty: 1.5 } }), /^lime\.difficulty: /],
      [() => createEmulator({ lime: { dificulty: 1 } as object }), /^lime\.dificulty: /],
      [() => createEmulator({ seed: {} as string }), /^seed: /],
      [() => lime.createLoginRequest({ challenge: '\ud800' }), /^login request\.challenge: /],
      [() => lime.createLoginRequest({ expiresInMs: Number.NaN }), /^login request\.expiresInMs: /],
      [() => lime.createLoginRequest({ siteToken: 'SECRET' }), /^login request\.siteToken: (?!.*SECRET)/],
      [() => lime.createLoginRequest({ difficulty: 'SECRET' as never }), /^login request\.difficulty: (?!.*SECRET)/],
      [() => lime.addAgent({ active: 1 as never }), /^agent\.active: /],
      [() => lime.addSite({ suspended: 1 as never }), /^site\.suspended: /],
      [() => Object.assign(lime, { difficulty: '15' }), /^lime\.difficulty: /],
      [() => Object.assign(lime, { acceptedAlgorithms: [] }), /^lime\.acceptedAlgorithms: /],
      [() => Object.assign(lime, { requestLifetimeMs: -1 }), /^lime\.requestLifetimeMs: /],
      [() => emulator.clock.advance(-1), /^advance: /],
    ];
    for (const [act, message] of wrong) {
      expect(act).toThrow(EmulatorInputError);
      expect(act).toThrow(message);
    }
    expect(lime).toMatchObject({ difficulty: 15, acceptedAlgorithms: ['legacy', 'r14'], requestLifetimeMs: 300_000 });
  });

  it('expires a request, but not one that was approved', async () => {
    const emulator = createEmulator({ lime: { difficulty: EASY } });
    const { lime } = emulator;
    const [first, second] = [lime.createLoginRequest(), lime.createLoginRequest()];
    await approve(emulator, second.requestId, findNonce(second));
    expect(lime.expireLoginRequest(first.requestId).status).toBe('EXPIRED');
    expect(lime.expireLoginRequest(second.requestId).status).toBe('APPROVED');
    expect(() => lime.expireLoginRequest('unknown')).toThrow(EmulatorNotFoundError);
    expect(lime.getLoginRequest('unknown')).toBeUndefined();
  });

  it('sees the latest thousand requests, without their secrets', async () => {
    const emulator = createEmulator();
    const headers = {
      'X-Agent-Token': 'SECRET',
      'X-Site-Token': 'SECRET',
      Authorization: 'Bearer SECRET',
      Cookie: 'SECRET',
      'X-API-Key': 'SECRET',
      'X-CSRF-Token': 'SECRET',
      Accept: 'application/json',
    };
    await post(emulator, `${requestsPath}?token=SECRET`, headers, { pow_nonce: 'SECRET' });
    expect(JSON.stringify(emulator.requests)).not.toContain('SECRET');
    expect(emulator.requests).toEqual([
      {
        at: expect.any(Number),
        method: 'POST',
        path: `/api/v1${requestsPath}`,
        headers: expect.objectContaining({ 'x-agent-token': '***', authorization: '***', accept: 'application/json' }),
        status: 401,
      },
    ]);
    for (let i = 0; i < 1000; i++) await get(emulator, '/last');
    expect(emulator.requests).toHaveLength(1000);
    expect(emulator.requests[0]?.path).toBe('/api/v1/last');
  });

  it('resets everything but the first tokens', async () => {
    const emulator = createEmulator({ lime: { difficulty: EASY } });
    const { lime } = emulator;
    const tokens = [lime.agentToken, lime.agentTokenWithoutMcp, lime.siteToken];
    const added = lime.addSite();
    const { requestId } = lime.createLoginRequest();
    lime.difficulty = 9;
    emulator.faults.add({ path: '*', respond: { status: 500 } });
    emulator.clock.advance(3_600_000);
    await get(emulator, '/x');

    emulator.reset();
    expect([lime.agentToken, lime.agentTokenWithoutMcp, lime.siteToken]).toEqual(tokens);
    expect(lime.difficulty).toBe(EASY);
    expect(lime.getLoginRequest(requestId)).toBeUndefined();
    expect(emulator.requests).toEqual([]);
    expect(Math.abs(emulator.clock.now() - Date.now())).toBeLessThan(60_000);
    expect((await post(emulator, requestsPath, { 'X-Site-Token': lime.siteToken })).status).toBe(201);
    await expectRefusal(post(emulator, requestsPath, { 'X-Site-Token': added.token }), 401, 'SITE_TOKEN_INVALID');
  });
});

describe('the seed', () => {
  const run = (seed: string | number | undefined) => {
    const { lime, reset } = createEmulator({ seed });
    const tokens = [lime.agentToken, lime.agentTokenWithoutMcp, lime.siteToken];
    const story = () => {
      const { requestId, challenge } = lime.createLoginRequest();
      return [...tokens, lime.addAgent().token, lime.addSite().token, requestId, challenge];
    };
    const first = story();
    reset();
    return { first, again: story() };
  };

  it('makes ids, tokens and challenges the same each time, and after a reset', () => {
    expect(run('a').first).toEqual(run('a').first);
    expect(run('a').again).toEqual(run('a').first);
    expect(run(7)).toEqual(run('7'));
    expect(new Set(run('a').first).size).toBe(7);
  });

  it('makes them different from those of another seed, and of none', () => {
    const values = [...run('a').first, ...run('b').first, ...run('').first, ...run(undefined).first];
    expect(new Set([...values, ...run(undefined).first]).size).toBe(35);
  });
});

describe('the routes', () => {
  it('describe where everything is', async () => {
    const emulator = createEmulator();
    const { agentToken, agentTokenWithoutMcp, siteToken } = emulator.lime;
    const { apiKey, ownerId, ownerSecret, webhookSecret } = emulator.agentOtp;
    expect((await answerOf(control(emulator)('GET', ''))).body).toEqual({
      ok: true,
      data: {
        url: ORIGIN,
        console: `${ORIGIN}/`,
        lime: {
          origin: ORIGIN,
          apiBase: `${ORIGIN}/api/v1`,
          agentToken,
          agentTokenWithoutMcp,
          siteToken,
          mcpUrl: `${ORIGIN}/mcp`,
        },
        agentOtp: { baseUrl: `${ORIGIN}/agent-otp`, apiKey, ownerId, ownerSecret, webhookSecret },
        axme: expect.objectContaining({ baseUrl: `${ORIGIN}/axme` }),
      },
    });
  });

  it('create, read, list and expire login requests', async () => {
    const emulator = createEmulator();
    const call = control(emulator);
    const created = await answerOf(call('POST', '/lime/login-requests', { difficulty: 3, challenge: 'c' }));
    expect(created).toEqual({
      status: 201,
      body: {
        ok: true,
        data: {
          requestId: expect.any(String),
          siteId: expect.any(String),
          status: 'PENDING',
          challenge: 'c',
          difficulty: 3,
          expiresAt: expect.stringMatching(/Z$/),
          approvedAgentId: null,
        },
      },
    });
    const { data } = created.body as { data: { requestId: string } };
    const path = `/lime/login-requests/${data.requestId}`;
    expect((await answerOf(call('GET', path))).body).toEqual({ ok: true, data });
    expect((await answerOf(call('GET', '/lime/login-requests'))).body).toEqual({
      ok: true,
      data: { loginRequests: [data] },
    });
    expect((await answerOf(call('POST', `${path}/expire`))).body).toMatchObject({ data: { status: 'EXPIRED' } });
    expect((await call('POST', '/lime/login-requests')).status).toBe(201);
  });

  it('set the settings, add accounts, move the clock, list requests, reset', async () => {
    const emulator = createEmulator();
    const call = control(emulator);
    const settings = {
      difficulty: 2,
      acceptedAlgorithms: ['r14'],
      requestLifetimeMs: 1000,
      tokenLifetimeSeconds: 60,
      acceptedTokenRequests: 'domain',
      strictDomains: true,
      capabilityDenial: 'rfc',
      tokenIssuer: 'https://lime.test',
      passportLifetimeSeconds: 30,
      bindingPassportLifetimeSeconds: 20,
      passportEdits: { set: { '/nbf': 1 } },
      bindingRedirect: 'passport',
      tokenClockOffsetMs: -5000,
    };
    expect((await answerOf(call('PATCH', '/lime/settings', settings))).body).toEqual({ ok: true, data: settings });
    expect((await answerOf(call('PATCH', '/lime/settings', { difficulty: 4 }))).body).toEqual({
      ok: true,
      data: { ...settings, difficulty: 4 },
    });
    expect((await answerOf(call('GET', '/lime/settings'))).body).toMatchObject({ data: { difficulty: 4 } });
    const half = call('PATCH', '/lime/settings', { difficulty: 5, requestLifetimeMs: -1 });
    await expectRefusal(half, 400, 'EMULATOR_INVALID_INPUT');
    expect(emulator.lime.difficulty).toBe(4);

    const agent = await answerOf(call('POST', '/lime/agents', { active: false }));
    expect(agent).toMatchObject({ status: 201, body: { data: { active: false, token: expect.any(String) } } });
    const site = await answerOf(call('POST', '/lime/sites'));
    expect(site).toMatchObject({ status: 201, body: { data: { suspended: false, token: expect.any(String) } } });

    const before = emulator.clock.now();
    await call('POST', '/clock', { advanceMs: 5000 });
    expect(emulator.clock.now()).toBeGreaterThanOrEqual(before + 5000);

    await get(emulator, '/x');
    expect((await answerOf(call('GET', '/requests'))).body).toMatchObject({
      data: { requests: [{ path: '/api/v1/x', status: 404 }] },
    });
    await call('POST', '/reset');
    expect(emulator.lime.difficulty).toBe(15);
    expect(emulator.requests).toEqual([]);
  });

  it('refuse what is wrong in an envelope', async () => {
    const call = control(createEmulator());
    const invalid: [string, string, unknown][] = [
      ['POST', '/lime/login-requests', { dificulty: 3 }],
      ['POST', '/lime/login-requests', 7],
      ['PATCH', '/lime/settings', { difficulty: 'x' }],
      ['PATCH', '/lime/settings', { agentToken: 'x' }],
      ['PATCH', '/lime/settings', 7],
      ['PATCH', '/mcp/settings', { pageSize: 0 }],
      ['POST', '/mcp/reject-next', { count: 0 }],
      ['POST', '/lime/keys/sign', { claims: 7 }],
      ['POST', '/lime/keys/sign', {}],
      ['POST', '/lime/agents', 7],
      ['POST', '/lime/sites', { suspended: null }],
      ['POST', '/clock', {}],
      ['POST', '/clock', { advanceMs: -1 }],
      ['POST', '/faults', undefined],
      ['POST', '/faults', { path: '*' }],
      ['POST', '/faults', { path: '*', rewrite: { set: { 'no/slash': 1 } } }],
      ['POST', '/faults', { path: '*', rewrite: { remove: ['/~2'] } }],
    ];
    for (const [method, path, body] of invalid) {
      await expectRefusal(call(method, path, body), 400, 'EMULATOR_INVALID_INPUT');
    }
    await expectRefusal(call('GET', '/lime/login-requests/unknown'), 404, 'EMULATOR_NOT_FOUND');
    await expectRefusal(call('POST', '/lime/login-requests/unknown/expire'), 404, 'EMULATOR_NOT_FOUND');
    await expectRefusal(call('PATCH', '/lime/agents/unknown', {}), 404, 'EMULATOR_NOT_FOUND');
    await expectRefusal(call('POST', '/lime/keys/unknown/retire'), 404, 'EMULATOR_NOT_FOUND');
    await expectRefusal(call('GET', '/nothing'), 404, 'NOT_FOUND');
    await expectRefusal(call('PUT', '/faults'), 405, 'METHOD_NOT_ALLOWED');
  });

  it('show a page that escapes what it shows', async () => {
    const emulator = createEmulator();
    const { requestId } = emulator.lime.createLoginRequest();
    await emulator.fetch(`${API}/%3Cscript%3E&'`);
    const page = await emulator.fetch(`${ORIGIN}/`);
    expect(page.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('Content-Security-Policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    const text = await page.text();
    expect(text).toContain(requestId);
    expect(text).toContain('/%3Cscript%3E&amp;&#39;');
    expect(text).not.toContain(emulator.lime.agentToken);
  });
});
