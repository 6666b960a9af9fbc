// countersign/lime, the MCP server's side: access tokens, verified by keys from an emulator in another process.
import { LimeAgent, LimeError, requireLimeToken, TokenVerifier } from 'countersign/lime';
import { equal, ok, rejection } from './expect.mjs';

const HOST = 'tools.example.org';

async function tokenFor({ emulator }, target) {
  const agent = new LimeAgent({ agentToken: emulator.lime.agentToken, baseUrl: emulator.lime.apiBase });
  try {
    return (await agent.getMcpAccessToken(target)).accessToken;
  } finally {
    await agent.close();
  }
}

function verifierOf({ emulator }) {
  return new TokenVerifier({ baseUrl: emulator.lime.origin, expectedDomain: HOST });
}

export async function verifiesTokensOfLime(context) {
  const verifier = verifierOf(context);
  const good = await verifier.verify(await tokenFor(context, HOST));
  ok(good.isValid && good.agentId !== '' && good.domain === HOST, `the token is good: ${good.error}`);
  equal((await verifier.verify(await tokenFor(context, 'other.example.org'))).code, 'MCP_DOMAIN_MISMATCH', 'the code');
  equal(verifier.fetchCount, 1, 'fetches of the keys');
}

export async function fetchesKeysAheadAndOnce(context) {
  const verifier = verifierOf(context);
  equal(verifier.fetchCount, 0, 'fetches before anybody asks');
  equal(await verifier.warmup(), true, 'warmup');
  const tokens = await Promise.all([tokenFor(context, HOST), tokenFor(context, HOST)]);
  for (const { isValid, error } of await Promise.all(tokens.map((token) => verifier.verify(token)))) {
    ok(isValid, `a token is good: ${error}`);
  }
  equal(await verifier.warmup({ raiseOnFailure: true }), true, 'warmup again, with young keys');
  equal(verifier.fetchCount, 1, 'fetches of the keys');
  verifier.invalidateCache();
  await verifier.refreshCache();
  equal(verifier.fetchCount, 2, 'fetches after invalidateCache');
}

export async function saysWhyTheKeysCannotBeHad(context) {
  const verifier = new TokenVerifier({
    baseUrl: context.emulator.lime.origin,
    expectedDomain: HOST,
    maxRetries: 0,
    fetch: async () => new Response('<html>', { status: 502 }),
  });
  equal(await verifier.warmup(), false, 'warmup');
  const error = await rejection(verifier.warmup({ raiseOnFailure: true }), 'warmup that raises');
  ok(error instanceof LimeError && error.code === 'JWT_KEYS_UNAVAILABLE', String(error));
  const doubt = await verifier.verify(await tokenFor(context, HOST));
  equal(doubt.code, 'JWT_KEYS_UNAVAILABLE', 'the code');
  ok(doubt.retryable, 'it may be good');
  equal(verifier.fetchCount, 0, 'fetches that succeeded');
}

export async function refusesTokensByTheirFault(context) {
  const verifier = verifierOf(context);
  const token = await tokenFor(context, HOST);
  const [header, payload, signature] = token.split('.');
  const other = payload.slice(0, 20) + (payload[20] === 'A' ? 'B' : 'A') + payload.slice(21);
  const unsigned = btoa('{"alg":"none"}').replace(/=+$/, '');
  const cases = {
    JWT_MALFORMED: 'no token',
    JWT_ALGORITHM: `${unsigned}.${payload}.`,
    JWT_SIGNATURE: `${header}.${other}.${signature}`,
    JWT_TOO_LARGE: 'x'.repeat(10_000),
  };
  for (const [code, forged] of Object.entries(cases)) {
    const refused = await verifier.verify(forged);
    equal(refused.code, code, 'the code');
    ok(!refused.isValid && !refused.retryable && refused.claims === undefined, `${code} is final`);
    ok(!JSON.stringify(refused).includes(signature), `${code} tells nothing of the token`);
  }
  const elsewhere = new TokenVerifier({
    baseUrl: context.emulator.lime.origin,
    audience: 'other',
    expectedDomain: HOST,
  });
  equal((await elsewhere.verify(token)).code, 'JWT_AUDIENCE', 'for another audience');
}

export async function refusesWhatIsNoToken(context) {
  const verifier = verifierOf(context);
  const [header, payload] = (await tokenFor(context, HOST)).split('.');
  for (const token of ['', 'x', 'a.b.c', `${header}.${payload}.`, undefined]) {
    const { isValid, error } = await verifier.verify(token);
    ok(!isValid && error !== '', `${token} is refused`);
  }
}

export async function guardsAHandler(context) {
  const handle = requireLimeToken(verifierOf(context), (_request, { agentId }, env) => Response.json({ agentId, env }));
  const ask = (headers) => handle(new Request(`https://${HOST}/`, { headers }), 'env');
  const refused = await ask({});
  equal(refused.status, 401, 'without a token');
  equal(refused.headers.get('www-authenticate'), 'Bearer realm="lime"', 'the challenge without a token');
  const forged = await ask({ authorization: 'Bearer a.b.c' });
  equal(forged.status, 401, 'with a forged token');
  ok(
    forged.headers.get('www-authenticate')?.startsWith('Bearer error="invalid_token"'),
    'the challenge for a forged one',
  );
  const passed = await ask({ authorization: `Bearer ${await tokenFor(context, HOST)}` });
  equal(passed.status, 200, 'with a token');
  equal((await passed.json()).env, 'env', 'what the runtime passes along');
}
