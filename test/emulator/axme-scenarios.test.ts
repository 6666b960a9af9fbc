import { describe, expect, test } from 'vitest';
import { Gateway } from './axme-client.js';

const bundleOf = (steps: object[] | undefined, given: object = {}) => ({
  scenario_id: 'orders.approval',
  agents: [
    { role: 'clerk', address: 'agent://acme/shop/clerk' },
    { role: 'packer', address: 'agent://acme/shop/packer' },
  ],
  humans: [{ role: 'boss', contact: 'agent://user/boss' }],
  ...(steps === undefined ? {} : { workflow: { steps } }),
  intent: { type: 'orders.approve', payload: { order: 7 } },
  ...given,
});

async function apply(gateway: Gateway, steps: object[]): Promise<string> {
  const { status, body } = await gateway.post('/v1/scenarios/apply', bundleOf(steps));
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body.intent_id;
}

test('agents and people, one after the other', async () => {
  const gateway = new Gateway();
  const id = await apply(gateway, [
    { step_id: 'check', assigned_to: 'clerk' },
    { step_id: 'sign', assigned_to: 'boss', requires_approval: true },
    { step_id: 'pack', assigned_to: 'packer' },
  ]);
  const resume = async (body: object) => (await gateway.post(`/v1/intents/${id}/resume`, body)).body.intent;
  expect(await gateway.intent(id)).toMatchObject({ status: 'DELIVERED', handler: 'agent://acme/shop/clerk' });
  expect(await resume({ action: 'complete' })).toMatchObject({
    status: 'WAITING',
    waiting_reason: 'WAITING_FOR_HUMAN',
    pending_with: { type: 'human', ref: 'agent://user/boss' },
    human_task: { title: 'sign' },
  });
  const inbox = await gateway.get('/v1/inbox?owner_agent=agent://user/boss');
  expect(inbox.body.threads).toMatchObject([{ thread_id: id }]);
  await gateway.post(`/v1/inbox/${id}/approve?owner_agent=agent://user/boss`, {});
  const packing = await gateway.intent(id);
  expect(packing).toMatchObject({
    status: 'WAITING',
    waiting_reason: 'WAITING_FOR_AGENT',
    pending_with: { type: 'agent', ref: 'agent://acme/shop/packer' },
  });
  expect(packing).not.toHaveProperty('human_task');
  for await (const { data } of gateway.stream('/v1/agents/acme/shop/packer/intents/stream')) {
    expect(data).toMatchObject({ intent_id: id, seq: 1, status: 'WAITING' });
    break;
  }
  expect(await resume({ action: 'complete', packed: true })).toMatchObject({ status: 'COMPLETED' });
});

test('a step that fails is tried again, then fails the intent or goes another way', async () => {
  const gateway = new Gateway();
  const { clock } = gateway.emulator;
  const retry = { max_retries: 1, retry_delay_seconds: 30 };
  const steps = [{ step_id: 'check', assigned_to: 'clerk', retry }];
  const id = await apply(gateway, steps);
  const fail = async (which: string) =>
    (await gateway.post(`/v1/intents/${which}/resume`, { action: 'fail', reason: 'no' })).body.intent;
  expect(await fail(id)).toMatchObject({ status: 'WAITING', waiting_reason: 'WAITING_FOR_TIME' });
  clock.advance(30_000);
  expect(await gateway.intent(id)).toMatchObject({ status: 'WAITING', waiting_reason: 'WAITING_FOR_AGENT' });
  expect((await fail(id)).status).toBe('FAILED');

  const other = await apply(gateway, [
    { step_id: 'check', assigned_to: 'clerk', on_failure: 'mend', on_success: 'mend' },
    { step_id: 'never', assigned_to: 'packer' },
    { step_id: 'mend', requires_approval: true },
  ]);
  expect(await fail(other)).toMatchObject({ status: 'WAITING', human_task: { title: 'mend' } });
  expect((await gateway.post(`/v1/intents/${other}/resume`, {})).body.intent.status).toBe('COMPLETED');
});

test('steps of the platform itself go by the clock', async () => {
  const gateway = new Gateway();
  const { clock } = gateway.emulator;
  const id = await apply(gateway, [
    { step_id: 'tell', runtime_type: 'notification', runtime_config: { text: 'hello' } },
    { step_id: 'rest', runtime_type: 'delay', runtime_config: { delay_seconds: 60 } },
    { step_id: 'tell on', runtime_type: 'escalation', escalate_to: 'agent://user/boss' },
    { step_id: 'limit', runtime_type: 'timeout', runtime_config: { timeout_seconds: 30 } },
  ]);
  clock.advance(1000);
  expect(await gateway.intent(id)).toMatchObject({ status: 'WAITING', waiting_reason: 'WAITING_FOR_TIME' });
  clock.advance(60_000);
  clock.advance(30_000);
  expect((await gateway.intent(id)).status).toBe('FAILED');
  const types = (await gateway.eventTypes(id)).filter((type) => !/in_progress|waiting/.test(type));
  expect(types).toEqual(['intent.created', 'intent.submitted', 'intent.reminder', 'intent.escalated', 'intent.failed']);
});

test('a step has a deadline of its own, and steps in a circle end', async () => {
  const gateway = new Gateway();
  const late = await apply(gateway, [{ step_id: 'check', assigned_to: 'clerk', step_deadline_seconds: 60 }]);
  gateway.emulator.clock.advance(60_000);
  expect((await gateway.intent(late)).status).toBe('FAILED');
  const circle = await apply(gateway, [{ step_id: 'tell', runtime_type: 'notification', on_success: 'tell' }]);
  expect((await gateway.intent(circle)).status).toBe('FAILED');
});

test('without steps it is handed to the first agent', async () => {
  const gateway = new Gateway();
  const { body } = await gateway.post('/v1/scenarios/apply', bundleOf(undefined));
  expect(body).toMatchObject({ status: 'DELIVERED', pending_with: 'agent://acme/shop/clerk', agents_provisioned: [] });
  expect(await gateway.intent(body.intent_id)).toMatchObject({ scenario_id: 'orders.approval', payload: { order: 7 } });
});

describe('what is wrong', () => {
  const wrong = bundleOf([
    { step_id: 'a', assigned_to: 'nobody', on_success: 'z' },
    { step_id: 'a', on_failure: 'z' },
  ]);

  test('is listed by validate', async () => {
    const gateway = new Gateway();
    const { status, body } = await gateway.post('/v1/scenarios/validate', wrong);
    expect([status, body]).toEqual([
      200,
      {
        ok: true,
        valid: false,
        errors: [
          'step "a" is defined twice',
          'step "a" is assigned to the unknown role "nobody"',
          'on_success of step "a" names no step: "z"',
          'on_failure of step "a" names no step: "z"',
        ],
        warnings: ['agent://acme/shop/clerk does not exist', 'agent://acme/shop/packer does not exist'],
      },
    ]);
    const shapeless = await gateway.post('/v1/scenarios/validate', { scenario_id: 'X' });
    expect(shapeless.body.valid).toBe(false);
    expect(shapeless.body.errors.join()).toMatch(/scenario_id: .*,intent: /);
    expect((await gateway.post('/v1/scenarios/validate', [])).status).toBe(422);
  });

  test('is refused by apply', async () => {
    const gateway = new Gateway();
    const { status, body } = await gateway.post('/v1/scenarios/apply', wrong);
    expect([status, body.ok, body.error.code]).toEqual([422, false, 'schema_invalid']);
    expect(gateway.emulator.axme.listIntents()).toEqual([]);
  });
});

test('a key that comes again gives the same intent and says so', async () => {
  const gateway = new Gateway();
  const bundle = bundleOf(undefined, { idempotency_key: 'one' });
  const first = (await gateway.post('/v1/scenarios/apply', bundle)).body;
  const again = (await gateway.post('/v1/scenarios/apply', bundle, { 'Idempotency-Key': 'one' })).body;
  expect(again).toEqual({ ...first, idempotent: true });
  const other = await gateway.post('/v1/scenarios/apply', { ...bundle, description: 'another' });
  expect(other.status).toBe(409);
  gateway.emulator.clock.advance(24 * 3_600_000);
  expect((await gateway.post('/v1/scenarios/apply', bundle)).body.intent_id).not.toBe(first.intent_id);
});
