// Real calls of the methods about intents and what is around them, against the emulator's gateway.
import { expect, it } from 'vitest';
import { AxmeConflictError, AxmeNotFoundError, AxmeValidationError } from '../../src/axme/index.js';
import { failure } from '../http/clients.js';
import { requestMethods } from './helpers.js';
import { called, roundTrips } from './round-trips.js';

const ORDER = { intent_type: 'orders.place.v1', payload: { order: 7 } };

it('health and capabilities', async () => {
  const { axme } = await roundTrips();
  expect(await axme.health()).toMatchObject({ ok: true });
  expect((await axme.getCapabilities()).supported_intent_types[0]).toMatch(/^intent\.[a-z0-9_]+\.v1$/);
});

it('an intent is created once, however often, and resolved once', async () => {
  const { axme, address } = await roundTrips();
  const intent = { ...ORDER, to_agent: address.agentAddress, from_agent: 'agent://acme/shop/web' };
  const key = { idempotencyKey: 'order-7' };
  const created = await Promise.all(Array.from({ length: 8 }, () => axme.createIntent(intent, key)));
  const ids = new Set(created.map(({ intent_id }) => intent_id));
  expect(ids.size).toBe(1);
  const [id = ''] = ids;
  const other = await failure(axme.createIntent({ ...intent, payload: { order: 8 } }, key));
  expect(other).toBeInstanceOf(AxmeConflictError);
  expect(other).toMatchObject({ detail: 'idempotency key reused with different payload' });

  expect((await axme.getIntent(id)).intent).toMatchObject({ intent_id: id, payload: { order: 7 } });
  expect((await axme.listIntentEvents(id)).events.map(({ seq }) => seq).slice(0, 2)).toEqual([1, 2]);
  expect((await axme.listIntentEvents(id, { since: 1 })).events[0]!.seq).toBe(2);
  const { event } = await axme.resolveIntent(id, { status: 'COMPLETED', result: { done: true } });
  expect(event).toMatchObject({ event_type: 'intent.completed', details: { result: { done: true } } });
  expect(await failure(axme.resolveIntent(id, { status: 'FAILED', error: {} }))).toBeInstanceOf(AxmeConflictError);
  expect(await failure(axme.getIntent('no/such'))).toBeInstanceOf(AxmeNotFoundError);
});

it('an intent is sent, and canceled', async () => {
  const { axme, address } = await roundTrips();
  const id = await axme.sendIntent({ ...ORDER, to_agent: address.agentAddress });
  const { intent } = await axme.cancelIntent(id, { reason: 'out of stock' });
  expect(intent.status).toBe('CANCELED');
});

it.each(['conflict', 'not_applied'] as const)(
  'controls and policy compare generations (%s)',
  async (staleGeneration) => {
    const { axme, address, emulator } = await roundTrips();
    emulator.axme.configure({ staleGeneration });
    const id = await axme.sendIntent({ ...ORDER, to_agent: address.agentAddress });
    const controls_patch = { timeout_seconds: 60, max_retries: 2, reminders: [{ offset_seconds: 5, note: 'hurry' }] };
    const first = await axme.updateIntentControls(id, { controls_patch, expected_policy_generation: 0 });
    expect(first).toMatchObject({ applied: true, policy_generation: 1 });
    const grants_patch = { 'delegate:agent://acme/ops/eve': { allow: ['resume'] } };
    const second = await axme.updateIntentPolicy(id, { grants_patch, expected_policy_generation: 1 });
    expect(second.policy_generation).toBe(2);
    const stale = await failure(axme.updateIntentControls(id, { controls_patch, expected_policy_generation: 1 }));
    expect(stale).toBeInstanceOf(AxmeConflictError);
    expect((await axme.resumeIntent(id, { reason: 'go on' })).intent?.status).toBe('IN_PROGRESS');
  },
);

it('a human task is answered', async () => {
  const { axme, address } = await roundTrips();
  const human_task = { title: 'Ship it?', allowed_outcomes: ['approved', 'rejected'] };
  const id = await axme.sendIntent({ ...ORDER, to_agent: address.agentAddress, human_task });
  expect((await axme.getIntent(id)).intent.status).toBe('WAITING');
  const wrong = await failure(axme.resumeIntent(id, { task_result: { outcome: 'perhaps' } }));
  expect(wrong).toBeInstanceOf(AxmeValidationError);
  await axme.resumeIntent(id, { task_result: { outcome: 'approved' } });
  expect((await axme.getIntent(id)).intent.status).toBe('COMPLETED');
});

it('a scenario is checked and applied, once', async () => {
  const { axme } = await roundTrips();
  const bundle = {
    scenario_id: 'orders.approval',
    agents: [{ role: 'packer', address: 'agent://acme/shop/packer', create_if_missing: true }],
    workflow: { steps: [{ step_id: 'pack', assigned_to: 'packer' }] },
    intent: { type: 'orders.pack.v1', payload: { order: 7 } },
  };
  expect(await axme.validateScenario(bundle)).toMatchObject({ valid: true, errors: [] });
  expect((await axme.validateScenario({ ...bundle, scenario_id: 'Not One' })).valid).toBe(false);
  const { intent_id: id } = await axme.applyScenario(bundle, { idempotencyKey: 'scenario-7' });
  const again = await axme.applyScenario(bundle, { idempotencyKey: 'scenario-7' });
  expect(again).toMatchObject({ intent_id: id, idempotent: true });
});

it('an inbox is read, and its threads are answered', async () => {
  const { axme, emulator } = await roundTrips();
  const ownerAgent = 'agent://acme/ops/bob';
  const owner = { ownerAgent };
  const open = () => emulator.axme.openThread({ ownerAgent }).threadId;
  const [first, second, third] = [open(), open(), open()] as const;
  const { threads, items } = await axme.listInbox(owner);
  expect(threads.map(({ thread_id }) => thread_id).sort()).toEqual([first, second, third].sort());
  expect(items).toBe(threads);
  expect((await axme.getInboxThread(first, owner)).thread.owner_agent).toBe(ownerAgent);
  const page = await axme.listInboxChanges({ ...owner, limit: 2 });
  expect(page).toMatchObject({ has_more: true });
  expect((await axme.listInboxChanges({ ...owner, cursor: page.next_cursor! })).changes).toHaveLength(1);
  await axme.replyInboxThread(first, 'On it.', owner);
  await axme.delegateInboxThread(first, { delegate_to: 'agent://acme/ops/eve', note: 'please' }, owner);
  await axme.approveInboxThread(second, { comment: 'fine' }, owner);
  await axme.rejectInboxThread(third, {}, owner);
  const { deleted_count } = await axme.deleteInboxMessages(first, { mode: 'self', limit: 1 }, owner);
  expect(deleted_count).toBe(1);
});

it('an approval is decided', async () => {
  const { axme } = await roundTrips();
  const id = '0b1f3f6e-6f57-4c5e-8a55-0d3f6f6b7c11';
  expect((await axme.decideApproval(id, 'approve', { comment: 'fine' })).approval).toMatchObject({ comment: 'fine' });
});

it('a webhook is subscribed to, an event published, replayed, and the subscription ended', async () => {
  const { axme } = await roundTrips();
  const { subscription } = await axme.upsertWebhookSubscription({
    callback_url: 'https://hooks.example.test/axme',
    event_types: ['invite.accepted'],
    secret: 'a-secret-of-sixteen-or-more',
    active: false,
  });
  expect(subscription).not.toHaveProperty('secret');
  await axme.listWebhookSubscriptions();
  const event = { event_type: 'invite.accepted', source: 'tests', payload: { nick: '@bob' } };
  const { event_id } = await axme.publishWebhookEvent(event);
  expect((await axme.replayWebhookEvent(event_id)).event_id).toBe(event_id);
  expect((await axme.deleteWebhookSubscription(subscription.subscription_id)).ok).toBe(true);
});

it('agents are listed, and one is found by its address', async () => {
  const { axme, address } = await roundTrips();
  const { orgId, workspaceId, agentAddress } = address;
  const { agents } = await axme.listAgents({ orgId, workspaceId, limit: 10 });
  expect(agents.map((agent) => agent.address)).toContain(agentAddress);
  expect((await axme.getAgent(agentAddress)).agent.address).toBe(agentAddress);
  expect(await failure(axme.getAgent('agent://acme/ops/nobody'))).toBeInstanceOf(AxmeNotFoundError);
});

it('a session is opened, written to, read and completed', async () => {
  const { axme } = await roundTrips();
  const { session_id: id } = await axme.createSession({ type: 'chat', metadata: { order: 7 } });
  expect((await axme.getSession(id)).session.session_id).toBe(id);
  expect((await axme.listSessions({ limit: 5 })).sessions).toHaveLength(1);
  const { seq } = await axme.postSessionMessage(id, 'user', { text: 'hello' }, { contentType: 'application/json' });
  expect((await axme.listSessionMessages(id, { since: seq - 1 })).messages[0]).toMatchObject({
    content: { text: 'hello' },
  });
  expect((await axme.getSessionFeed(id, { limit: 5 })).feed.length).toBeGreaterThan(0);
  expect((await axme.completeSession(id, { result: { fine: true } })).status).toBe('COMPLETED');
});

it('covers every method of these families', () => {
  const families = [
    'health',
    'intents',
    'scenarios',
    'lifecycle',
    'controls',
    'inbox',
    'approvals',
    'webhooks',
    'agents',
    'sessions',
  ];
  const expected = requestMethods.filter(({ family }) => families.includes(family)).map(({ camel }) => camel);
  expect([...called].sort()).toEqual(expected.sort());
});
