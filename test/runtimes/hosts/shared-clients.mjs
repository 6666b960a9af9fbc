// A Worker with one client of each kind in its module, as applications have it: every request uses the same ones.
import { AgentOtpClient } from 'countersign/agent-otp';
import { AxmeClient } from 'countersign/axme';
import { LimeAgent, LimeSite, TokenVerifier } from 'countersign/lime';

const HOST = 'tools.example.org';

const works = {
  issuesTokens: async ({ agent }) => (await agent.getMcpAccessToken(HOST)).accessToken !== '',
  callsTools: async ({ agent }, { lime }) => {
    const { content } = await agent.callTool(lime.mcpUrl, 'echo', { text: 'shared' });
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
  waitsForPermissionsBySocket: ({ agentOtp }, emulator) => waitForPermission(agentOtp, emulator),
  waitsForPermissionsByPolling: ({ pollingAgentOtp }, emulator) => waitForPermission(pollingAgentOtp, emulator),
  async observesIntents({ axme }, emulator) {
    const id = await newIntent(axme, emulator);
    let last;
    for await (const event of axme.observe(id, { timeoutMs: WAIT_MS })) {
      if (event.seq === 2) await resolveSoon(id, emulator);
      last = event;
    }
    return last.status === 'COMPLETED';
  },
  async waitsForIntents({ axme }, emulator) {
    const id = await newIntent(axme, emulator);
    const [{ status }] = await Promise.all([axme.waitFor(id, { timeoutMs: WAIT_MS }), resolveSoon(id, emulator)]);
    return status === 'COMPLETED';
  },
};

/** Long enough for the other request to begin to wait as well. */
const SOON_MS = 1000;
const WAIT_MS = 15_000;

async function waitForPermission(client, { control }) {
  const { id } = await client.requestPermission({ action: 'file.delete' });
  const approve = async () => {
    await soon();
    await fetch(`${control}/agent-otp/permissions/${id}/approve`, { method: 'POST' });
  };
  const [{ token }] = await Promise.all([client.waitForDecision(id, { timeoutMs: WAIT_MS }), approve()]);
  return (await client.useToken(id, token)).success;
}

function newIntent(axme, { axme: { agentAddress } }) {
  return axme.sendIntent({ intent_type: 'orders.place.v1', to_agent: agentAddress, payload: {} });
}

async function resolveSoon(id, { control }) {
  await soon();
  await fetch(`${control}/axme/intents/${id}/resolve`, { method: 'POST' });
}

function soon() {
  return new Promise((resolve) => setTimeout(resolve, SOON_MS));
}

/** Made by the first request, since the emulator's address comes with it. */
let clients;
/** Of the requests that the work at hand is `watched` for: how many are on their way, and how many at most were. */
let watched;
let inFlight = 0;
let most = 0;

async function counted(input, init) {
  const counts = isWatched(new URL(input instanceof Request ? input.url : input).pathname);
  if (counts) most = Math.max(most, ++inFlight);
  try {
    return await fetch(input, init);
  } finally {
    if (counts) inFlight--;
  }
}

function isWatched(path) {
  const parts = watched.path.split('*').map((part) => part.replace(/[.]/g, '\\.'));
  return new RegExp(`^${parts.join('.*')}$`).test(path);
}

function connect({ lime: { apiBase, origin, agentToken, siteToken }, agentOtp, axme }) {
  const shared = { fetch: counted };
  const otp = { apiKey: agentOtp.apiKey, baseUrl: agentOtp.baseUrl, ...shared };
  return {
    agent: new LimeAgent({ agentToken, baseUrl: apiBase, allowInsecureTargets: true, mcpFetch: counted, ...shared }),
    site: new LimeSite({ siteToken, baseUrl: apiBase, ...shared }),
    verifier: new TokenVerifier({ baseUrl: origin, expectedDomain: HOST, ...shared }),
    agentOtp: new AgentOtpClient(otp),
    pollingAgentOtp: new AgentOtpClient({ ...otp, WebSocket: false }),
    axme: new AxmeClient({ apiKey: axme.apiKey, baseUrl: axme.baseUrl, ...shared }),
  };
}

export default {
  async fetch(request) {
    const { work, path, ...emulator } = await request.json();
    clients ??= connect(emulator);
    if (watched?.work !== work) [watched, inFlight, most] = [{ work, path }, 0, 0];
    const done = await works[work](clients, emulator);
    return Response.json({ done, most });
  },
};
