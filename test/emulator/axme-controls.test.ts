import { describe, expect, test } from 'vitest';
import { mergePatch } from '../../src/emulator/axme/controls/merge-patch.js';
import { Gateway } from './axme-client.js';

// The examples of RFC 7396, appendix A, of objects.
test.each([
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])('%j patched with %j', (target, patch, result) => {
  expect(mergePatch(target, patch)).toEqual(result);
});

const patchControls = (gateway: Gateway, id: string, controls_patch: object) =>
  gateway.post(`/v1/intents/${id}/controls`, { controls_patch });

/** The reminders so far: when they came, counted in seconds from `start`, and what they said. */
async function reminders(gateway: Gateway, id: string, start: number): Promise<unknown[]> {
  const { body } = await gateway.get(`/v1/intents/${id}/events`);
  return body.events
    .filter(({ event_type }: { event_type: string }) => ['intent.reminder', 'intent.escalated'].includes(event_type))
    .map(({ at, event_type, details }: { at: string; event_type: string; details: { note?: string } }) => [
      Math.round((Date.parse(at) - start) / 1000),
      details.note ?? event_type,
    ]);
}

describe('controls', () => {
  test('patches add up, and null takes away', async () => {
    const gateway = new Gateway();
    const id = await gateway.create();
    await patchControls(gateway, id, { timeout_seconds: 60, other: { a: 1, b: 2 } });
    const { body } = await patchControls(gateway, id, { other: { a: null }, max_retries: 2 });
    expect(body).toMatchObject({ ok: true, applied: true, policy_generation: 2 });
    expect(body.intent.controls).toEqual({ timeout_seconds: 60, other: { b: 2 }, max_retries: 2 });
  });

  test('timeout_seconds sets the deadline, again sets it anew, null takes it away', async () => {
    const gateway = new Gateway();
    const { clock } = gateway.emulator;
    const [one, two] = [await gateway.create(), await gateway.create()];
    for (const id of [one, two]) await patchControls(gateway, id, { timeout_seconds: 60 });
    expect((await gateway.intent(one)).deadline_at).toMatch(/Z$/);
    await patchControls(gateway, two, { timeout_seconds: null });
    clock.advance(50_000);
    await patchControls(gateway, one, { timeout_seconds: 60 });
    clock.advance(59_000);
    expect((await gateway.intent(one)).status).toBe('SUBMITTED');
    clock.advance(2000);
    expect((await gateway.intent(one)).status).toBe('TIMED_OUT');
    expect(await gateway.intent(two)).not.toHaveProperty('deadline_at');
    expect((await gateway.intent(two)).status).toBe('SUBMITTED');
  });

  test('reminders come by the clock, until the intent is over', async () => {
    const gateway = new Gateway();
    const { clock, axme } = gateway.emulator;
    const id = await gateway.create();
    const start = clock.now();
    await patchControls(gateway, id, {
      reminders: [
        { offset_seconds: 600, note: 'second' },
        { offset_seconds: 60, note: 'first' },
        { offset_seconds: 9000, note: 'never' },
      ],
    });
    clock.advance(700_000);
    expect(await reminders(gateway, id, start)).toEqual([
      [60, 'first'],
      [600, 'second'],
    ]);
    axme.resolveIntent(id);
    clock.advance(9_000_000);
    expect(await reminders(gateway, id, start)).toHaveLength(2);
  });

  test('a new list of reminders takes the place of the old one', async () => {
    const gateway = new Gateway();
    const { clock } = gateway.emulator;
    const id = await gateway.create();
    const start = clock.now();
    await patchControls(gateway, id, { reminders: [{ offset_seconds: 60, note: 'old' }] });
    await patchControls(gateway, id, { reminders: [{ offset_seconds: 30 }] });
    clock.advance(100_000);
    expect(await reminders(gateway, id, start)).toEqual([[30, 'intent.reminder']]);
  });

  test('max_retries and retry_delay_seconds try failed work again', async () => {
    const gateway = new Gateway();
    const { clock } = gateway.emulator;
    const id = await gateway.create();
    await patchControls(gateway, id, { max_retries: 1, retry_delay_seconds: 10 });
    const fail = { action: 'fail', reason: 'no luck' };
    const first = await gateway.post(`/v1/intents/${id}/resume`, fail);
    expect(first.body.intent).toMatchObject({ status: 'WAITING', waiting_reason: 'WAITING_FOR_TIME' });
    clock.advance(10_000);
    expect(await gateway.intent(id)).toMatchObject({ status: 'IN_PROGRESS', delivery_attempt: 2 });
    const last = await gateway.post(`/v1/intents/${id}/resume`, fail);
    expect(last.body.intent.status).toBe('FAILED');
    const { body } = await gateway.get(`/v1/intents/${id}/events`);
    expect(body.events.at(-1).details.error.message).toBe('no luck');
  });

  test.each([
    ['timeout_seconds', 0],
    ['timeout_seconds', '60'],
    ['max_retries', -1],
    ['reminders', [{ note: 'when?' }]],
  ])('refuses %s: %j', async (name, value) => {
    const gateway = new Gateway();
    const id = await gateway.create();
    const { status, body } = await patchControls(gateway, id, { [name]: value });
    expect([status, body.detail[0].loc.slice(0, 3)]).toEqual([422, ['body', 'controls_patch', name]]);
    expect((await gateway.intent(id)).policy_generation).toBe(0);
  });
});

describe('policy', () => {
  const owner = { 'x-owner-agent': 'agent://acme/shop/friend' };

  test('those whose intent it is need no grant, others do', async () => {
    const gateway = new Gateway();
    const id = await gateway.create();
    const resume = (headers: Record<string, string>) => gateway.post(`/v1/intents/${id}/resume`, {}, headers);
    const refused = await resume(owner);
    expect([refused.status, refused.body.error.code]).toEqual([403, 'policy_denied']);
    const grants_patch = { 'delegate:agent://acme/shop/friend': { allow: ['resume'] } };
    expect((await gateway.post(`/v1/intents/${id}/policy`, { grants_patch })).body.policy_generation).toBe(1);
    expect((await resume(owner)).body.intent.status).toBe('IN_PROGRESS');
    expect((await gateway.post(`/v1/intents/${id}/controls`, {}, owner)).status).toBe(403);
    expect((await gateway.post(`/v1/intents/${id}/policy`, { grants_patch }, owner)).status).toBe(403);
    await gateway.post(`/v1/intents/${id}/policy`, { grants_patch: { 'delegate:agent://acme/shop/friend': null } });
    expect((await resume(owner)).status).toBe(403);
    expect((await resume({ 'x-owner-agent': 'agent://acme/shop/clerk' })).status).toBe(200);
  });

  test('two owners that differ are refused, two that do not are not', async () => {
    const gateway = new Gateway();
    const id = await gateway.create();
    const query = 'owner_agent=agent%3A%2F%2Facme%2Fshop%2Fclerk';
    for (const what of ['resume', 'controls', 'policy', 'resolve']) {
      const body = { status: 'FAILED', error: {}, grants_patch: {} };
      expect((await gateway.post(`/v1/intents/${id}/${what}?${query}`, body, owner)).status).toBe(400);
    }
    const same = { 'x-owner-agent': 'agent://acme/shop/clerk' };
    expect((await gateway.post(`/v1/intents/${id}/resume?${query}`, {}, same)).status).toBe(200);
  });

  test('the envelope bounds its life', async () => {
    const gateway = new Gateway();
    const { clock } = gateway.emulator;
    const post = (id: string, envelope_patch: object) => gateway.post(`/v1/intents/${id}/policy`, { envelope_patch });
    const ids = [];
    for (const envelope of [
      { ttl_seconds: 60 },
      { execution_timeout_seconds: 60 },
      { expires_at: new Date(clock.now() + 60_000).toISOString() },
    ]) {
      const id = await gateway.create();
      ids.push(id);
      expect((await post(id, envelope)).body.intent.policy.envelope).toEqual(envelope);
    }
    clock.advance(61_000);
    for (const id of ids) expect((await gateway.intent(id)).status).toBe('TIMED_OUT');
    const id = await gateway.create();
    expect((await post(id, { expires_at: 'soon' })).status).toBe(422);
    expect((await gateway.post(`/v1/intents/${id}/policy`, {})).status).toBe(422);
    expect((await gateway.post(`/v1/intents/${ids[0]}/policy`, { grants_patch: {} })).status).toBe(409);
  });
});

describe('from the start', () => {
  test('reminders, their interval, their number, and who hears of it in the end', async () => {
    const gateway = new Gateway();
    const { clock } = gateway.emulator;
    const start = clock.now();
    const id = await gateway.create({
      human_task: { title: 'May I?', assignees: ['agent://user/ann'] },
      remind_after_seconds: 60,
      remind_interval_seconds: 30,
      max_reminders: 2,
      escalate_to: 'agent://user/bob',
    });
    clock.advance(3_600_000);
    expect(await reminders(gateway, id, start)).toEqual([
      [60, 'intent.reminder'],
      [90, 'intent.reminder'],
      [120, 'intent.escalated'],
    ]);
    expect(await gateway.intent(id)).toMatchObject({
      status: 'WAITING',
      remind_count: 2,
      pending_with: { type: 'human', ref: 'agent://user/bob' },
    });
    const inbox = await gateway.get('/v1/inbox?owner_agent=agent://user/bob');
    expect(inbox.body.threads).toMatchObject([{ thread_id: id }]);
  });

  test('deliveries that nobody takes up are repeated, and given up', async () => {
    const gateway = new Gateway({ axme: { redeliveryMs: 10_000 } });
    const { clock } = gateway.emulator;
    const id = await gateway.create({ max_delivery_attempts: 2, reply_to: 'agent://acme/shop/boss' });
    clock.advance(10_000);
    expect(await gateway.intent(id)).toMatchObject({ status: 'SUBMITTED', delivery_attempt: 2 });
    clock.advance(10_000);
    expect(await gateway.eventTypes(id)).toEqual([
      'intent.created',
      'intent.submitted',
      'intent.delivery_failed',
      'intent.delivery_failed',
    ]);
    expect((await gateway.intent(id)).status).toBe('FAILED');
    const inbox = await gateway.get('/v1/inbox?owner_agent=agent://acme/shop/boss');
    expect(inbox.body.threads).toMatchObject([{ thread_id: id, status: 'done' }]);
  });

  test('deliveries that are taken up are not repeated', async () => {
    const gateway = new Gateway({ axme: { redeliveryMs: 10_000 } });
    const id = await gateway.create({ max_delivery_attempts: 1 });
    await gateway.post(`/v1/intents/${id}/resume`);
    gateway.emulator.clock.advance(100_000);
    expect((await gateway.intent(id)).status).toBe('IN_PROGRESS');
  });
});

describe('a human task', () => {
  const task = (human_task: object) => ({ human_task: { title: 'May I?', ...human_task } });
  const answer = (gateway: Gateway, id: string, task_result: object) =>
    gateway.post(`/v1/intents/${id}/resume`, { task_result });

  test.each([
    ['comment', { required_comment: true }, { outcome: 'yes', comment: ' ' }, { outcome: 'yes', comment: 'because' }],
    [
      'data.evidence',
      { evidence_required: true },
      { outcome: 'yes', data: { evidence: [] } },
      { outcome: 'yes', data: { evidence: ['photo'] } },
    ],
    [
      'data.amount',
      { form_schema: { type: 'object', properties: { amount: { type: 'number' } }, required: ['amount'] } },
      { outcome: 'yes', data: { amount: 'much' } },
      { outcome: 'yes', amount: 7 },
    ],
  ])('checks %s', async (field, given, wrong, right) => {
    const gateway = new Gateway();
    const id = await gateway.create(task(given));
    const refused = await answer(gateway, id, wrong);
    expect(refused.status).toBe(422);
    const places = refused.body.detail.map(({ loc }: { loc: string[] }) => loc.slice(2).join('.'));
    expect(places).toContain(field);
    expect((await gateway.intent(id)).status).toBe('WAITING');
    expect((await answer(gateway, id, right)).body.intent.status).toBe('COMPLETED');
  });

  test.each([
    ['approved', 'COMPLETED'],
    ['changes_requested', 'COMPLETED'],
    ['rejected', 'FAILED'],
    ['declined', 'FAILED'],
    ['override_rejected', 'FAILED'],
  ])('%s is %s', async (outcome, status) => {
    const gateway = new Gateway();
    const id = await gateway.create(task({}));
    expect((await answer(gateway, id, { outcome })).body.intent.status).toBe(status);
    expect((await answer(gateway, id, { outcome })).status).toBe(409);
  });

  test('a form that is no JSON Schema, and an answer to no task', async () => {
    const gateway = new Gateway();
    const id = await gateway.create(task({ form_schema: { $ref: '#/nowhere' } }));
    expect((await answer(gateway, id, { outcome: 'yes' })).status).toBe(422);
    const plain = await gateway.create();
    expect((await answer(gateway, plain, { outcome: 'yes' })).status).toBe(422);
  });

  test('is in the list of whom it is for', async () => {
    const gateway = new Gateway();
    const { axme } = gateway.emulator;
    const ann = axme.addActor({ ownerAgent: 'agent://user/ann' });
    const id = await gateway.create(task({ assignees: ['agent://user/ann'] }));
    const unnamed = await gateway.create(task({}));
    const tasks = async (headers?: Record<string, string>) =>
      (await gateway.get('/v1/me/tasks', headers)).body.tasks.map(({ intent_id }: { intent_id: string }) => intent_id);
    expect(await tasks({ Authorization: `Bearer ${ann.token}` })).toEqual([id]);
    expect(await tasks({ 'x-owner-agent': 'agent://acme/shop/clerk' })).toEqual([unnamed]);
    expect(await tasks()).toEqual([id, unnamed]);
    const { body } = await gateway.get('/v1/me/tasks');
    expect(body.tasks[0]).toMatchObject({
      status: 'WAITING',
      human_task: { title: 'May I?' },
      assigned_at: expect.stringMatching(/Z$/),
    });
  });
});

describe('resume', () => {
  test('moves a plain intent to IN_PROGRESS, complete or not; a switch lets it complete', async () => {
    const gateway = new Gateway();
    const id = await gateway.create();
    const resume = (body: object) => gateway.post(`/v1/intents/${id}/resume`, body);
    expect((await resume({ action: 'complete', x: 1 })).body.intent.status).toBe('IN_PROGRESS');
    expect((await resume({})).body).toMatchObject({ applied: true, intent: { status: 'IN_PROGRESS' } });
    expect(await gateway.eventTypes(id)).toHaveLength(3);
    gateway.emulator.axme.completePlainIntents = true;
    expect((await resume({ outcome: 'done', result: { x: 1 } })).body.intent.status).toBe('COMPLETED');
    expect((await resume({})).status).toBe(409);
  });

  test('a step that is not approved stays', async () => {
    const gateway = new Gateway();
    const id = await gateway.create({ human_task: { title: 'May I?' } });
    const { body } = await gateway.post(`/v1/intents/${id}/resume`, { approve_current_step: false });
    expect(body).toMatchObject({ applied: false, reason: 'current_step_not_approved', intent: { status: 'WAITING' } });
    const resumed = await gateway.post(`/v1/intents/${id}/resume`, { reason: 'go on' });
    expect(resumed.body.intent.status).toBe('IN_PROGRESS');
  });
});
