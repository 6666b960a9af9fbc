// A Worker with one client of each kind in its module, as applications have it: every request uses the same ones.
import { LimeAgent, LimeSite, TokenVerifier } from 'countersign/lime';

const HOST = 'tools.example.org';

const works = {
  issuesTokens: async ({ agent }) => (await agent.getMcpAccessToken(HOST)).accessToken !== '',
  callsTools: async ({ agent }, { mcpUrl }) => {
    const { content } = await agent.callTool(mcpUrl, 'echo', { text: 'shared' });
    return content[0].text === 'shared';
  },
  async verifiesPassports({ site }, { control }) {
    const { bindingId } = await site.createBindingRequest({ redirectUri: 'https://site.example/bound' });
    const completed = await fetch(`${control}/lime/bindings/${bindingId}/complete`, { method: 'POST' });
    const passport = await site.exchangeBindingCode((await completed.json()).data.bindingCode);
    return (await site.verifyBindingPassport(passport, { expectedBindingId: bindingId })).valid;
  },
  async verifiesTokens({ agent, verifier }) {
    const { accessToken } = await agent.getMcpAccessToken(HOST);
    return (await verifier.verify(accessToken)).isValid;
  },
};

/** Made by the first request, since the emulator's address comes with it. */
let clients;
/** Of the requests whose path is `watched`: how many are on their way, and how many at most were. */
let watched;
let inFlight = 0;
let most = 0;

async function counted(input, init) {
  const counts = new URL(input instanceof Request ? input.url : input).pathname === watched;
  if (counts) most = Math.max(most, ++inFlight);
  try {
    return await fetch(input, init);
  } finally {
    if (counts) inFlight--;
  }
}

function connect({ apiBase, origin, agentToken, siteToken }) {
  const shared = { fetch: counted };
  return {
    agent: new LimeAgent({ agentToken, baseUrl: apiBase, allowInsecureTargets: true, mcpFetch: counted, ...shared }),
    site: new LimeSite({ siteToken, baseUrl: apiBase, ...shared }),
    verifier: new TokenVerifier({ baseUrl: origin, expectedDomain: HOST, ...shared }),
  };
}

export default {
  async fetch(request) {
    const { lime, work, path } = await request.json();
    clients ??= connect(lime);
    if (watched !== path) [watched, inFlight, most] = [path, 0, 0];
    const done = await works[work](clients, lime);
    return Response.json({ done, most });
  },
};
