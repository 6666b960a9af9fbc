import { describe, expect, test } from 'vitest';
import { Gateway } from './axme-client.js';

const CLERK = 'agent://acme/shop/clerk';
const of = (owner: string) => `owner_agent=${encodeURIComponent(owner)}`;

async function threadsOf(gateway: Gateway, owner: string, query = '') {
  const { body } = await gateway.get(`/v1/inbox?${of(owner)}${query}`);
  return body.threads;
}

test('an intent is a thread in the inbox of its agent, and the thread says how it goes', async () => {
  const gateway = new Gateway();
  const id = await gateway.create();
  expect(await threadsOf(gateway, CLERK)).toMatchObject([
    { thread_id: id, intent_id: id, status: 'pending', owner_agent: CLERK, to_agent: CLERK },
  ]);
  await gateway.post(`/v1/intents/${id}/resume`);
  expect(await threadsOf(gateway, CLERK, '&status=active')).toHaveLength(1);
  gateway.emulator.axme.resolveIntent(id);
  expect(await threadsOf(gateway, CLERK, '&status=active')).toHaveLength(0);
  const { body } = await gateway.get(`/v1/inbox/${id}?${of(CLERK)}`);
  expect(body.thread.status).toBe('done');
  expect(body.thread.timeline.map(({ event_type }: { event_type: string }) => event_type)).toEqual([
    'intent.submitted',
    'intent.in_progress',
    'intent.completed',
  ]);
});

describe('an owner decides', () => {
  const task = { human_task: { title: 'May I?', allowed_outcomes: ['rejected', 'yes'], required_comment: true } };

  test('yes: the task is answered with the outcome that says so', async () => {
    const gateway = new Gateway();
    const id = await gateway.create(task);
    const lacking = await gateway.post(`/v1/inbox/${id}/approve?${of(CLERK)}`, {});
    expect(lacking.status).toBe(422);
    expect((await threadsOf(gateway, CLERK))[0].status).toBe('pending');
    const { body } = await gateway.post(`/v1/inbox/${id}/approve?${of(CLERK)}`, { comment: 'fine' });
    expect(body.thread.status).toBe('done');
    const { body: listed } = await gateway.get(`/v1/intents/${id}/events`);
    expect(listed.events.at(-1)).toMatchObject({
      status: 'COMPLETED',
      details: { result: { outcome: 'yes', comment: 'fine' } },
    });
  });

  test('no: the intent is canceled', async () => {
    const gateway = new Gateway();
    const id = await gateway.create(task);
    await gateway.post(`/v1/inbox/${id}/reject?${of(CLERK)}`, { comment: 'too dear' });
    const { body } = await gateway.get(`/v1/intents/${id}/events`);
    expect(body.events.at(-1)).toMatchObject({ status: 'CANCELED', details: { reason: 'too dear' } });
  });

  test('an intent that only waits goes on; one that does not wait is let be', async () => {
    const gateway = new Gateway();
    const [waiting, plain] = [await gateway.create(), await gateway.create()];
    gateway.emulator.axme.moveIntent(waiting, { status: 'WAITING', waitingReason: 'WAITING_FOR_TOOL' });
    for (const id of [waiting, plain]) await gateway.post(`/v1/inbox/${id}/approve`, {});
    expect((await gateway.intent(waiting)).status).toBe('IN_PROGRESS');
    expect((await gateway.intent(plain)).status).toBe('SUBMITTED');
  });

  test('no outcome says yes', async () => {
    const gateway = new Gateway();
    const id = await gateway.create({ human_task: { title: 'No?', allowed_outcomes: ['rejected', 'declined'] } });
    expect((await gateway.post(`/v1/inbox/${id}/approve`, {})).status).toBe(422);
  });

  test('by the control too', async () => {
    const gateway = new Gateway();
    const { axme } = gateway.emulator;
    const task = { humanTask: { title: 'May I?' } };
    const [yes, no, answered] = [axme.createIntent(task), axme.createIntent(task), axme.createIntent(task)];
    expect(axme.approveIntent(yes.intentId).status).toBe('COMPLETED');
    expect(axme.rejectIntent(no.intentId, { comment: 'no' }).status).toBe('CANCELED');
    expect(axme.answerTask(answered.intentId, { outcome: 'rejected' }).status).toBe('FAILED');
    expect(() => axme.answerTask(answered.intentId, { outcome: 'yes' })).toThrow(/waits for no human task/);
  });
});

test('replies, delegation, reading', async () => {
  const gateway = new Gateway();
  const id = await gateway.create();
  const replied = await gateway.post(`/v1/inbox/${id}/reply?${of(CLERK)}`, { message: 'On it.' });
  expect(replied.body.thread).toMatchObject({ status: 'active' });
  expect(replied.body.thread.timeline.at(-1)).toMatchObject({ actor: CLERK, details: { message: 'On it.' } });
  expect((await gateway.post(`/v1/inbox/${id}/reply`, { message: '' })).status).toBe(422);
  const given = { delegate_to: 'agent://acme/shop/boss', note: 'please' };
  const delegated = await gateway.post(`/v1/inbox/${id}/delegate?${of(CLERK)}`, given);
  expect(delegated.body.thread).toMatchObject({
    status: 'active',
    owner_agent: CLERK,
    delegated_to: given.delegate_to,
  });
  expect(await threadsOf(gateway, given.delegate_to)).toMatchObject([
    { thread_id: id, owner_agent: given.delegate_to },
  ]);
  expect(await threadsOf(gateway, CLERK)).toHaveLength(1);
  expect((await gateway.post(`/v1/inbox/${id}/delegate?${of(CLERK)}`, {})).status).toBe(200);
  expect((await gateway.post(`/v1/inbox/${id}/read?${of(CLERK)}`)).body.thread.read_at).toMatch(/Z$/);
});

test('messages are deleted by id, by number, for one or for both', async () => {
  const gateway = new Gateway();
  const id = await gateway.create();
  const remove = async (body: object) =>
    (await gateway.post(`/v1/inbox/${id}/messages/delete?${of(CLERK)}`, body)).body;
  const ids: string[] = [];
  for (const message of ['a', 'b', 'c', 'd']) {
    const { body } = await gateway.post(`/v1/inbox/${id}/reply?${of(CLERK)}`, { message });
    ids.push(body.thread.timeline.at(-1).event_id);
  }
  expect(await remove({ mode: 'self', message_ids: [ids[0], crypto.randomUUID()] })).toMatchObject({
    mode: 'self',
    deleted_count: 1,
    message_ids: [ids[0]],
  });
  expect(await remove({ mode: 'both', limit: 1 })).toMatchObject({ mode: 'both', message_ids: [ids[3]] });
  const { thread, ...rest } = await remove({});
  expect(rest).toEqual({ ok: true, mode: 'self', deleted_count: 2, message_ids: [ids[1], ids[2]] });
  expect(thread.timeline.map(({ event_type }: { event_type: string }) => event_type)).toEqual([
    'intent.submitted',
    'inbox.messages_deleted',
    'inbox.messages_deleted',
    'inbox.messages_deleted',
  ]);
});

test('changes come in pages, each thread where it changed last', async () => {
  const gateway = new Gateway();
  const ids: string[] = [];
  for (let at = 0; at < 5; at++) ids.push(await gateway.create());
  const page = async (query: string) => (await gateway.get(`/v1/inbox/changes?${of(CLERK)}${query}`)).body;
  const idsOf = (body: { changes: { thread: { thread_id: string } }[] }) =>
    body.changes.map((each) => each.thread.thread_id);
  const first = await page('&limit=3');
  expect([idsOf(first), first.has_more]).toEqual([ids.slice(0, 3), true]);
  const second = await page(`&limit=3&cursor=${first.next_cursor}`);
  expect([idsOf(second), second.has_more]).toEqual([ids.slice(3), false]);
  const none = await page(`&cursor=${second.next_cursor}`);
  expect(none).toEqual({ ok: true, changes: [], next_cursor: second.next_cursor, has_more: false });
  await gateway.post(`/v1/inbox/${ids[0]}/reply`, { message: 'hm' });
  expect(idsOf(await page(`&cursor=${second.next_cursor}`))).toEqual([ids[0]]);
  expect((await gateway.get('/v1/inbox/changes?cursor=x')).status).toBe(422);
});

test('threads of others, unknown ones, and ones that are done', async () => {
  const gateway = new Gateway();
  const id = await gateway.create();
  const foreign = `/v1/inbox/${id}?${of('agent://acme/shop/boss')}`;
  expect((await gateway.get(foreign)).status).toBe(404);
  expect((await gateway.get(`/v1/inbox/${crypto.randomUUID()}`)).status).toBe(404);
  expect((await gateway.get(foreign, { 'x-owner-agent': CLERK })).status).toBe(400);
  gateway.emulator.axme.resolveIntent(id);
  expect((await gateway.post(`/v1/inbox/${id}/approve`, {})).status).toBe(200);
  gateway.emulator.axme.closeThreads = true;
  for (const act of ['approve', 'reject', 'delegate', 'reply']) {
    expect((await gateway.post(`/v1/inbox/${id}/${act}`, { message: 'late' })).status).toBe(409);
  }
  gateway.emulator.axme.strict = true;
  expect((await gateway.get(foreign)).status).toBe(403);
});

test('in strict mode an actor sees what is theirs', async () => {
  const gateway = new Gateway();
  const { axme } = gateway.emulator;
  const ann = axme.addActor({ ownerAgent: 'agent://user/ann' });
  const { threadId } = axme.openThread({ ownerAgent: 'agent://user/ann', details: { hello: 1 } });
  const headers = { Authorization: `Bearer ${ann.token}` };
  expect((await gateway.get('/v1/inbox', headers)).body.threads).toHaveLength(2);
  axme.strict = true;
  expect((await gateway.get('/v1/inbox', headers)).body.threads).toMatchObject([{ thread_id: threadId }]);
});

test('approvals are decided once', async () => {
  const gateway = new Gateway({ axme: { strict: true } });
  const { axme } = gateway.emulator;
  const { approvalId } = axme.addApproval();
  const path = `/v1/approvals/${approvalId}/decision`;
  expect((await gateway.post(path, { decision: 'approved' })).status).toBe(422);
  const { body } = await gateway.post(path, { decision: 'reject', comment: 'no' });
  expect(body).toEqual({
    ok: true,
    approval: { approval_id: approvalId, decision: 'reject', comment: 'no', decided_at: expect.stringMatching(/Z$/) },
  });
  expect((await gateway.post(path, { decision: 'approve' })).status).toBe(409);
  expect(axme.listApprovals()).toMatchObject([{ approvalId, decision: 'reject' }]);
  expect((await gateway.post('/v1/approvals/no/decision', { decision: 'approve' })).status).toBe(422);
});
