import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TokenVerifier as FrontDoor } from '../../../src/index.js';
import { LimeError, LimeInputError, TokenVerifier, type TokenVerifierOptions } from '../../../src/lime/index.js';
import { failure } from '../../http/clients.js';
import { json } from '../../http/servers.js';
import { asked, DOMAIN, faultyPlatform, KEY_SET, KEYS, METADATA, scene } from './platform.js';

afterEach(() => vi.unstubAllEnvs());

describe('a good token', () => {
  it('passes, with who it is for', async () => {
    const { emulator, claims, verifier } = await scene();
    const result = await verifier.verify(await emulator.lime.keys.sign(claims));
    expect(result).toEqual({
      isValid: true,
      claims,
      agentId: 'agent-hunter2',
      domain: DOMAIN,
      goodUntilSeconds: claims.exp + 120,
      error: undefined,
      code: undefined,
    });
    expect([Object.isFrozen(result), Object.isFrozen(result.claims)]).toEqual([true, true]);
    expect(verifier.fetchCount).toBe(1);
    expect(asked(emulator)).toEqual({ metadata: 1, keys: 1 });
  });

  it('may name several audiences, and have no iat and no domain where none is asked for', async () => {
    const { emulator, claims, verifierWith } = await scene();
    const verifier = verifierWith({ expectedDomain: undefined });
    const token = await emulator.lime.keys.sign({ ...claims, aud: ['x', 'mcp'], iat: undefined, domain: undefined });
    expect(await verifier.verify(token)).toMatchObject({ isValid: true, domain: undefined });
  });

  it('is one of the platform itself', async () => {
    const { emulator, lime, verifierWith } = await scene();
    const { systemClock } = await import('../../../src/runtime/clock.js');
    const headers = { 'X-Agent-Token': lime.agentToken, 'Content-Type': 'application/json' };
    const body = JSON.stringify({ domain: DOMAIN });
    const answer = await fetch(`${lime.apiBase}/modules/oauth/token`, { method: 'POST', headers, body });
    const { access_token } = (await answer.json()) as { access_token: string };
    const result = await verifierWith({ clock: systemClock }).verify(access_token);
    expect(result).toMatchObject({ isValid: true, agentId: emulator.lime.listAgents()[0]?.agentId, domain: DOMAIN });
  });
});

describe('requests', () => {
  it('carry no credential, and say who asks', async () => {
    const { server, verifier, token } = await faultyPlatform();
    await verifier.verify(token());
    const [metadata, keys] = server.requests;
    expect([metadata?.url, keys?.url]).toEqual([METADATA, KEYS]);
    for (const { headers, method } of server.requests) {
      expect(method).toBe('GET');
      expect(headers).toMatchObject({ accept: 'application/json', 'user-agent': 'curl/8.5.0' });
      expect(Object.keys(headers)).not.toContain('authorization');
    }
  });

  it('are made once for all who wait, and not for what is refused without keys', async () => {
    const { emulator, claims, verifier } = await scene();
    await verifier.verify('nonsense');
    expect(asked(emulator)).toEqual({ metadata: 0, keys: 0 });
    const token = await emulator.lime.keys.sign(claims);
    const results = await Promise.all([...Array(50)].map(() => verifier.verify(token)));
    expect(results.every(({ isValid }) => isValid)).toBe(true);
    expect(asked(emulator)).toEqual({ metadata: 1, keys: 1 });
  });

  it.each([
    ['bare', (document: object) => document],
    ['enveloped', (document: object) => ({ ok: true, data: document })],
    ['both at once', (document: object) => ({ ...document, ok: true, data: document })],
    // What is in the open counts.
    ['with something else in the envelope', (document: object) => ({ ...document, ok: true, data: { keys: [] } })],
  ])('may be answered %s', async (_, wrap) => {
    const { verifier, token } = await faultyPlatform({
      metadata: json(200, wrap({ issuer: 'https://lime.example', jwks_uri: KEYS })),
      keys: json(200, wrap(KEY_SET)),
    });
    expect(await verifier.verify(token())).toMatchObject({ isValid: true });
  });

  it.each([
    ['/elsewhere/keys?v=1', '/elsewhere/keys?v=1'],
    ['keys.json', '/keys.json'],
    ['//', undefined],
    ['//evil.example/keys', undefined],
    ['https://evil.example/keys', undefined],
    ['\\\\evil.example\\keys', undefined],
    ['file:///etc/passwd', undefined],
    ['data:application/json,{"keys":[]}', undefined],
  ])('go to a jwks_uri on the same origin only (%s)', async (uri, path) => {
    const { verifier, token, server } = await faultyPlatform({
      metadata: json(200, { issuer: 'https://lime.example', jwks_uri: uri }),
    });
    expect(await verifier.verify(token())).toMatchObject(
      path === undefined ? { isValid: false, code: 'JWT_KEYS_UNAVAILABLE' } : { isValid: true },
    );
    expect(server.requests.map(({ url }) => url)).toEqual([METADATA, ...(path === undefined ? [] : [path])]);
  });

  it('go to the origin as it was given, whatever a look-alike says', async () => {
    for (const spell of [
      (url: string) => url.replace('127.0.0.1', 'user:secret@127.0.0.1'),
      (url: string) => url.replace('127.0.0.1', '127.0.0.1.evil.example'),
      (url: string) => url.replace('127.0.0.1', 'localhost'),
      (url: string) => url.replace('http:', 'https:'),
      (url: string) => `${url}0`,
    ]) {
      const platform = await faultyPlatform();
      const { server, current, verifier, token } = platform;
      current.metadata = json(200, { issuer: 'https://lime.example', jwks_uri: `${spell(server.url)}/keys` });
      expect(await verifier.verify(token())).toMatchObject({ code: 'JWT_KEYS_UNAVAILABLE' });
      expect(server.requests).toHaveLength(1);
    }
  });
});

describe('keys', () => {
  it('are kept for cacheTtlMs, and fetched anew for a kid that is not among them', async () => {
    const { emulator, clock, claims, verifier } = await scene({ leewaySeconds: 1e6 });
    const { keys } = emulator.lime;
    const check = async (isValid: boolean, options = {}) =>
      expect(await verifier.verify(await keys.sign(claims, options))).toMatchObject({ isValid });
    await check(true);
    clock.advance(3_599_999);
    await check(true);
    expect(verifier.fetchCount).toBe(1);
    clock.advance(1);
    await check(true);
    expect(verifier.fetchCount).toBe(2);
    keys.rotate();
    await check(true);
    expect(verifier.fetchCount).toBe(3);
    for (let i = 0; i < 20; i++) await check(false, { header: { kid: `none-${i}` } });
    expect(verifier.fetchCount).toBe(4);
    clock.advance(60_000);
    await check(false, { header: { kid: 'none' } });
    expect(verifier.fetchCount).toBe(5);
  });

  it('are fetched ahead by warmup, at most once in minRefreshMs', async () => {
    const { emulator, clock, claims, verifier } = await scene({ leewaySeconds: 1e6 });
    expect(await verifier.warmup()).toBe(true);
    await verifier.verify(await emulator.lime.keys.sign(claims));
    expect(verifier.fetchCount).toBe(1);
    clock.advance(59_999);
    expect(await verifier.warmup()).toBe(true);
    await verifier.refreshCache();
    expect(verifier.fetchCount).toBe(1);
    clock.advance(1);
    await verifier.refreshCache();
    expect(verifier.fetchCount).toBe(2);
    verifier.invalidateCache();
    await verifier.refreshCache();
    expect(verifier.fetchCount).toBe(3);
    verifier.invalidateCache();
    await verifier.verify(await emulator.lime.keys.sign(claims));
    expect(verifier.fetchCount).toBe(4);
  });

  it('that cannot be had fail warmup only where that is asked for', async () => {
    const { verifier, log } = await faultyPlatform({ keys: json(500, {}) });
    expect(await verifier.warmup()).toBe(false);
    expect(log.warnings()).toContain('The keys could not be fetched ahead of the first token.');
    for (const promise of [verifier.warmup({ raiseOnFailure: true }), verifier.refreshCache()]) {
      const error = await failure(promise);
      expect(error).toBeInstanceOf(LimeError);
      expect(error).toMatchObject({ code: 'JWT_KEYS_UNAVAILABLE', retryable: true, httpStatus: 500 });
    }
  });

  it('and the issuer are always of one fetch', async () => {
    const { current, clock, verifier, token } = await faultyPlatform({}, { cacheTtlMs: 1000 });
    expect(await verifier.verify(token())).toMatchObject({ isValid: true });
    current.metadata = json(200, { issuer: 'https://new.example', jwks_uri: KEYS });
    current.keys = json(500, {});
    clock.advance(1000);
    // The new issuer came without its keys, so the old one stays, with its own.
    expect(await verifier.verify(token())).toMatchObject({ isValid: true });
    expect(await verifier.verify(token({ iss: 'https://new.example' }))).toMatchObject({ code: 'JWT_ISSUER' });
    delete current.keys;
    clock.advance(60_000);
    expect(await verifier.verify(token())).toMatchObject({ code: 'JWT_ISSUER' });
    expect(await verifier.verify(token({ iss: 'https://new.example' }))).toMatchObject({ isValid: true });
  });
});

describe('signals', () => {
  it('end a call that waits, and that call alone', async () => {
    let release = () => {};
    let arrived = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const { server, verifier, token } = await faultyPlatform({
      metadata(_, response) {
        release = () => response.end(JSON.stringify({ issuer: 'https://lime.example', jwks_uri: KEYS }));
        arrived();
      },
    });
    const controller = new AbortController();
    const left = verifier.verify(token(), { signal: controller.signal });
    const stays = verifier.verify(token());
    const warming = failure(verifier.warmup({ signal: controller.signal }));
    await arrival;
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await left).toMatchObject({ isValid: false, code: 'ABORTED', retryable: true });
    expect(await warming).toBe(reason);
    release();
    expect(await stays).toMatchObject({ isValid: true });
    expect(server.requests).toHaveLength(2);
    expect(await failure(verifier.refreshCache({ signal: controller.signal }))).toBe(reason);
  });
});

describe('options', () => {
  it('come from the environment where they are not given', async () => {
    const { server, token, clock } = await faultyPlatform();
    const variables = {
      LIME_BASE_URL: `${server.url}/`,
      LIME_OAUTH_AUDIENCE: 'tools',
      LIME_EXPECTED_DOMAIN: ` ${DOMAIN.toUpperCase()} `,
      LIME_JWKS_CACHE_TTL_SECONDS: '10',
      LIME_JWT_VERIFY_LEEWAY_SECONDS: '7.5',
      LIME_JWKS_MIN_REFRESH_SECONDS: '1',
      LIME_VERIFY_USER_AGENT: 'tests/1',
    };
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    const verifier = new TokenVerifier({ clock });
    const now = clock.now() / 1000;
    const good = { aud: 'tools', domain: DOMAIN };
    expect(await verifier.verify(token({ ...good, exp: now - 7 }))).toMatchObject({ isValid: true });
    expect(await verifier.verify(token({ ...good, exp: now - 8 }))).toMatchObject({ code: 'JWT_EXPIRED' });
    expect(await verifier.verify(token({ aud: 'tools', domain: 'x' }))).toMatchObject({ code: 'MCP_DOMAIN_MISMATCH' });
    expect(await verifier.verify(token({ domain: DOMAIN }))).toMatchObject({ code: 'JWT_AUDIENCE' });
    expect(server.requests[0]?.headers).toHaveProperty('user-agent', 'tests/1');
    clock.advance(1000);
    await verifier.refreshCache();
    expect(verifier.fetchCount).toBe(2);
    clock.advance(10_000);
    await verifier.verify(token(good));
    expect(verifier.fetchCount).toBe(3);
    // An option comes first, and an empty one is none.
    const given = new TokenVerifier({ clock, audience: 'mcp', expectedDomain: '' });
    expect(await given.verify(token({ domain: DOMAIN }))).toMatchObject({ isValid: true });
  });

  it('take the API root for the base URL as well', async () => {
    const { server, clock, token } = await faultyPlatform();
    const verifier = new TokenVerifier({ baseUrl: `${server.url}/api/v1/`, clock });
    expect(await verifier.verify(token())).toMatchObject({ isValid: true });
  });

  it.each<[string, TokenVerifierOptions]>([
    ['baseUrl', { baseUrl: 'lime.pics' }],
    ['baseUrl', { baseUrl: 'ftp://lime.pics' }],
    ['baseUrl', { baseUrl: 'https://lime.pics/elsewhere' }],
    ['baseUrl', { baseUrl: 'https://user:secret@lime.pics' }],
    ['baseUrl', { baseUrl: 'https://lime.pics/?x' }],
    ['audience', { audience: ' ' }],
    ['expectedDomain', { expectedDomain: 'https://tools.example.org' }],
    ['expectedDomain', { expectedDomain: 'tools.example.org:8443' }],
    ['expectedDomain', { expectedDomain: 'tools.example.org.' }],
    ['expectedDomain', { expectedDomain: '127.0.0.1' }],
    ['expectedDomain', { expectedDomain: '0x7f.1' }],
    ['expectedDomain', { expectedDomain: '[::1]' }],
    ['expectedDomain', { expectedDomain: 'localhost' }],
    ['expectedDomain', { expectedDomain: 'tools.internal' }],
    ['expectedDomain', { expectedDomain: 7 as never }],
    ['cacheTtlMs', { cacheTtlMs: -1 }],
    ['staleMs', { staleMs: Number.NaN }],
    ['minRefreshMs', { minRefreshMs: Number.POSITIVE_INFINITY }],
    ['leewaySeconds', { leewaySeconds: '120' as never }],
    ['timeoutMs', { timeoutMs: 0 }],
    ['maxRetries', { maxRetries: -1 }],
    ['userAgent', { userAgent: 'a\nb' }],
  ])('are refused with their name where they are wrong: %s, %o', (name, options) => {
    const construct = () => new TokenVerifier(options);
    expect(construct).toThrow(LimeInputError);
    expect(construct).toThrow(name);
    expect(construct).not.toThrow('secret');
  });

  it('are refused with the name of the variable where that is wrong', () => {
    vi.stubEnv('LIME_JWKS_CACHE_TTL_SECONDS', 'an hour');
    expect(() => new TokenVerifier()).toThrow('LIME_JWKS_CACHE_TTL_SECONDS');
    expect(new TokenVerifier({ cacheTtlMs: 1 }).fetchCount).toBe(0);
  });

  it('may pin a local name where that is allowed, or one of a wildcard DNS', async () => {
    const { token, verifier, server, clock } = await faultyPlatform(
      {},
      { expectedDomain: 'localhost', allowInsecureTargets: true },
    );
    expect(await verifier.verify(token({ domain: 'localhost' }))).toMatchObject({ isValid: true });
    const wildcard = new TokenVerifier({ baseUrl: server.url, clock, expectedDomain: '10-0-0-1.nip.io' });
    expect(await wildcard.verify(token({ domain: '10-0-0-1.nip.io' }))).toMatchObject({ isValid: true });
  });

  it('without a domain are warned of once, and with one are not', async () => {
    const { log } = await faultyPlatform();
    expect(log.warnings()).toEqual([expect.stringContaining('LIME_EXPECTED_DOMAIN')]);
    expect((await faultyPlatform({}, { expectedDomain: DOMAIN })).log.warnings()).toEqual([]);
  });

  it('keep a cache of no time from being one', async () => {
    const { verifier, token } = await faultyPlatform({}, { cacheTtlMs: 0 });
    for (let i = 0; i < 3; i++) expect(await verifier.verify(token())).toMatchObject({ isValid: true });
    expect(verifier.fetchCount).toBe(3);
  });
});

it('is at the front door, and shows nothing of itself', () => {
  expect(FrontDoor).toBe(TokenVerifier);
  const verifier = new TokenVerifier({ userAgent: 'hunter2' });
  expect(inspect(verifier, { depth: 9, showHidden: true }) + JSON.stringify(verifier)).not.toContain('hunter2');
});
