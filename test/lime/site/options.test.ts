import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { LimeSite as FrontDoor } from '../../../src/index.js';
import { AuthenticationError, LimeInputError, LimeSite, type LimeSiteOptions } from '../../../src/lime/index.js';
import { failure } from '../../http/clients.js';
import { httpServer, json } from '../../http/servers.js';
import { staying } from '../../sse/helpers.js';
import { printed, siteFor, siteScene, until } from './helpers.js';

const TOKEN = 'st_live_hunter2';

beforeEach(() => {
  for (const name of ['LIME_SITE_TOKEN', 'LIME_API_BASE', 'LIME_JWKS_CACHE_TTL_SECONDS']) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const thrownBy = (options?: LimeSiteOptions) => {
  try {
    return new LimeSite(options);
  } catch (error) {
    return error;
  }
};

/** The URL and the headers of a first request. */
async function used(options: LimeSiteOptions) {
  let seen: { url: string; headers: Headers; body: unknown } | undefined;
  const site = new LimeSite({
    autoStart: false,
    maxRetries: 0,
    ...options,
    fetch: async (url, init) => {
      seen = { url: String(url), headers: new Headers(init?.headers), body: init?.body };
      return Response.json(
        { ok: true, data: { login_request_id: 'one', status: 'PENDING', expires_at: '2030-01-01T00:00:00' } },
        { status: 201 },
      );
    },
  });
  await site.createLoginRequest();
  await site.close();
  return seen!;
}

it('the front door has it', () => expect(FrontDoor).toBe(LimeSite));

describe('options', () => {
  it('token and base are the option, else the environment, else the platform', async () => {
    vi.stubEnv('LIME_SITE_TOKEN', ' st_environment\n');
    expect((await used({})).url).toBe('https://lime.pics/api/v1/modules/agent-login/requests');
    vi.stubEnv('LIME_API_BASE', 'https://other.example/api/v1/');
    const { url, headers, body } = await used({ siteToken: '' });
    expect(url).toBe('https://other.example/api/v1/modules/agent-login/requests');
    expect(Object.fromEntries(headers)).toEqual({
      accept: 'application/json',
      'content-type': 'application/json',
      'x-site-token': 'st_environment',
    });
    expect(body).toBe('{}');
    expect((await used({ siteToken: ' mine ' })).headers.get('x-site-token')).toBe('mine');
  });

  it('without a token, or with one that no header can hold, are refused before all else', () => {
    const missing = thrownBy({ baseUrl: 'nonsense' });
    expect(missing).toBeInstanceOf(AuthenticationError);
    expect(missing).toMatchObject({
      code: 'SITE_TOKEN_MISSING',
      message: expect.stringMatching(/siteToken.*LIME_SITE_TOKEN/),
    });
    const wrong = thrownBy({ siteToken: `${TOKEN}\nX: y` });
    expect(wrong).toMatchObject({ code: 'SITE_TOKEN_INVALID' });
    expect(printed(wrong)).not.toContain('hunter2');
  });

  it.each<[string, LimeSiteOptions]>([
    ['baseUrl', { baseUrl: 'nonsense' }],
    ['sseBackoffBaseMs', { sseBackoffBaseMs: -1 }],
    ['sseIdleTimeoutMs', { sseIdleTimeoutMs: 0 }],
    ['handlerTimeoutMs', { handlerTimeoutMs: Number.NaN }],
    ['jwksCacheTtlMs', { jwksCacheTtlMs: Number.POSITIVE_INFINITY }],
  ])('with a wrong %s are refused', (name, options) => {
    const error = thrownBy({ siteToken: TOKEN, ...options });
    expect(error).toBeInstanceOf(LimeInputError);
    expect(error).toHaveProperty('message', expect.stringContaining(name));
  });

  it('of the environment that cannot be read are refused', () => {
    vi.stubEnv('LIME_JWKS_CACHE_TTL_SECONDS', 'soon');
    expect(thrownBy({ siteToken: TOKEN })).toBeInstanceOf(LimeInputError);
  });
});

describe('autoStart', () => {
  it.each([
    ['off on Cloudflare Workers, which have no background', undefined, 0],
    ['on there where it is asked for', true, 1],
  ])('is %s', async (_, autoStart, opened) => {
    const { navigator } = globalThis;
    const { emulator, apiBase } = await siteScene();
    Object.defineProperty(globalThis, 'navigator', { value: { userAgent: 'Cloudflare-Workers' }, configurable: true });
    onTestFinished(() => void Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true }));
    const site = siteFor(apiBase, { siteToken: emulator.lime.siteToken, autoStart });
    site.onLogin(() => {});
    await site.createLoginRequest();
    if (autoStart) await site.ready();
    else expect(await failure(site.ready())).toMatchObject({ code: 'NOT_STARTED' });
    expect(emulator.lime.events.stats.opened).toBe(opened);
  });
});

describe('answers', () => {
  it.each([
    ['login_request_id', { status: 'PENDING', expires_at: '2030-01-01T00:00:00Z' }],
    ['login_request_id', { login_request_id: ' ', status: 'PENDING', expires_at: '2030-01-01T00:00:00Z' }],
    ['expires_at', { login_request_id: 'x', status: 'PENDING', expires_at: 'soon' }],
  ])('without a good %s are named', async (field, data) => {
    const { url } = await httpServer(json(201, { ok: true, data }));
    expect(await failure(siteFor(url, { autoStart: false }).createLoginRequest())).toMatchObject({
      code: 'INVALID_RESPONSE',
      field,
    });
  });

  it('may say no more than the status', async () => {
    const { url } = await httpServer(json(200, { ok: true, data: { status: 'APPROVED' } }));
    expect(await siteFor(url).getLoginRequest(' a/b ')).toEqual({
      requestId: 'a/b',
      status: 'APPROVED',
      expiresAt: null,
    });
  });
});

it('calls end with their signals', async () => {
  const { url } = await httpServer(() => {});
  const site = siteFor(url);
  const reason = new Error('enough');
  const signal = AbortSignal.abort(reason);
  const controller = new AbortController();
  const calls = [
    site.ready({ signal: controller.signal }),
    site.createLoginRequest({ signal: controller.signal }),
    site.getLoginRequest('x', { signal: controller.signal }),
    site.createBindingRequest({ redirectUri: 'https://a.example' }, { signal: controller.signal }),
    site.exchangeBindingCode('x', { signal: controller.signal }),
    site.ready({ signal }),
  ].map(failure);
  controller.abort(reason);
  for (const error of await Promise.all(calls)) expect(error).toBe(reason);
});

describe('secrets', () => {
  it('are in no inspection, JSON, log line or error of a whole login', async () => {
    const { site, emulator, approve, told, errors } = await siteScene();
    let passport = '';
    site.onLogin((_, given) => {
      passport = given ?? '';
      throw new Error('oops');
    });
    const { requestId } = await site.createLoginRequest();
    const waiting = site.waitForLogin(requestId);
    approve(requestId);
    const result = await waiting;
    await until(() => errors.length === 1);
    await site.verifyPassport(passport);
    const replayed = await failure(site.verifyPassport(passport));
    emulator.lime.events.sendError({ code: emulator.lime.siteToken, message: `no ${emulator.lime.siteToken}` });
    emulator.lime.events.sendRaw(`data: {"${passport}\n\n`);
    await until(() => errors.length === 3);
    const text = [site, result, told, errors, replayed].map(printed).join() + JSON.stringify([site, result, told]);
    expect(passport.length).toBeGreaterThan(300);
    for (const secret of [emulator.lime.siteToken, passport, passport.split('.')[2]!])
      expect(text).not.toContain(secret);
    expect(JSON.stringify(site)).toBe('{}');
    expect(Object.getOwnPropertyNames(site)).toEqual([]);
  });

  it('are not in the error of a stream that quotes them', async () => {
    const { url } = await httpServer(json(401, { ok: false, error: { code: 'X', message: `no ${TOKEN}` } }));
    const error = await failure(siteFor(url, { siteToken: TOKEN }).ready());
    expect(error).toMatchObject({ message: 'no ***' });
    expect(printed(error)).not.toContain(TOKEN);
  });

  it('are shown by nobody', async () => {
    const { url } = await httpServer(staying(''));
    expect(inspect(siteFor(url), { depth: 20, showHidden: true })).not.toContain('hunter2');
  });
});
