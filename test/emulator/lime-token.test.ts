import { createRemoteJWKSet, decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { answerOf, expectRefusal } from './helpers.js';

let started: StartedEmulator;
beforeAll(async () => {
  started = await startEmulator();
});
afterAll(() => started.close());
afterEach(() => started.emulator.reset());

function ask(body?: string, headers: Record<string, string> = { 'X-Agent-Token': started.lime.agentToken }) {
  const init = { method: 'POST', headers, ...(body === undefined ? {} : { body }) };
  return fetch(`${started.lime.apiBase}/modules/oauth/token`, init);
}

const domain = (host: unknown) => JSON.stringify({ domain: host });

/** The claims of a token, checked with jose against the keys that are served. */
async function claimsOf(answer: Promise<Response>): Promise<JWTPayload> {
  const { access_token } = (await (await answer).json()) as { access_token: string };
  const keys = createRemoteJWKSet(new URL(`${started.lime.apiBase}/core/.well-known/jwks.json`));
  const options = { algorithms: ['RS256'], audience: 'mcp', currentDate: new Date(started.emulator.clock.now()) };
  return (await jwtVerify(access_token, keys, options)).payload;
}

async function expectInvalid(answer: Promise<Response>) {
  expect(await answerOf(answer)).toEqual({
    status: 400,
    body: { error: 'invalid_request', error_description: expect.stringMatching(/./) },
  });
}

describe('a token', () => {
  it('comes in exactly three keys and is not to be stored', async () => {
    const answer = await ask(domain('tools.example.org'));
    expect([answer.status, answer.headers.get('Cache-Control')]).toEqual([200, 'no-store']);
    expect(await answer.json()).toEqual({
      access_token: expect.stringMatching(/^[^.]+\.[^.]+\.[^.]+$/),
      token_type: 'Bearer',
      expires_in: 300,
    });
  });

  it('has the claims of the contract, and the domain if one was given', async () => {
    const agentId = started.emulator.lime.listAgents()[0]?.agentId;
    const now = Math.floor(started.emulator.clock.now() / 1000);
    const claims = await claimsOf(ask(domain('tools.example.org')));
    expect(claims).toEqual({
      sub: agentId,
      iss: started.lime.origin,
      aud: 'mcp',
      iat: expect.any(Number),
      exp: (claims.iat ?? 0) + 300,
      jti: expect.any(String),
      domain: 'tools.example.org',
    });
    expect(Math.abs((claims.iat ?? 0) - now)).toBeLessThan(5);
    const other = await claimsOf(ask());
    expect(Object.keys(other).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'sub']);
    expect(other.jti).not.toBe(claims.jti);
  });

  it('is signed with RS256 by a key of 2048 bits that its header names', async () => {
    const { access_token } = (await (await ask()).json()) as { access_token: string };
    const [key] = started.emulator.lime.keys.list();
    expect(decodeProtectedHeader(access_token)).toEqual({ alg: 'RS256', kid: key?.kid });
    expect(access_token.split('.')[2]).toHaveLength(Math.ceil((256 * 4) / 3));
  });

  it('lives, and is dated, as the settings say', async () => {
    const { lime, clock } = started.emulator;
    lime.configure({ tokenLifetimeSeconds: 7, tokenClockOffsetMs: -3_600_000, tokenIssuer: 'https://foreign.test' });
    const { access_token, expires_in } = (await (await ask()).json()) as { access_token: string; expires_in: number };
    expect(expires_in).toBe(7);
    const claims = JSON.parse(atob((access_token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/')));
    expect(claims).toMatchObject({ iss: 'https://foreign.test', exp: claims.iat + 7 });
    expect(Math.abs(claims.iat - (clock.now() / 1000 - 3600))).toBeLessThan(5);
  });

  it('is from the origin that the client used', async () => {
    const apiBase = started.lime.apiBase.replace('localhost', '127.0.0.1');
    const answer = fetch(`${apiBase}/modules/oauth/token`, {
      method: 'POST',
      headers: { 'X-Agent-Token': started.lime.agentToken },
    });
    expect((await claimsOf(answer)).iss).toBe(started.lime.origin.replace('localhost', '127.0.0.1'));
  });
});

describe('the request', () => {
  it('may have either form, unless told otherwise', async () => {
    const { lime } = started.emulator;
    lime.acceptedTokenRequests = 'domain';
    expect((await ask(domain('a.test'))).status).toBe(200);
    await expectInvalid(ask());
    lime.acceptedTokenRequests = 'empty';
    expect((await ask()).status).toBe(200);
    expect((await ask('')).status).toBe(200);
    await expectInvalid(ask(domain('a.test')));
  });

  it('names a host, canonically, and nothing else', async () => {
    const good = ['a', 'localhost', 'mcp.lime.test', 'xn--mnchen-3ya.de', '1.a', `${'a'.repeat(63)}.b`, 'a-b.c'];
    for (const host of good) expect([host, (await ask(domain(host))).status]).toEqual([host, 200]);
    const bad = [
      '',
      ' a.test',
      'A.test',
      'a.test:443',
      'https://a.test',
      'a.test/',
      'u@a.test',
      'a.test.',
      '.a.test',
      'a..test',
      'a_b.test',
      '-a.test',
      'a-.test',
      'münchen.de',
      `${'a'.repeat(64)}.b`,
      `${'a.'.repeat(126)}ab`,
      '127.0.0.1',
      '127.1',
      '0x7f000001',
      '2130706433',
      '[::1]',
      '::1',
      'a.test\n',
      7,
      null,
      ['a.test'],
    ];
    for (const host of bad) await expectInvalid(ask(domain(host)));
    for (const body of ['{}', '[]', '"a.test"', 'null', '{"domain":"a.test","x":1}', '{', 'domain=a.test']) {
      await expectInvalid(ask(body));
    }
  });

  it('may not name a reserved host if the platform is strict', async () => {
    started.emulator.lime.strictDomains = true;
    for (const host of ['localhost', 'metadata', 'kubernetes.default.svc', 'metadata.google.internal']) {
      await expectInvalid(ask(domain(host)));
    }
    for (const suffix of ['localhost', 'local', 'internal', 'intranet', 'corp', 'home', 'lan']) {
      await expectInvalid(ask(domain(`a.${suffix}`)));
    }
    for (const host of ['local', 'a.test', 'nip.io', 'a.locality']) expect((await ask(domain(host))).status).toBe(200);
  });
});

describe('a refusal', () => {
  it('is invalid_client without a good agent token, or with a Bearer token', async () => {
    const headers: Record<string, string>[] = [
      {},
      { 'X-Agent-Token': 'at_unknown' },
      { 'X-Site-Token': started.lime.siteToken },
      { 'X-Agent-Token': started.lime.agentToken, Authorization: 'Bearer a.b.c' },
    ];
    for (const each of headers) {
      expect(await answerOf(ask(undefined, each))).toEqual({ status: 401, body: { error: 'invalid_client' } });
    }
  });

  it('is an envelope for an agent that is inactive or suspended', async () => {
    const { token: inactive } = started.emulator.lime.addAgent({ active: false });
    const { token: suspended } = started.emulator.lime.addAgent({ userSuspended: true });
    await expectRefusal(ask(undefined, { 'X-Agent-Token': inactive }), 403, 'AGENT_INACTIVE');
    await expectRefusal(ask(undefined, { 'X-Agent-Token': suspended }), 403, 'AGENT_USER_SUSPENDED');
  });

  it('says in one form or the other that the capability is missing', async () => {
    const headers = { 'X-Agent-Token': started.lime.agentTokenWithoutMcp };
    await expectRefusal(ask(domain('a.test'), headers), 403, 'OAUTH_CAPABILITY_DENIED');
    started.emulator.lime.capabilityDenial = 'rfc';
    expect(await answerOf(ask(domain('a.test'), headers))).toEqual({
      status: 403,
      body: { error: 'access_denied', error_description: expect.stringMatching(/./) },
    });
  });

  it('is an envelope for another method or a flood', async () => {
    await expectRefusal(fetch(`${started.lime.apiBase}/modules/oauth/token`), 405, 'METHOD_NOT_ALLOWED');
    await expectRefusal(ask('"'.repeat(300_000)), 413, 'PAYLOAD_TOO_LARGE');
  });
});
