import { expect, it, vi } from 'vitest';
import { LimeInputError, verifyMcpAccessToken } from '../../../src/lime/index.js';
import { failure } from '../../http/clients.js';
import { ManualClock } from '../../http/manual-clock.js';
import { forge, newSigner } from '../../jwt/tokens.js';

const clock = new ManualClock();
const now = clock.now() / 1000;
const [signer, other] = [newSigner('k1'), newSigner('k2')];
const claims = {
  iss: 'https://lime.example',
  aud: 'mcp',
  sub: 'a',
  iat: now,
  exp: now + 300,
  domain: 'tools.example.org',
};
const options = { keys: { keys: [signer.jwk] }, issuer: 'https://lime.example', clock };

it('verifies with the keys that it is given, and asks nobody', async () => {
  const fetch = vi.spyOn(globalThis, 'fetch');
  expect(await verifyMcpAccessToken(forge(signer, claims), options)).toMatchObject({ isValid: true, agentId: 'a' });
  expect(await verifyMcpAccessToken(forge(other, claims), options)).toMatchObject({ code: 'JWT_KEY_UNKNOWN' });
  const forged = forge(other, claims, { kid: 'k1' });
  expect(await verifyMcpAccessToken(forged, options)).toMatchObject({ code: 'JWT_SIGNATURE' });
  expect(await verifyMcpAccessToken(undefined as never, options)).toMatchObject({ code: 'JWT_MALFORMED' });
  expect(fetch).not.toHaveBeenCalled();
  fetch.mockRestore();
});

it('takes each document of keys for itself', async () => {
  const token = forge(other, claims);
  expect(await verifyMcpAccessToken(token, options)).toMatchObject({ isValid: false });
  expect(await verifyMcpAccessToken(token, { ...options, keys: { keys: [other.jwk] } })).toMatchObject({
    isValid: true,
  });
  expect(await verifyMcpAccessToken(token, { ...options, keys: { keys: [{}] } })).toMatchObject({ isValid: false });
});

it.each([
  ['JWT_ISSUER', { issuer: 'https://other.example' }],
  ['JWT_AUDIENCE', { audience: 'x' }],
  ['MCP_DOMAIN_MISMATCH', { expectedDomain: 'other.example.org' }],
])('follows its options: %s', async (code, more) => {
  expect(await verifyMcpAccessToken(forge(signer, claims), { ...options, ...more })).toMatchObject({ code });
});

it('needs an exp, and gives it a leeway of 120 s unless told otherwise', async () => {
  const verify = (exp: number | undefined, more = {}) =>
    verifyMcpAccessToken(forge(signer, { ...claims, exp }), { ...options, ...more });
  expect(await verify(undefined)).toMatchObject({ code: 'JWT_CLAIM' });
  expect(await verify(now - 119)).toMatchObject({ isValid: true });
  expect(await verify(now - 120)).toMatchObject({ code: 'JWT_EXPIRED' });
  expect(await verify(now, { leewaySeconds: 0 })).toMatchObject({ code: 'JWT_EXPIRED' });
});

it.each([
  ['keys', { keys: undefined }],
  ['keys', { keys: { keys: {} } }],
  ['issuer', { issuer: '' }],
  ['issuer', { issuer: undefined }],
  ['audience', { audience: '' }],
  ['leewaySeconds', { leewaySeconds: Number.NaN }],
  ['expectedDomain', { expectedDomain: 'https://tools.example.org' }],
])('refuses a wrong %s by its name', async (name, more) => {
  const error = await failure(verifyMcpAccessToken(forge(signer, claims), { ...options, ...more } as typeof options));
  expect(error).toBeInstanceOf(LimeInputError);
  expect((error as Error).message).toContain(name);
});
