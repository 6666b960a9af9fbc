// AgentOtpClient and AxmeClient: what they prove themselves with can be read nowhere, neither in them nor in their errors.
import { AgentOtpClient } from 'countersign/agent-otp';
import { AxmeClient } from 'countersign/axme';
import { isCountersignError } from 'countersign/errors';
import { control } from './emulator.mjs';
import { equal, keepsSecret, ok, rejection, showsNot } from './expect.mjs';

const OTP_KEY = 'ak_live_nobody-may-read-this-key';
const OWNER_TOKEN = 'uk_nobody-may-read-this-token';
const AXME_KEY = 'axme_sa_nobody_may_read_this_key';
const ACTOR_TOKEN = 'ey.nobody-may-read.this-actor-token';
const SECRETS = [OTP_KEY, OWNER_TOKEN, AXME_KEY, ACTOR_TOKEN];

/** A client of each with these secrets. */
function clientsOf({ emulator }, options = {}) {
  const { agentOtp, axme } = emulator;
  const shared = { retries: 0, maxRetries: 0, ...options };
  const otp = { apiKey: OTP_KEY, ownerToken: OWNER_TOKEN, baseUrl: agentOtp.baseUrl, WebSocket: false };
  return [
    new AgentOtpClient({ ...otp, ...shared }),
    new AxmeClient({ apiKey: AXME_KEY, actorToken: ACTOR_TOKEN, baseUrl: axme.baseUrl, ...shared }),
  ];
}

/** The errors of calls of both, some of an agent and some of an owner. */
async function errorsOf([otp, axme]) {
  const intent = { intent_type: 'orders.place.v1', to_agent: 'agent://a/b/c', payload: {} };
  const calls = {
    'a request for a permission': () => otp.requestPermission({ action: 'x' }),
    'a question': () => otp.getPermission('x'),
    'a wait': () => otp.waitForDecision('x', { timeoutMs: 300 }),
    'the list of agents': () => otp.listAgents(),
    'a creation': () => axme.createIntent(intent),
    'a list': () => axme.listInbox(),
    'what observes': () => axme.observe('x', { timeoutMs: 300 }).next(),
    'a tool': () => axme.mcpCallTool('axme.send', { arguments: {} }),
    'a beat': () => axme.mesh.heartbeat(),
  };
  const errors = Object.entries(calls).map(async ([what, call]) => [what, await rejection(call(), what)]);
  return Promise.all(errors);
}

async function keepsThem(clients) {
  for (const [what, error] of await errorsOf(clients)) {
    ok(isCountersignError(error), `${what}: ${error}`);
    keepsSecret(error, SECRETS, what);
    showsNot(error, SECRETS, what);
  }
  for (const client of clients) {
    showsNot(client, SECRETS, 'a client');
    await client.close();
  }
}

export async function clientsShowNoKey(context) {
  const [otp, axme] = clientsOf(context);
  for (const shown of [otp, axme, axme.mesh, axme.observe('x')]) showsNot(shown, SECRETS, 'a client');
  await Promise.all([otp.close(), axme.close()]);
}

export async function refusalsShowNoKey(context) {
  await keepsThem(clientsOf(context));
}

export async function answersThatQuoteAKeyAreCleaned(context) {
  const echo = async (_, { headers }) => {
    const said = JSON.stringify(Object.fromEntries(new Headers(headers)));
    const error = { code: 'BAD_KEY', message: said, details: { said } };
    return Response.json({ error, detail: said, message: said }, { status: 400 });
  };
  await keepsThem(clientsOf(context, { fetch: echo }));
}

export async function lostConnectionsShowNoKey(context) {
  for (const path of ['/agent-otp/*', '/axme/*']) await control(context, 'POST', '/faults', { path, lose: 'before' });
  try {
    await keepsThem(clientsOf(context));
  } finally {
    await control(context, 'DELETE', '/faults');
  }
}

export async function permissionsShowNoToken(context) {
  const { apiKey } = await control(context, 'POST', '/agent-otp/agents', {});
  const client = new AgentOtpClient({ apiKey, baseUrl: context.emulator.agentOtp.baseUrl });
  try {
    const { id } = await client.requestPermission({ action: 'file.delete' });
    await control(context, 'POST', `/agent-otp/permissions/${encodeURIComponent(id)}/approve`, {});
    const permission = await client.waitForDecision(id, { timeoutMs: 20_000 });
    const { token } = permission;
    ok(token.length > 8, 'it has a token');
    ok(!JSON.stringify({ permission, copy: { ...permission } }).includes(token), 'neither JSON nor a copy shows it');
    keepsSecret(await rejection(client.useToken('other', token), 'the token of another'), [token, apiKey], 'a refusal');
    equal((await client.useToken(id, token)).success, true, 'it is good');
  } finally {
    await client.close();
  }
}
