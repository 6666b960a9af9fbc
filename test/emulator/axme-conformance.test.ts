import { expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/emulator/index.js';
import { framesOf, GATEWAY, intentOf } from './axme-client.js';

// What the public conformance suite relies on (AXME contract §10.2), with the credential as it sends it.

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const OWNER = 'owner_agent=agent%3A%2F%2Fconformance%2Fowner';

function suite(emulator: Emulator = createEmulator()) {
  const fetchIt = (method: string, path: string, body?: object) =>
    emulator.fetch(`${GATEWAY}${path}`, {
      method,
      headers: { Authorization: `Bearer ${emulator.axme.apiKey}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    emulator,
    fetchIt,
    async call(method: string, path: string, body?: object) {
      const response = await fetchIt(method, path, body);
      return { status: response.status, body: await response.json() };
    },
  };
}

test('create answers 200 with a UUID, and two events are listable at once', async () => {
  const { call } = suite();
  const { status, body } = await call('POST', '/v1/intents', intentOf());
  expect(status).toBe(200);
  expect(body).toEqual({
    ok: true,
    intent_id: expect.stringMatching(UUID),
    status: 'SUBMITTED',
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
  });
  const { body: listed } = await call('GET', `/v1/intents/${body.intent_id}/events`);
  expect(listed.events).toMatchObject([
    { seq: 1, event_type: 'intent.created', status: 'CREATED' },
    { seq: 2, event_type: 'intent.submitted', status: 'SUBMITTED' },
  ]);
});

test('the stream from 1 with a window of 2 seconds yields event 2, and closes', async () => {
  const { call, fetchIt, emulator } = suite();
  const { body } = await call('POST', '/v1/intents', intentOf());
  const response = await fetchIt('GET', `/v1/intents/${body.intent_id}/events/stream?since=1&wait_seconds=2`);
  const events: unknown[] = [];
  for await (const { event, data } of framesOf(response)) {
    events.push([event, data.seq]);
    queueMicrotask(() => emulator.clock.advance(2000));
  }
  expect(events).toEqual([
    ['intent.submitted', 2],
    ['stream.timeout', undefined],
  ]);
});

test('resolve straight from SUBMITTED; a second one is 409; reply_to has a thread with the id of the intent', async () => {
  const { call } = suite();
  const reply_to = 'agent://conformance/reply';
  const { body: created } = await call('POST', '/v1/intents', intentOf({ reply_to }));
  const path = `/v1/intents/${created.intent_id}/resolve`;
  const { body } = await call('POST', path, { status: 'COMPLETED', result: {} });
  expect(body).toMatchObject({ intent: { status: 'COMPLETED' }, completion_delivery: { delivered: true } });
  expect((await call('POST', path, { status: 'COMPLETED', result: {} })).status).toBe(409);
  const { body: inbox } = await call('GET', `/v1/inbox?owner_agent=${encodeURIComponent(reply_to)}`);
  expect(inbox.threads.map(({ thread_id }: { thread_id: string }) => thread_id)).toEqual([created.intent_id]);
});

test('the owner has a thread from the start, and keeps it whatever is done with it', async () => {
  const { call } = suite();
  const list = async () => (await call('GET', `/v1/inbox?${OWNER}`)).body.threads;
  const [thread] = await list();
  expect([thread.thread_id, thread.intent_id]).toEqual([expect.stringMatching(UUID), expect.stringMatching(UUID)]);
  expect(thread.timeline.length).toBeGreaterThan(0);
  const path = `/v1/inbox/${thread.thread_id}`;
  for (const [act, body] of [
    ['reply', { message: 'hello' }],
    ['delegate', { delegate_to: 'agent://conformance/delegate', note: 'please' }],
    ['approve', { comment: 'fine' }],
    ['reject', { comment: 'not fine' }],
    ['messages/delete', { mode: 'self', limit: 1 }],
  ] as const) {
    const { status, body: told } = await call('POST', `${path}/${act}?${OWNER}`, body);
    expect([act, status, told.ok, told.thread.thread_id]).toEqual([act, 200, true, thread.thread_id]);
    expect((await list()).map(({ thread_id }: { thread_id: string }) => thread_id)).toEqual([thread.thread_id]);
  }
  expect((await call('GET', `${path}?${OWNER}`)).body.thread.timeline.length).toBeGreaterThan(0);
  const { body } = await call('GET', `/v1/inbox/changes?${OWNER}&limit=50`);
  expect(body).toMatchObject({ ok: true, has_more: false, changes: [{ cursor: body.next_cursor }] });
});

test('an approval that nobody knows is decided', async () => {
  const { call } = suite();
  const id = crypto.randomUUID();
  const { status, body } = await call('POST', `/v1/approvals/${id}/decision`, { decision: 'approve', comment: 'ok' });
  expect([status, body.approval.approval_id]).toEqual([200, id]);
});

test('capabilities and intent types are not empty', async () => {
  const { call } = suite();
  const { body } = await call('GET', '/v1/capabilities');
  expect(body.capabilities.length).toBeGreaterThan(0);
  for (const capability of body.capabilities) expect(capability.length).toBeGreaterThan(2);
  expect(body.supported_intent_types.length).toBeGreaterThan(0);
  for (const type of body.supported_intent_types) expect(type).toMatch(/^intent\.[a-z0-9_]+\.v1$/);
});

test('a webhook subscription without an owner is everyone’s; five counters are whole numbers', async () => {
  const { call } = suite(createEmulator({ axme: { sendWebhooks: false } }));
  const { body: upserted } = await call('POST', '/v1/webhooks/subscriptions', {
    callback_url: 'https://example.test/hook',
    event_types: ['inbox.thread_created'],
  });
  const id = upserted.subscription.subscription_id;
  const { body: listed } = await call('GET', `/v1/webhooks/subscriptions?${OWNER}`);
  expect(listed.subscriptions).toMatchObject([{ subscription_id: id }]);
  const event = { event_type: 'inbox.thread_created', source: 'suite', payload: {} };
  const { body: published } = await call('POST', `/v1/webhooks/events?${OWNER}`, event);
  const { body: replayed } = await call('POST', `/v1/webhooks/events/${published.event_id}/replay?${OWNER}`);
  for (const counters of [published, replayed]) {
    expect(counters).toMatchObject({
      owner_agent: 'agent://conformance/owner',
      queued_deliveries: 1,
      processed_deliveries: 0,
      delivered: 0,
      pending: 1,
      dead_lettered: 0,
    });
  }
  expect((await call('DELETE', `/v1/webhooks/subscriptions/${id}?${OWNER}`)).status).toBe(200);
});

test('axme.check_nick is callable', async () => {
  const { call } = suite();
  const { body } = await call('POST', '/mcp', {
    jsonrpc: '2.0',
    id: '1',
    method: 'tools/call',
    params: { name: 'axme.check_nick', arguments: { nick: '@conformance' } },
  });
  expect(body.result).toMatchObject({ tool: 'axme.check_nick', status: expect.any(String) });
});
