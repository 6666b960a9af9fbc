import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { EventClient } from './event-client.js';

let started: StartedEmulator;
beforeAll(async () => {
  started = await startEmulator();
});
afterAll(() => started.close());
afterEach(() => started.emulator.reset());

/** A login that was approved, as its site hears of it. */
async function login(apiBase = started.lime.apiBase, agentToken = started.lime.agentToken) {
  const { lime } = started.emulator;
  const site = await EventClient.open(apiBase, lime.siteToken);
  const { requestId } = lime.createLoginRequest();
  lime.approveLoginRequest(requestId, { agentToken });
  const [event] = await site.hears(1);
  await site.close();
  return { requestId, passport: String(event?.['agent_passport_jwt']) };
}

async function verified(passport: string) {
  const jwks = (await (await fetch(`${started.lime.apiBase}/core/.well-known/jwks.json`)).json()) as JSONWebKeySet;
  return jwtVerify(passport, createLocalJWKSet(jwks), { currentDate: new Date(started.emulator.clock.now()) });
}

describe('the passport of a login', () => {
  it('has every claim, is signed by RS256 and good by the JWKS', async () => {
    const { lime, clock } = started.emulator;
    const { requestId, passport } = await login();
    const { payload, protectedHeader } = await verified(passport);
    const [agent] = lime.listAgents();
    expect(protectedHeader).toEqual({ alg: 'RS256', kid: lime.keys.list()[0]?.kid });
    expect(payload).toEqual({
      sub: agent?.agentId,
      aud: 'lime-site-login',
      iss: started.lime.origin,
      iat: expect.any(Number),
      exp: (payload.iat ?? 0) + 60,
      request_id: requestId,
      user_id: agent?.ownerId,
      owner_id: agent?.ownerId,
      passport_version: '3',
    });
    expect(Math.abs((payload.iat ?? 0) - clock.now() / 1000)).toBeLessThan(10);
  });

  it('says what older platforms said of an agent that has it', async () => {
    const { token, agentId } = started.emulator.lime.addAgent({ ownerKycLevel: 0, agentReputation: 7 });
    const { passport } = await login(undefined, token);
    expect(decodeJwt(passport)).toMatchObject({
      sub: agentId,
      owner_kyc_level: 0,
      user_kyc_level: 0,
      agent_reputation: 7,
    });
  });

  it('names as issuer the origin as the site spells it', async () => {
    for (const host of ['localhost', '127.0.0.1', 'LOCALHOST']) {
      const { passport } = await login(started.lime.apiBase.replace('localhost', host));
      expect(decodeJwt(passport).iss).toBe(`http://${host.toLowerCase()}:${started.port}`);
    }
  });

  it('is as wrong as the settings want it', async () => {
    const { lime, clock } = started.emulator;
    lime.configure({
      passportLifetimeSeconds: 3600,
      tokenIssuer: 'https://evil.test',
      tokenClockOffsetMs: 86_400_000,
      passportEdits: { set: { '/aud': ['lime-site-login'], '/nbf': 1e12, '/agent_id': 'x' }, remove: ['/sub'] },
    });
    const claims = decodeJwt((await login()).passport);
    expect(claims).toMatchObject({ iss: 'https://evil.test', aud: ['lime-site-login'], nbf: 1e12, agent_id: 'x' });
    expect(claims.sub).toBeUndefined();
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(3600);
    expect(Math.abs((claims.iat ?? 0) - clock.now() / 1000 - 86_400)).toBeLessThan(10);
  });

  it('is signed by the key that signs now, published or not', async () => {
    const { keys } = started.emulator.lime;
    const first = await login();
    const { kid } = keys.rotate();
    const second = await login();
    expect(decodeProtectedHeader(second.passport).kid).toBe(kid);
    await Promise.all([first, second].map(({ passport }) => verified(passport)));
    keys.retire(kid);
    await expect(verified((await login()).passport)).rejects.toThrow();
  });
});
