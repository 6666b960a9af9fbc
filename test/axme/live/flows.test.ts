// The flows of AXME contract §10.4 that live: our client against our emulator, which do not know each other.
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  AxmeAuthError,
  AxmeClient,
  type AxmeClientConfig,
  AxmeConflictError,
  AxmeInputError,
  AxmeNotFoundError,
  AxmeServerError,
  AxmeTimeoutError,
  AxmeValidationError,
} from '../../../src/axme/index.js';
import type { AxmeOptions } from '../../../src/emulator/axme/settings.js';
import { startEmulator } from '../../../src/emulator/node/index.js';
import { failure } from '../../http/clients.js';
import { collect, seqs, until } from './gateway.js';

const CLERK = 'agent://acme/shop/clerk';
const ORDER = { intent_type: 'orders.place.v1', to_agent: CLERK, payload: { order: 7 } };

/** A served emulator and a client of its gateway, each with its own clock. */
async function scene(axme: AxmeOptions = {}, config: AxmeClientConfig = {}) {
  const started = await startEmulator({ axme });
  onTestFinished(() => started.close());
  const { emulator } = started;
  const clientOf = (config: AxmeClientConfig) => {
    const client = new AxmeClient({ apiKey: started.axme.apiKey, baseUrl: started.axme.baseUrl, ...config });
    onTestFinished(() => client.close());
    return client;
  };
  /** An intent to the clerk, and its id. */
  const create = async (more: object = {}) => (await client.createIntent({ ...ORDER, ...more })).intent_id;
  const client = clientOf(config);
  return {
    emulator,
    client,
    clientOf,
    create,
    streaming: (count: number) => until(() => emulator.axme.openStreams === count),
  };
}

const types = (events: readonly { readonly event_type: string }[]) => events.map(({ event_type }) => event_type);

it('1: one creates and observes, the other resolves', async () => {
  const { client, create, streaming } = await scene();
  const id = await create();
  const observing = collect(client.observe(id));
  const waiting = client.waitFor(id, { timeoutMs: 10_000 });
  await streaming(2);
  await client.resolveIntent(id, { status: 'COMPLETED', result: { yes: 1 } });
  const events = await observing;
  expect(types(events)).toEqual(['intent.created', 'intent.submitted', 'intent.completed']);
  expect(await waiting).toMatchObject({ status: 'COMPLETED', details: { result: { yes: 1 } } });
  await streaming(0);
});

it('2: one listens, the other sends; nothing old comes again', async () => {
  const { client, create, streaming, emulator } = await scene();
  const listening = collect(client.listen(CLERK), 1);
  await streaming(1);
  const id = await create();
  const [delivery] = await listening;
  expect(delivery).toMatchObject({ intent_id: id, seq: 1, event_type: 'intent.submitted' });
  await streaming(0);
  const restarted = client.listen(CLERK, { since: 1, waitSeconds: 1 })[Symbol.asyncIterator]();
  const next = restarted.next();
  await streaming(1);
  emulator.clock.advance(1000);
  const second = await create();
  expect((await next).value).toMatchObject({ intent_id: second, seq: 2 });
  await client.resolveIntent(id, { status: 'COMPLETED', result: {} });
  await restarted.return?.();
  // The first is finished, so that whoever begins anew gets the second alone.
  expect(await collect(client.listen(CLERK, { dropFinished: true }), 1)).toMatchObject([{ intent_id: second }]);
});

it('3: the end is delivered to reply_to', async () => {
  const { client, create } = await scene();
  const reply_to = 'agent://acme/shop/boss';
  const id = await create({ reply_to });
  const { completion_delivery } = await client.resolveIntent(id, { status: 'COMPLETED', result: { yes: 1 } });
  expect(completion_delivery).toMatchObject({ delivered: true, reply_to, thread_id: id });
  const { threads } = await client.listInbox({ ownerAgent: reply_to });
  expect(threads).toMatchObject([{ thread_id: id, intent_id: id, status: 'done', owner_agent: reply_to }]);
});

it('4: a human task takes only an outcome that it allows', async () => {
  const { client, create } = await scene();
  const id = await create({ human_task: { title: 'May I?', allowed_outcomes: ['approved', 'rejected'] } });
  expect(await client.waitFor(id, { states: ['WAITING'] })).toMatchObject({ waiting_reason: 'WAITING_FOR_HUMAN' });
  const answer = (outcome: string) => client.resumeIntent(id, { task_result: { outcome } });
  expect(await failure(answer('perhaps'))).toBeInstanceOf(AxmeValidationError);
  await answer('approved');
  expect(await client.waitFor(id)).toMatchObject({ status: 'COMPLETED', details: { result: { outcome: 'approved' } } });
});

it('5: a deadline passes', async () => {
  const { client, create, emulator, streaming } = await scene();
  const deadline = new Date(emulator.clock.now() + 3_600_000).toISOString();
  const id = await create({ deadline_at: deadline });
  const observing = collect(client.observe(id, { waitSeconds: 60 }));
  await streaming(1);
  emulator.clock.advance(3_600_001);
  const events = await observing;
  expect(events.at(-1)).toMatchObject({ event_type: 'intent.timed_out', status: 'TIMED_OUT', at: deadline });
});

it('6: an idempotent create, its replay, its conflict, and a day later another intent', async () => {
  const { client, clientOf, emulator } = await scene();
  const key = { idempotencyKey: 'order-7' };
  const ids = async (count: number, by = client) => {
    const created = await Promise.all(Array.from({ length: count }, () => by.createIntent(ORDER, key)));
    return new Set(created.map(({ intent_id }) => intent_id));
  };
  const first = await ids(16);
  expect(first.size).toBe(1);
  // A process that is started anew, and knows nothing of the first.
  expect(await ids(1, clientOf({}))).toEqual(first);
  const other = { ...ORDER, payload: { order: 8 } };
  const conflict = await failure(client.createIntent(other, key));
  expect(conflict).toBeInstanceOf(AxmeConflictError);
  expect(conflict).toMatchObject({ statusCode: 409, detail: 'idempotency key reused with different payload' });
  expect(emulator.axme.listIntents()).toHaveLength(1);

  emulator.clock.advance(24 * 3_600_000 - 1000);
  expect(await ids(1)).toEqual(first);
  emulator.clock.advance(1001);
  expect(await ids(1)).not.toEqual(first);
});

it('7: 503 twice, then success: three attempts to read, one to write without a key', async () => {
  const { client, create, emulator } = await scene({}, { retryBackoffMs: 1 });
  const id = await create();
  const fail = (path: string) => emulator.faults.add({ path, times: 2, respond: { status: 503, body: {} } });
  const attempts = (path: string) => emulator.requests.filter((request) => request.path === path).length;
  fail(`/axme/v1/intents/${id}`);
  expect((await client.getIntent(id)).intent.intent_id).toBe(id);
  expect(attempts(`/axme/v1/intents/${id}`)).toBe(3);

  const resume = `/axme/v1/intents/${id}/resume`;
  fail(resume);
  expect(await failure(client.resumeIntent(id, {}))).toMatchObject({ name: 'AxmeServerError', statusCode: 503 });
  expect(attempts(resume)).toBe(1);
  emulator.faults.clear();
  fail(resume);
  await client.resumeIntent(id, {}, { idempotencyKey: 'resume-1' });
  expect(attempts(resume)).toBe(4);
});

describe('8: without streams', () => {
  it('observe polls, also where streams go in the middle', async () => {
    const { client, create, emulator, streaming } = await scene();
    const id = await create();
    const observing = collect(client.observe(id, { pollIntervalMs: 0 }));
    await streaming(1);
    emulator.axme.streams = false;
    emulator.axme.dropStreams();
    await client.resumeIntent(id, { approve_current_step: true });
    await client.resolveIntent(id, { status: 'FAILED', error: { code: 'x' } });
    expect(types(await observing).slice(0, 2)).toEqual(['intent.created', 'intent.submitted']);
    expect((await observing).at(-1)).toMatchObject({ status: 'FAILED' });
  });

  it('listen throws', async () => {
    const { client } = await scene({ streams: false });
    expect(await failure(collect(client.listen(CLERK)))).toBeInstanceOf(AxmeNotFoundError);
  });

  it.each([true, false])('a session is followed to its end; streams: %s', async (streams) => {
    const { client } = await scene({ streams });
    const { session_id: id } = await client.createSession({ type: 'chat' });
    const feed = collect(client.listenSession(id, { pollIntervalMs: 0 }));
    for (let i = 0; i < 3; i++) await client.postSessionMessage(id, 'user', { text: `m${i}` });
    await client.completeSession(id, { result: { sum: 3 } });
    const events = (await feed).filter(({ type }) => type !== 'session.created');
    expect(events.map(({ type }) => type)).toEqual([...Array(3).fill('session.message'), 'session.completed']);
    expect(events.at(-1)).toMatchObject({ result: { sum: 3 } });
  });
});

describe.each(['conflict', 'not_applied'] as const)(
  '9: a stale generation is a conflict, told as %s',
  (staleGeneration) => {
    const stale = { expected_policy_generation: 0 };
    it.each<[string, (client: AxmeClient, id: string) => Promise<unknown>]>([
      ['controls', (client, id) => client.updateIntentControls(id, { controls_patch: { max_retries: 1 }, ...stale })],
      ['policy', (client, id) => client.updateIntentPolicy(id, { envelope_patch: { max_retry_count: 1 }, ...stale })],
      ['resume', (client, id) => client.resumeIntent(id, stale)],
      ['resolve', (client, id) => client.resolveIntent(id, { status: 'COMPLETED', result: {}, ...stale })],
      ['cancel', (client, id) => client.cancelIntent(id, { reason: 'late', ...stale })],
    ])('%s', async (_, steer) => {
      const { client, create } = await scene({ staleGeneration });
      const id = await create();
      await client.updateIntentControls(id, { controls_patch: { timeout_seconds: 60 }, ...stale });
      const before = (await client.getIntent(id)).intent;
      expect(await failure(steer(client, id))).toBeInstanceOf(AxmeConflictError);
      expect((await client.getIntent(id)).intent).toEqual(before);
    });
  },
);

it('patches are acted on by the clock of the platform: reminders, a time limit, retries', async () => {
  const { client, create, emulator } = await scene();
  const { clock } = emulator;
  const id = await create();
  const controls_patch = {
    reminders: [
      { offset_seconds: 60, note: 'hurry' },
      { offset_seconds: 120, note: 'now' },
    ],
    timeout_seconds: 600,
  };
  await client.updateIntentControls(id, { controls_patch });
  const notes = async () =>
    (await client.listIntentEvents(id)).events
      .filter(({ event_type }) => event_type === 'intent.reminder')
      .map(({ details }) => details?.['note']);
  clock.advance(59_000);
  expect(await notes()).toEqual([]);
  clock.advance(61_000);
  expect(await notes()).toEqual(['hurry', 'now']);
  const merged = await client.updateIntentControls(id, { controls_patch: { max_retries: 1, retry_delay_seconds: 10 } });
  expect(merged.intent?.['controls']).toMatchObject(controls_patch);
  const failed = await client.resumeIntent(id, { action: 'fail', reason: 'no luck' });
  expect(failed.intent).toMatchObject({ status: 'WAITING', waiting_reason: 'WAITING_FOR_TIME' });
  clock.advance(10_000);
  expect((await client.getIntent(id)).intent.status).toBe('IN_PROGRESS');
  clock.advance(600_000);
  expect(await client.waitFor(id)).toMatchObject({ event_type: 'intent.timed_out', status: 'TIMED_OUT' });
});

it('a connection that is cut loses nothing, and a plain resume does not hang', async () => {
  const { client, create, emulator, streaming } = await scene();
  const id = await create();
  const observing = collect(client.observe(id));
  for (let i = 0; i < 3; i++) {
    await streaming(1);
    emulator.axme.addEvents(id, { times: 2 });
    emulator.axme.dropStreams({ how: 'cut' });
  }
  await client.resumeIntent(id, { action: 'complete' });
  expect(await client.waitFor(id, { states: 'handed-off', timeoutMs: 5000 })).toMatchObject({ status: 'IN_PROGRESS' });
  // The intent is at work, and nothing more happens to it: to wait for its end takes a limit.
  expect(await failure(client.waitFor(id, { timeoutMs: 50 }))).toBeInstanceOf(AxmeTimeoutError);
  await client.resolveIntent(id, { status: 'COMPLETED', result: {} });
  const events = await observing;
  expect(seqs(events)).toEqual(events.map((_, i) => i + 1));
  expect(types(events).filter((type) => type === 'intent.note').length).toBe(6);
  // Whoever had the last event waits for nothing.
  expect(await collect(client.observe(id, { since: events.length, waitSeconds: 1 }))).toEqual([]);
});

it('10: MCP initialize, list, call, argument rejection, error codes', async () => {
  const { client, clientOf, emulator } = await scene();
  expect(await client.mcpInitialize()).toMatchObject({ protocolVersion: '2024-11-05' });
  const { tools } = await client.mcpListTools();
  expect(tools.map(({ name }) => name)).toContain('axme.check_nick');
  expect(await client.mcpCallTool('axme.check_nick', { arguments: { nick: ' @Some.One ' } })).toMatchObject({
    tool: 'axme.check_nick',
    status: 'completed',
    data: { nick: '@some.one', available: true },
  });
  const send = {
    arguments: { to_agent: CLERK, payload: { a: 1 } },
    ownerAgent: CLERK,
    idempotencyKey: 'one',
  };
  const sent = await client.mcpCallTool('axme.send', send);
  expect(await client.mcpCallTool('axme.send', send)).toEqual(sent);
  expect(await failure(client.mcpCallTool('axme.check_nick'))).toBeInstanceOf(AxmeInputError);
  expect(await failure(client.mcpCallTool('axme.check_nick', { arguments: { nick: 7 } }))).toBeInstanceOf(
    AxmeInputError,
  );
  const unchecked = { arguments: { nick: 7 }, validateInputSchema: false };
  expect(await failure(client.mcpCallTool('axme.check_nick', unchecked))).toMatchObject({
    code: 'MCP_-32602',
    status: 422,
  });
  const stranger = clientOf({ apiKey: 'axme_sa_nobody_0123456789' });
  expect(await failure(stranger.mcpListTools())).toBeInstanceOf(AxmeAuthError);
  const { address } = emulator.axme.addAgent({ address: 'agent://acme/shop/killed' });
  const { agents } = await client.mesh.listAgents();
  await client.mesh.kill(agents.find((agent) => agent.address === address)!.address_id);
  const refused = await failure(client.mcpCallTool('axme.send', { arguments: { to_agent: address } }));
  expect(refused).toBeInstanceOf(AxmeAuthError);
  expect(refused).toMatchObject({ code: 'MCP_-32003', status: 403 });
  emulator.faults.add({ path: '/axme/mcp', times: 1, respond: { status: 200, body: { error: { code: -32_004 } } } });
  expect(await failure(client.mcpListTools())).toMatchObject({ code: 'MCP_-32004', status: 429 });
  emulator.faults.add({ path: '/axme/mcp', times: 1, respond: { status: 200, body: { error: { code: -32_603 } } } });
  expect(await failure(client.mcpListTools())).toBeInstanceOf(AxmeServerError);
});

it('11: heartbeat with metrics, kill, refusal, resume', async () => {
  const { client, clientOf, emulator } = await scene();
  const { address, apiKey } = emulator.axme.addAgent({ address: CLERK });
  const clerk = clientOf({ apiKey });
  clerk.mesh.reportMetric({ latencyMs: 20, costUsd: 0.5 });
  clerk.mesh.reportMetric({ success: false });
  clerk.mesh.startHeartbeat();
  const healthy = async () => (await client.mesh.listAgents({ health: 'healthy', window: 'week' })).agents;
  await expect.poll(async () => (await healthy()).length).toBe(1);
  const agents = await healthy();
  expect(agents).toMatchObject([{ address, intents_period: 2, cost_period: 0.5 }]);
  const id = agents[0]!.address_id;
  expect(await client.mesh.kill(id)).toMatchObject({ status: 'killed' });
  expect(await failure(client.createIntent({ ...ORDER }))).toMatchObject({ status: 403, code: 'policy_denied' });
  expect(await client.mesh.getAgent(id)).toMatchObject({ agent: { health_status: 'killed' } });
  expect(await client.mesh.resume(id)).toMatchObject({ status: 'active' });
  await client.createIntent({ ...ORDER });
  const { events } = await client.mesh.listEvents({ limit: 2 });
  expect(types(events)).toEqual(['agent.resumed', 'agent.killed']);
});

it('12: a scenario is checked and applied, its agent made, and its step completes through resume', async () => {
  const { client } = await scene();
  const bundle = {
    scenario_id: 'orders.approval',
    agents: [{ role: 'clerk', address: CLERK, create_if_missing: true }],
    workflow: { steps: [{ step_id: 'check', tool_id: 'tool.check', assigned_to: 'clerk' }] },
    intent: { type: 'orders.check', payload: { order: 7 } },
  };
  expect(await client.validateScenario(bundle)).toMatchObject({ valid: true, errors: [] });
  const { intent_id: id, agents_provisioned } = await client.applyScenario(bundle);
  expect(agents_provisioned).toEqual([CLERK]);
  expect(await collect(client.listen(CLERK), 1)).toMatchObject([{ intent_id: id, seq: 1 }]);
  await client.resumeIntent(id, { action: 'complete', answer: 42 });
  expect(await client.waitFor(id)).toMatchObject({ status: 'COMPLETED', details: { result: { answer: 42 } } });
});
