// The methods that are more than a request and its answer: what reaches the gateway, against the table of the contract, and a
// real call of each against the emulator.
import { describe, expect, it, onTestFinished } from 'vitest';
import { AxmeClient } from '../../src/axme/index.js';
import { startEmulator } from '../../src/emulator/node/index.js';
import { version } from '../../src/version.js';
import { json } from '../http/servers.js';
import { API_KEY, allMethods, type ContractMethod, otherMethods, requestMethods, scene } from './helpers.js';
import { collect, until } from './live/gateway.js';

const OWNER = 'agent://acme/ops/bob';
const METRICS = { intents_total: 2, intents_succeeded: 1, intents_failed: 1, avg_latency_ms: 20, cost_usd: 0.5 };
const TRACED = { traceId: 'trace-1' };
const LIVE = { ...TRACED, since: 3, waitSeconds: 7, timeoutMs: 60_000 };
const POLLING = { ...LIVE, pollIntervalMs: 0 };
const WINDOW = { since: '3', wait_seconds: '7' };

interface Call {
  /** Calls the method with every option that the contract has for it. */
  readonly call: (client: AxmeClient) => unknown;
  /** What its path has in braces. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The type of the one event of its stream, after which it ends. */
  readonly event?: string;
  /** The `result` of JSON-RPC. */
  readonly result?: object;
  /** Whether it takes a trace id. */
  readonly traced?: false;
}

const rpc = (method: string, params: object) => ({ jsonrpc: '2.0', id: expect.any(String), method, params });

const CALLS: Readonly<Record<string, Call>> = {
  observe: {
    call: (client) => collect(client.observe('a/b', POLLING)),
    params: { intent_id: 'a%2Fb' },
    query: WINDOW,
    event: 'intent.completed',
  },
  waitFor: {
    call: (client) => client.waitFor('a/b', POLLING),
    params: { intent_id: 'a%2Fb' },
    query: WINDOW,
    event: 'intent.completed',
  },
  listen: {
    call: (client) => collect(client.listen(OWNER, { ...LIVE, status: ['COMPLETED', 'FAILED'] }), 1),
    params: { address: 'acme/ops/bob' },
    query: { ...WINDOW, status: 'COMPLETED,FAILED' },
    event: 'intent.completed',
  },
  listenSession: {
    call: (client) => collect(client.listenSession('a/b', POLLING)),
    params: { session_id: 'a%2Fb' },
    query: WINDOW,
    event: 'session.completed',
  },
  mcpInitialize: {
    call: (client) => client.mcpInitialize(TRACED),
    body: rpc('initialize', { protocolVersion: '2024-11-05' }),
    result: { protocolVersion: '2024-11-05' },
  },
  mcpListTools: {
    call: (client) => client.mcpListTools(TRACED),
    body: rpc('tools/list', {}),
    result: { tools: [] },
  },
  mcpCallTool: {
    call: (client) =>
      client.mcpCallTool('axme.send', {
        ...TRACED,
        arguments: {},
        ownerAgent: OWNER,
        idempotencyKey: 'key-1',
        validateInputSchema: true,
        retryable: false,
      }),
    body: rpc('tools/call', {
      name: 'axme.send',
      arguments: { owner_agent: OWNER, idempotency_key: 'key-1' },
      owner_agent: OWNER,
    }),
    result: { tool: 'axme.send', status: 'sent' },
  },
  'mesh.heartbeat': {
    call: ({ mesh }) => mesh.heartbeat(METRICS, TRACED),
    body: { metrics: METRICS },
  },
  'mesh.startHeartbeat': {
    call: async ({ mesh }) => {
      mesh.reportMetric({ latencyMs: 20, costUsd: 0.5 });
      mesh.reportMetric({ success: false });
      mesh.startHeartbeat(1000, true);
    },
    body: { metrics: METRICS },
    traced: false,
  },
  'mesh.stopHeartbeat': { call: ({ mesh }) => mesh.stopHeartbeat() },
  'mesh.reportMetric': { call: ({ mesh }) => mesh.reportMetric({ success: false, latencyMs: 20, costUsd: 0.5 }) },
  'mesh.listAgents': {
    call: ({ mesh }) => mesh.listAgents({ ...TRACED, limit: 5, health: 'killed', window: 'week' }),
    query: { limit: '5', health: 'killed', window: 'week' },
  },
  'mesh.getAgent': {
    call: ({ mesh }) => mesh.getAgent('a/b', TRACED),
    params: { address_id: 'a%2Fb' },
  },
  'mesh.kill': {
    call: ({ mesh }) => mesh.kill('a/b', TRACED),
    params: { address_id: 'a%2Fb' },
  },
  'mesh.resume': {
    call: ({ mesh }) => mesh.resume('a/b', TRACED),
    params: { address_id: 'a%2Fb' },
  },
  'mesh.listEvents': {
    call: ({ mesh }) => mesh.listEvents({ ...TRACED, limit: 5, eventType: 'agent.killed' }),
    query: { limit: '5', event_type: 'agent.killed' },
  },
};

/** The names of a body as the contract writes them: `params.arguments.owner_agent`. */
function namesIn(body: unknown, prefix = ''): string[] {
  if (typeof body !== 'object' || body === null) return [];
  return Object.entries(body).flatMap(([name, value]) => [prefix + name, ...namesIn(value, `${prefix}${name}.`)]);
}

describe('the contract', () => {
  it('has 109 methods, and the client each of them', () => {
    expect(allMethods).toHaveLength(109);
    expect(requestMethods.length + otherMethods.length).toBe(109);
    expect(Object.keys(CALLS).sort()).toEqual(otherMethods.map(({ camel }) => camel).sort());
    const client = new AxmeClient({ apiKey: API_KEY });
    const missing = allMethods.filter(({ camel }) => {
      const [name, ofMesh] = camel.split('.') as [keyof AxmeClient, keyof AxmeClient['mesh'] | undefined];
      return typeof (ofMesh === undefined ? client[name] : client.mesh[ofMesh]) !== 'function';
    });
    expect(missing).toEqual([]);
  });

  it.each(otherMethods.map((method) => [method.camel, method] as const))('%s', async (camel, method) => {
    const { call, params = {}, query = {}, body, event, result, traced = true } = CALLS[camel]!;
    const { client, recorded } = await scene({}, (request, response) => {
      if (event === undefined) return json(200, { ok: true, result })(request, response);
      const data = JSON.stringify({ type: event, event_type: event, status: 'COMPLETED', intent_id: 'i', seq: 4 });
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`event: ${event}\ndata: ${data}\n\n`);
    });

    await call(client);

    if (method.verb === null) return expect(recorded).toEqual([]);
    await until(() => recorded.length > 0);
    client.mesh.stopHeartbeat();
    expect(recorded).toHaveLength(1);
    const { headers, ...sent } = recorded[0]!;
    const path = Object.entries(params).reduce((path, [name, value]) => path.replace(`{${name}}`, value), method.path);
    expect(sent).toEqual({ method: method.verb, path, query, body });
    expect(headers).toMatchObject({
      'x-api-key': API_KEY,
      'content-type': 'application/json',
      'x-axme-client': `countersign/${version}`,
      'x-trace-id': traced ? 'trace-1' : expect.any(String),
    });
    // What the table does not have is not sent, and what it has is.
    const bare = (names: readonly string[]) => names.map((name) => name.replace('?', '')).sort();
    expect(Object.keys(query).sort()).toEqual(bare(method.query));
    expect(namesIn(sent.body).sort()).toEqual(bare([...method.body_required, ...method.body_optional]));
  });

  it.each(['heartbeat', 'kill', 'resume'] as const)('mesh.%s takes an idempotency key', async (name) => {
    const { client, recorded } = await scene();
    const options = { idempotencyKey: 'key-1' };
    await (name === 'heartbeat' ? client.mesh.heartbeat(METRICS, options) : client.mesh[name]('addr_1', options));
    expect(recorded[0]!.headers['idempotency-key']).toBe('key-1');
  });
});

/** That an answer has what the contract says of it. */
function expectAnswer(method: ContractMethod, answer: unknown): void {
  for (const field of method.response) {
    if (field.endsWith('?')) continue;
    let values = [answer];
    for (const step of field.replace(/^result\./, '').split('.')) {
      const name = step.replace('[]', '');
      values = values.flatMap((value) => {
        expect(value, `${method.camel}: ${field}`).toHaveProperty([name]);
        return (value as Record<string, unknown>)[name];
      });
    }
    expect(values.length, `${method.camel}: ${field}`).toBeGreaterThan(0);
  }
}

it('all of them, against the emulator', async () => {
  const { emulator, axme, close } = await startEmulator();
  const { apiKey } = emulator.axme.addAgent({ address: OWNER });
  const client = new AxmeClient({ baseUrl: axme.baseUrl, apiKey });
  onTestFinished(async () => {
    await client.close();
    await close();
  });
  const { mesh } = client;
  const id = await client.sendIntent({ intent_type: 'orders.place.v1', to_agent: OWNER, payload: { order: 7 } });
  const { session_id } = await client.createSession({ type: 'chat' });

  const answers: Record<string, unknown> = { listen: (await collect(client.listen(OWNER), 1))[0] };
  await client.resolveIntent(id, { status: 'COMPLETED', result: {} });
  await client.postSessionMessage(session_id, 'user', 'hello');
  await client.completeSession(session_id);
  answers['observe'] = (await collect(client.observe(id))).at(-1);
  answers['waitFor'] = await client.waitFor(id);
  const feed = await collect(client.listenSession(session_id));
  answers['listenSession'] = feed.find(({ type }) => type === 'session.message');

  answers['mcpInitialize'] = await client.mcpInitialize();
  answers['mcpListTools'] = await client.mcpListTools();
  answers['mcpCallTool'] = await client.mcpCallTool('axme.check_nick', { arguments: { nick: 'bob' } });

  answers['mesh.heartbeat'] = await mesh.heartbeat({ intents_total: 1 });
  answers['mesh.reportMetric'] = mesh.reportMetric({ costUsd: 1 });
  const before = emulator.requests.length;
  answers['mesh.startHeartbeat'] = mesh.startHeartbeat();
  await until(() => emulator.requests.length > before);
  answers['mesh.stopHeartbeat'] = mesh.stopHeartbeat();
  const ours = async () => (await mesh.listAgents({ health: 'healthy' })).agents;
  await expect.poll(ours).toMatchObject([{ address: OWNER, intents_period: 2, cost_period: 1 }]);
  answers['mesh.listAgents'] = await mesh.listAgents();
  const addressId = (await ours())[0]!.address_id;
  answers['mesh.kill'] = await mesh.kill(addressId);
  answers['mesh.getAgent'] = await mesh.getAgent(addressId);
  answers['mesh.resume'] = await mesh.resume(addressId);
  answers['mesh.listEvents'] = await mesh.listEvents();

  expect(Object.keys(answers).sort()).toEqual(otherMethods.map(({ camel }) => camel).sort());
  for (const method of otherMethods) expectAnswer(method, answers[method.camel]);
});
