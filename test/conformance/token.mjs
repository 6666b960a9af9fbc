// countersign/lime, the MCP server's side: access tokens, verified by keys from an emulator in another process.
import { LimeAgent, requireLimeToken, TokenVerifier } from 'countersign/lime';
import { equal, ok } from './expect.mjs';

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
  ok(refused.headers.get('www-authenticate')?.startsWith('Bearer'), 'the challenge');
  const passed = await ask({ authorization: `Bearer ${await tokenFor(context, HOST)}` });
  equal(passed.status, 200, 'with a token');
  equal((await passed.json()).env, 'env', 'what the runtime passes along');
}
