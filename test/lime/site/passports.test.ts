import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  InvalidPassportError,
  LimeError,
  type LimeSiteOptions,
  MemoryReplayStore,
  RequestExpiredError,
} from '../../../src/lime/index.js';
import { failure } from '../../http/clients.js';
import { ManualClock } from '../../http/manual-clock.js';
import { httpServer, json } from '../../http/servers.js';
import { b64, forge, newSigner } from '../../jwt/tokens.js';
import { printed, siteFor, siteScene, until } from './helpers.js';

const signer = newSigner('k1');
const stranger = newSigner('k1');
const clock = new ManualClock();
const now = clock.now() / 1000;
const document = { keys: [signer.jwk] };

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A site whose platform has these keys, and the passports that the platform would sign. */
async function site(options: LimeSiteOptions = {}, keys: unknown = document, base = '/api/v1') {
  const server = await httpServer(json(200, keys));
  const login = {
    iss: server.url,
    aud: 'lime-site-login',
    sub: 'agent-hunter2',
    iat: now,
    exp: now + 60,
    request_id: 'r-hunter2',
    user_id: 'u1',
  };
  const { request_id: _, ...rest } = login;
  const binding = { ...rest, aud: 'lime-binding', binding_id: 'b-hunter2' };
  return { site: siteFor(server.url + base, { clock, ...options }), server, login, binding };
}

describe('a passport', () => {
  it('of a login says who the agent is', async () => {
    const { site: one, login, server } = await site();
    const passport = await one.verifyPassport(forge(signer, login), { expectedRequestId: ' r-hunter2 ' });
    expect(passport).toEqual({
      valid: true,
      agentId: 'agent-hunter2',
      userId: 'u1',
      requestId: 'r-hunter2',
      expiresAt: new Date((now + 60) * 1000),
      claims: { ...login, agent_id: 'agent-hunter2' },
    });
    expect(Object.isFrozen(passport) && Object.isFrozen(passport.claims)).toBe(true);
    const [request] = server.requests;
    expect(request?.url).toBe('/api/v1/core/.well-known/jwks.json');
    expect(request?.headers).toMatchObject({ accept: 'application/json' });
    expect(request?.headers).not.toHaveProperty('x-site-token');
  });

  it('of a binding says which', async () => {
    const { site: one, binding } = await site();
    const passport = await one.verifyBindingPassport(forge(signer, binding), { expectedBindingId: 'b-hunter2' });
    expect(passport).toMatchObject({ valid: true, agentId: 'agent-hunter2', bindingId: 'b-hunter2' });
  });

  it('may have agent_id, owner_id and numbers for ids', async () => {
    const { site: one, login } = await site();
    const claims = { ...login, user_id: undefined, owner_id: 'o1', agent_id: 'a1', request_id: 7 };
    const passport = await one.verifyPassport(forge(signer, claims), { expectedRequestId: '7' });
    expect(passport).toMatchObject({ agentId: 'a1', userId: 'o1', requestId: '7', claims: { sub: 'agent-hunter2' } });
  });
});

type Claims = Record<string, unknown>;
const hmac = (claims: Claims) => {
  const input = `${b64('{"alg":"HS256","kid":"k1"}')}.${b64(JSON.stringify(claims))}`;
  const secret = signer.publicKey.export({ format: 'pem', type: 'spki' });
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
};
const change = (more: Claims) => (claims: Claims) => forge(signer, { ...claims, ...more });
const patch = (text: string) => (claims: Claims) => forge(signer, `${JSON.stringify(claims).slice(0, -1)},${text}}`);

/** Every row of LIME contract §10.1, and its holes. */
const forged: readonly (readonly [code: string, what: string, make: (claims: Claims) => unknown])[] = [
  ['JWT_MALFORMED', '1: a header that is none', (claims) => forge(signer, claims, 'x')],
  ['JWT_MALFORMED', '1: undefined', () => undefined],
  ['JWT_MALFORMED', '1: an empty string', () => ''],
  ['JWT_TOO_LARGE', '1: a huge one', () => 'x'.repeat(1e6)],
  ['JWT_KID_MISSING', '2: no kid', (claims) => forge(signer, claims, { kid: undefined })],
  ['JWT_KID_MISSING', '2: a blank kid', (claims) => forge(signer, claims, { kid: ' ' })],
  ['JWT_KEY_UNKNOWN', '3: a kid of nobody', (claims) => forge(signer, claims, { kid: 'k2' })],
  ['JWT_ALGORITHM', '4: none', (claims) => `${b64('{"alg":"none","kid":"k1"}')}.${b64(JSON.stringify(claims))}.`],
  ['JWT_ALGORITHM', '4: HS256 with the public key', hmac],
  ['JWT_SIGNATURE', "4: a stranger's key", (claims) => forge(stranger, claims)],
  ['JWT_SIGNATURE', '4: a key of its own', (claims) => forge(stranger, claims, { jwk: stranger.jwk })],
  ['JWT_MALFORMED', '5: a payload that is a list', () => forge(signer, '[]')],
  ['JWT_MALFORMED', '5: a claim twice', (claims) => patch('"exp":9999999999')(claims)],
  [
    'JWT_AUDIENCE',
    '6: the other audience',
    (claims) => change({ aud: claims['aud'] === 'lime-binding' ? 'lime-site-login' : 'lime-binding' })(claims),
  ],
  ['JWT_AUDIENCE', '6: an MCP token', change({ aud: 'mcp' })],
  ['JWT_AUDIENCE', '6: a list', (claims) => change({ aud: [claims['aud']] })(claims)],
  ['JWT_AUDIENCE', '6: none', change({ aud: undefined })],
  ['JWT_ISSUER', '7: another issuer', change({ iss: 'https://evil.example' })],
  ['JWT_ISSUER', '7: no issuer', change({ iss: undefined })],
  ['JWT_ISSUER', '7: a blank one', change({ iss: ' ' })],
  ['JWT_ISSUER', '7: one with a path', (claims) => change({ iss: `${claims['iss']}/api/v1` })(claims)],
  [
    'JWT_ISSUER',
    '7: one with credentials',
    (claims) => change({ iss: String(claims['iss']).replace('//', '//evil@') })(claims),
  ],
  ['JWT_CLAIM', '8: no exp', change({ exp: undefined })],
  ['JWT_CLAIM', '8: no iat', change({ iat: undefined })],
  ['JWT_CLAIM', '8: exp as text', change({ exp: String(now + 60) })],
  ['JWT_CLAIM', '8: exp beyond all numbers', (claims) => patch('"exp":1e999')({ ...claims, exp: undefined })],
  ['JWT_EXPIRED', '9: this second', change({ exp: now })],
  ['JWT_EXPIRED', '9: a while ago', change({ iat: now - 100, exp: now - 50 })],
  ['JWT_LIFE_TOO_LONG', '10: a long life', change({ exp: now + 121 })],
  ['JWT_ISSUED_IN_FUTURE', 'hole: issued in the future', change({ iat: now + 1e6, exp: now + 1e6 + 50 })],
  ['JWT_ISSUED_IN_FUTURE', 'hole: issued in 31 seconds', change({ iat: now + 31, exp: now + 60 })],
  ['JWT_NOT_YET_VALID', '11: not before in 31 seconds', change({ nbf: now + 31 })],
  ['JWT_CLAIM', '11: nbf as text', change({ nbf: 'x' })],
  ['JWT_CLAIM', 'no agent', change({ sub: undefined })],
  ['JWT_CLAIM', 'a blank agent', change({ sub: ' ' })],
  ['JWT_CLAIM', 'hole: bound to nothing', change({ request_id: undefined, binding_id: undefined })],
  ['JWT_CLAIM', 'bound to something blank', change({ request_id: ' ', binding_id: ' ' })],
];

describe.each(['login', 'binding'] as const)('a passport of a %s is refused', (kind) => {
  it.each(forged)('%s, %s', async (code, _, make) => {
    const claim = vi.fn(() => true);
    const all = await site({ replayStore: { claim } });
    const passport = make(all[kind]) as string;
    const call = kind === 'login' ? all.site.verifyPassport(passport) : all.site.verifyBindingPassport(passport);
    const error = await failure(call);
    expect(error).toBeInstanceOf(code === 'JWT_EXPIRED' ? RequestExpiredError : InvalidPassportError);
    expect(error).toMatchObject({ code, retryable: false });
    // What is refused is not used up, and is not repeated.
    expect(claim).not.toHaveBeenCalled();
    const said = printed(error);
    expect(said).not.toContain('hunter2');
    for (const part of String(passport).split('.'))
      if (part.length > 20) expect(said).not.toContain(part.slice(0, 500));
  });

  it('if it is for another one, and is not used up', async () => {
    const { site: one, login, binding } = await site();
    for (let i = 0; i < 2; i++) {
      const error = await failure(
        kind === 'login'
          ? one.verifyPassport(forge(signer, login), { expectedRequestId: 'other' })
          : one.verifyBindingPassport(forge(signer, binding), { expectedBindingId: 'other' }),
      );
      expect(error).toBeInstanceOf(InvalidPassportError);
      expect(error).toHaveProperty('code', kind === 'login' ? 'PASSPORT_REQUEST' : 'PASSPORT_BINDING');
    }
    await (kind === 'login'
      ? one.verifyPassport(forge(signer, login))
      : one.verifyBindingPassport(forge(signer, binding)));
  });

  it.each([
    ['None', undefined],
    ['undefined', undefined],
    ['null', null],
    ['[object Object]', {}],
  ])('if it is bound to nothing, also where %s is expected', async (expected, bound) => {
    const { site: one, login, binding } = await site();
    const claims = { request_id: bound, binding_id: bound };
    const error = await failure(
      kind === 'login'
        ? one.verifyPassport(forge(signer, { ...login, ...claims }), { expectedRequestId: expected })
        : one.verifyBindingPassport(forge(signer, { ...binding, ...claims }), { expectedBindingId: expected }),
    );
    expect(error).toBeInstanceOf(InvalidPassportError);
  });

  it('where the expected id is none', async () => {
    const { site: one, login, binding } = await site();
    for (const id of ['', ' ', null as unknown as string]) {
      const call =
        kind === 'login'
          ? one.verifyPassport(forge(signer, login), { expectedRequestId: id })
          : one.verifyBindingPassport(forge(signer, binding), { expectedBindingId: id });
      expect(await failure(call)).toHaveProperty('code', kind === 'login' ? 'INVALID_REQUEST_ID' : 'INVALID_INPUT');
    }
  });
});

describe('lives', () => {
  it('are 120 s for a login and 60 s for a binding, at most', async () => {
    const { site: one, login, binding } = await site();
    await one.verifyPassport(forge(signer, { ...login, exp: now + 120 }));
    await one.verifyBindingPassport(forge(signer, { ...binding, exp: now + 60 }));
    expect(await failure(one.verifyBindingPassport(forge(signer, { ...binding, exp: now + 61 })))).toHaveProperty(
      'code',
      'JWT_LIFE_TOO_LONG',
    );
  });

  it.each([30, -29])('bear with a clock that is off by %i s', async (seconds) => {
    const { site: one, login } = await site({ clock: new ManualClock((now + seconds) * 1000) });
    await one.verifyPassport(forge(signer, { ...login, iat: now, nbf: now, exp: now + 60 }));
  });
});

describe('replay', () => {
  it('opens one session: of many at once, one wins', async () => {
    const { site: one, login, binding } = await site();
    const verifications: readonly (() => Promise<unknown>)[] = [
      () => one.verifyPassport(forge(signer, login)),
      // Another passport for the same login is no second session either.
      () => one.verifyPassport(forge(signer, { ...login, iat: now - 1, nbf: now - 1 })),
      () => one.verifyBindingPassport(forge(signer, binding)),
    ];
    for (const verify of verifications) {
      const results = await Promise.allSettled(Array.from({ length: 10 }, verify));
      const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
      expect(refused.length).toBeGreaterThanOrEqual(9);
      for (const error of refused) {
        expect(error).toBeInstanceOf(InvalidPassportError);
        expect(error).toHaveProperty('code', 'PASSPORT_REPLAYED');
      }
    }
    // A login and a binding of one id are two things.
    await one.verifyPassport(forge(signer, { ...login, request_id: 'b-hunter2' }));
  });

  it('is remembered for longer than any clock takes the passport', async () => {
    const claim = vi.fn((_id: string, _ttl: number) => true);
    const { site: one, login } = await site({ replayStore: { claim } });
    await one.verifyPassport(forge(signer, login));
    expect(claim.mock.calls[0]?.[1]).toBe(120);
  });

  it.each<[string, () => unknown, string]>([
    [
      'throws',
      () => {
        throw new Error('down');
      },
      'REPLAY_STORE_FAILED',
    ],
    ['rejects', () => Promise.reject(new Error('down')), 'REPLAY_STORE_FAILED'],
    ['says something else than true', () => 'OK', 'PASSPORT_REPLAYED'],
    [
      'is full',
      () => {
        const full = new MemoryReplayStore({ maxEntries: 1, clock });
        full.claim('x', 9);
        return full.claim('y', 9);
      },
      'REPLAY_STORE_FULL',
    ],
  ])('is refused where the store %s', async (_, claim, code) => {
    const { site: one, login } = await site({ replayStore: { claim: claim as () => boolean } });
    const error = await failure(one.verifyPassport(forge(signer, login)));
    expect(error).toBeInstanceOf(LimeError);
    expect(error).toHaveProperty('code', code);
  });
});

describe('keys', () => {
  it.each([
    ['bare', document],
    ['enveloped', { ok: true, data: document }],
    ['both, of which the top counts', { ...document, ok: true, data: { keys: [stranger.jwk] } }],
  ])('may come %s', async (_, keys) => {
    const { site: one, login } = await site({}, keys);
    await one.verifyPassport(forge(signer, login));
  });

  it.each(['', '/', '/api/v1', '/api/v1/'])('are found for a base URL that ends with "%s"', async (base) => {
    const { site: one, login, server } = await site({}, document, base);
    await one.verifyPassport(forge(signer, login));
    expect(server.requests[0]?.url).toBe('/api/v1/core/.well-known/jwks.json');
  });

  it.each([
    ['are missing', async () => httpServer(json(404, {}))],
    ['are a page', async () => httpServer((_, response) => void response.end('<html>'))],
    ['are in a refusal', async () => httpServer(json(200, { ok: false, error: {} }))],
    ['are elsewhere', async () => httpServer(json(302, {}, { location: '/good' }))],
    ['are huge', async () => httpServer(json(200, { ...document, pad: 'x'.repeat(300_000) }))],
    ['are cut off', async () => httpServer((request) => void request.socket.destroy())],
  ])('that %s say nothing of the passport', async (_, serve) => {
    const server = await serve();
    const one = siteFor(`${server.url}/api/v1`, { clock });
    const { login } = await site();
    const error = await failure(one.verifyPassport(forge(signer, { ...login, iss: server.url })));
    expect(error).toMatchObject({ name: 'LimeError', code: 'JWT_KEYS_UNAVAILABLE', retryable: true });
    expect(error).not.toBeInstanceOf(InvalidPassportError);
  });

  it('that are slow are waited for no longer than their time', async () => {
    const slow = new ManualClock();
    const server = await httpServer(() => void setImmediate(() => slow.advance(5000)));
    const { login } = await site();
    const one = siteFor(`${server.url}/api/v1`, { clock: slow });
    const error = await failure(one.verifyPassport(forge(signer, { ...login, iss: server.url })));
    expect(error).toMatchObject({ code: 'JWT_KEYS_UNAVAILABLE', retryable: true });
    expect(error).not.toBeInstanceOf(InvalidPassportError);
    expect(slow.sleeping).toBe(0);
  });

  it('may rotate while passports come: none that holds is refused', async () => {
    const { site: one, emulator, approve } = await siteScene();
    const { keys } = emulator.lime;
    const verified: Promise<unknown>[] = [];
    one.onLogin((requestId, passport) => {
      verified.push(one.verifyPassport(passport!, { expectedRequestId: requestId }));
    });
    await one.ready();
    for (let round = 1; round <= 10; round++) {
      keys.rotate();
      for (let i = 0; i < 20; i++) approve(emulator.lime.createLoginRequest().requestId);
      // Of some rounds the passports are verified in the middle of the next rotation.
      if (round % 3 === 0) await until(() => verified.length === 20 * round);
    }
    await until(() => verified.length === 200);
    expect(await Promise.allSettled(verified)).not.toContainEqual(expect.objectContaining({ status: 'rejected' }));
    const asked = emulator.requests.filter(({ path }) => path.endsWith('/jwks.json')).length;
    expect(asked).toBeLessThanOrEqual(20);
  });

  it.each([
    ['the option', 0, '300', 2],
    ['the variable', undefined, '0', 2],
    ['the default', undefined, undefined, 1],
  ])('are current for as long as %s says', async (_, jwksCacheTtlMs, variable, fetches) => {
    vi.stubEnv('LIME_JWKS_CACHE_TTL_SECONDS', variable);
    const { site: one, login, server } = await site({ jwksCacheTtlMs });
    await one.verifyPassport(forge(signer, login));
    await one.verifyPassport(forge(signer, { ...login, request_id: 'r2' }));
    expect(server.requests).toHaveLength(fetches);
  });

  it('of two platforms are two sets', async () => {
    const first = await site();
    const second = await site({}, { keys: [stranger.jwk] });
    await first.site.verifyPassport(forge(signer, first.login));
    expect(
      await failure(second.site.verifyPassport(forge(signer, { ...first.login, iss: second.server.url }))),
    ).toHaveProperty('code', 'JWT_SIGNATURE');
  });
});

describe('issuers', () => {
  it('may be named by an option, or be missing on older platforms', async () => {
    const { login } = await site();
    const named = await site({ issuer: 'https://lime.example' });
    await named.site.verifyPassport(forge(signer, { ...login, iss: 'https://lime.example' }));
    const older = await site({ issuerOptional: true });
    await older.site.verifyPassport(forge(signer, { ...login, iss: undefined }));
    expect(
      await failure(
        older.site.verifyPassport(forge(signer, { ...login, iss: 'https://evil.example', request_id: 'r2' })),
      ),
    ).toHaveProperty('code', 'JWT_ISSUER');
  });
});

it('the whole way: created, approved, heard, verified once', async () => {
  const { site: one, approve, emulator } = await siteScene();
  const { requestId, status, expiresAt } = await one.createLoginRequest();
  expect(status).toBe('PENDING');
  expect(expiresAt).toBeInstanceOf(Date);
  approve(requestId);
  const { passport } = await one.waitForLogin(requestId);
  emulator.lime.keys.rotate();
  const verified = await one.verifyPassport(passport, { expectedRequestId: requestId });
  expect(verified.agentId).toBe(emulator.lime.listAgents()[0]?.agentId);
  expect(await failure(one.verifyPassport(passport))).toHaveProperty('code', 'PASSPORT_REPLAYED');
  expect(['APPROVED', 'DELIVERED']).toContain((await one.getLoginRequest(requestId)).status);
  expect(await failure(one.getLoginRequest('unknown'))).toMatchObject({
    code: 'SITE_LOGIN_REQUEST_NOT_FOUND',
    httpStatus: 404,
  });
});
