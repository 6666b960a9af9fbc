import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EmulatorNotFoundError } from '../../src/emulator/index.js';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { answerOf, expectRefusal } from './helpers.js';
import { mcpToken } from './mcp-client.js';

let started: StartedEmulator;
beforeAll(async () => {
  started = await startEmulator();
});
afterAll(() => started.close());
afterEach(() => started.emulator.reset());

const JWKS = '/core/.well-known/jwks.json';
const METADATA = '/modules/oauth/.well-known/oauth-authorization-server';

async function jwks(): Promise<JSONWebKeySet> {
  return (await fetch(started.lime.apiBase + JWKS)).json() as Promise<JSONWebKeySet>;
}

async function isGood(token: string): Promise<boolean> {
  return jwtVerify(token, createLocalJWKSet(await jwks())).then(
    () => true,
    () => false,
  );
}

describe('what verifiers find', () => {
  it('is the metadata, bare and enveloped, on the origin that they used', async () => {
    for (const origin of [started.lime.origin, started.lime.origin.replace('localhost', '127.0.0.1')]) {
      const document = {
        issuer: origin,
        token_endpoint: `${origin}/api/v1/modules/oauth/token`,
        jwks_uri: `${origin}/api/v1${JWKS}`,
        grant_types_supported: ['client_credentials'],
      };
      expect(await answerOf(fetch(`${origin}/api/v1${METADATA}`))).toEqual({
        status: 200,
        body: { ...document, ok: true, data: document },
      });
    }
  });

  it('is the key, bare and enveloped, and no private part of it', async () => {
    const [key] = started.emulator.lime.keys.list();
    const jwk = { kty: 'RSA', use: 'sig', alg: 'RS256', kid: key?.kid, n: expect.any(String), e: 'AQAB' };
    const body = await jwks();
    expect(body).toEqual({ keys: [jwk], ok: true, data: { keys: [jwk] } });
    expect(body.keys[0]?.n).toHaveLength(Math.ceil((256 * 4) / 3));
  });

  it('is not for Bearer tokens', async () => {
    for (const path of [JWKS, METADATA]) {
      const headers = { Authorization: 'Bearer a.b.c' };
      await expectRefusal(fetch(started.lime.apiBase + path, { headers }), 401, 'INVALID_AGENT_TOKEN');
    }
  });
});

describe('keys', () => {
  it('rotate: new tokens have the new key, old ones stay good until theirs is retired', async () => {
    const { keys } = started.emulator.lime;
    const first = keys.list()[0]?.kid ?? '';
    const old = await mcpToken(started.lime);
    const second = keys.rotate();
    expect(second).toEqual({ kid: expect.any(String), current: true, published: true });
    const fresh = await mcpToken(started.lime);
    expect([old, fresh].map((token) => decodeProtectedHeader(token).kid)).toEqual([first, second.kid]);
    expect((await jwks()).keys.map(({ kid }) => kid)).toEqual([first, second.kid]);
    expect(await Promise.all([old, fresh].map(isGood))).toEqual([true, true]);
    expect(keys.retire(first)).toEqual({ kid: first, current: false, published: false });
    expect(await Promise.all([old, fresh].map(isGood))).toEqual([false, true]);
  });

  it('are added before they sign, and sign though they are retired', async () => {
    const { keys } = started.emulator.lime;
    const added = keys.add();
    expect(added.current).toBe(false);
    const before = await mcpToken(started.lime);
    expect(decodeProtectedHeader(before).kid).not.toBe(added.kid);
    expect((await jwks()).keys).toHaveLength(2);
    expect(keys.use(added.kid).current).toBe(true);
    const after = await mcpToken(started.lime);
    expect(decodeProtectedHeader(after).kid).toBe(added.kid);
    keys.retire(added.kid);
    expect(await isGood(await mcpToken(started.lime))).toBe(false);
    expect(() => keys.use('unknown')).toThrow(EmulatorNotFoundError);
  });

  it('sign whatever they are told', async () => {
    const { keys } = started.emulator.lime;
    const [first] = keys.list();
    keys.rotate();
    const token = await keys.sign({ anything: [1] }, { kid: first?.kid, header: { typ: 'JWT' } });
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'RS256', kid: first?.kid, typ: 'JWT' });
    const { payload } = await jwtVerify(token, createLocalJWKSet(await jwks()));
    expect(payload).toEqual({ anything: [1] });
  });

  it('are kept within bounds, the one that signs always', () => {
    const { keys } = started.emulator.lime;
    const first = keys.list()[0]?.kid;
    for (let i = 0; i < 150; i++) keys.add();
    expect(keys.list()).toHaveLength(101);
    expect(keys.list()[0]).toEqual({ kid: first, current: true, published: true });
  });

  it('come back to the first with a reset', async () => {
    const { emulator, lime } = started;
    const before = await jwks();
    emulator.lime.keys.rotate();
    emulator.reset();
    expect(await jwks()).toEqual(before);
    expect(await isGood(await mcpToken(lime))).toBe(true);
  });

  it('are hooked over HTTP too', async () => {
    const call = async (method: string, path: string, body?: unknown) => {
      const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
      const answer = await answerOf(fetch(`${started.url}/__emulator/lime/keys${path}`, init));
      return { status: answer.status, data: (answer.body as { data: never }).data };
    };
    const { data: rotated } = await call('POST', '/rotate');
    expect(rotated).toMatchObject({ current: true, published: true });
    const { status, data: added } = await call('POST', '');
    expect(status).toBe(201);
    const { kid } = added as { kid: string };
    expect((await call('POST', `/${kid}/use`)).data).toEqual({ kid, current: true, published: true });
    expect((await call('POST', `/${kid}/retire`)).data).toEqual({ kid, current: true, published: false });
    expect((await call('GET', '')).data).toMatchObject({ keys: [{ current: false }, { current: false }, { kid }] });
    const { data } = await call('POST', '/sign', { claims: { sub: 'x' } });
    expect(decodeProtectedHeader((data as { token: string }).token).kid).toBe(kid);
  });
});
