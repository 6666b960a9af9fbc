import { describe, expect, test } from 'vitest';
import { EmulatorInputError, EmulatorNotFoundError, type IntentStatus } from '../../src/emulator/index.js';
import { Gateway } from './axme-client.js';

// The table of AXME contract §3.2, with the last two rows by their own words.
const LEGAL: Readonly<Record<string, readonly string[]>> = {
  SUBMITTED: ['DELIVERED', 'IN_PROGRESS', 'WAITING', 'FAILED', 'CANCELED', 'TIMED_OUT'],
  DELIVERED: ['ACKNOWLEDGED', 'IN_PROGRESS', 'WAITING', 'FAILED', 'CANCELED', 'TIMED_OUT'],
  ACKNOWLEDGED: ['IN_PROGRESS', 'WAITING', 'FAILED', 'CANCELED', 'TIMED_OUT'],
  IN_PROGRESS: ['WAITING', 'COMPLETED', 'FAILED', 'CANCELED', 'TIMED_OUT'],
  WAITING: ['IN_PROGRESS', 'FAILED', 'CANCELED', 'TIMED_OUT'],
  COMPLETED: [],
  FAILED: [],
  CANCELED: [],
  TIMED_OUT: [],
};
const ALL = ['CREATED', ...Object.keys(LEGAL)];

/** How an intent that was just submitted gets there. */
const WAYS: Readonly<Record<string, readonly string[]>> = {
  SUBMITTED: [],
  ACKNOWLEDGED: ['DELIVERED', 'ACKNOWLEDGED'],
  COMPLETED: ['IN_PROGRESS', 'COMPLETED'],
};

describe.each(Object.entries(LEGAL))('from %s', (from, legal) => {
  test.each(ALL)('to %s', async (to) => {
    const gateway = new Gateway();
    const { axme } = gateway.emulator;
    const id = await gateway.create();
    for (const status of WAYS[from] ?? [from]) axme.moveIntent(id, { status: status as IntentStatus });
    const move = () => axme.moveIntent(id, { status: to as IntentStatus });
    if (!legal.includes(to)) {
      expect(move).toThrow(EmulatorInputError);
      expect(axme.getIntent(id).status).toBe(from);
      return;
    }
    expect(move().status).toBe(to);
    const { body } = await gateway.get(`/v1/intents/${id}/events`);
    expect(body.events.at(-1)).toMatchObject({
      seq: body.events.length,
      event_type: `intent.${to.toLowerCase()}`,
      status: to,
      waiting_reason: to === 'WAITING' ? 'WAITING_FOR_AGENT' : null,
    });
  });
});

describe.each(['SUBMITTED', 'DELIVERED', 'ACKNOWLEDGED', 'IN_PROGRESS', 'WAITING'])('resolve from %s', (from) => {
  test.each([
    ['COMPLETED', { result: { yes: 1 } }],
    ['FAILED', { error: { code: 'no' } }],
    ['CANCELED', { reason: 'never mind' }],
  ])('to %s, once', async (status, companion) => {
    const gateway = new Gateway();
    const id = await gateway.create();
    for (const way of WAYS[from] ?? [from]) {
      gateway.emulator.axme.moveIntent(id, { status: way as IntentStatus });
    }
    const lacking = await gateway.post(`/v1/intents/${id}/resolve`, { status });
    expect([lacking.status, lacking.body.detail]).toMatchObject([
      422,
      [{ loc: ['body', Object.keys(companion)[0]], type: 'missing' }],
    ]);
    const { body } = await gateway.post(`/v1/intents/${id}/resolve`, { status, ...companion });
    expect(body).toMatchObject({
      ok: true,
      intent: { intent_id: id, status },
      event: { status, details: companion },
      completion_delivery: { delivered: false, reason: 'reply_to_not_set' },
    });
    expect(body.intent.pending_with).toBeUndefined();
    const again = await gateway.post(`/v1/intents/${id}/resolve`, { status, ...companion });
    expect([again.status, again.body]).toEqual([409, { detail: `intent is already ${status}` }]);
  });
});

test('the older status goes along, or does not', async () => {
  const gateway = new Gateway();
  const { axme } = gateway.emulator;
  const id = await gateway.create();
  const legacy: unknown[] = [];
  for (const status of ['DELIVERED', 'IN_PROGRESS', 'WAITING', 'IN_PROGRESS', 'COMPLETED'] as const) {
    axme.moveIntent(id, { status });
    legacy.push((await gateway.intent(id)).legacy_status);
  }
  expect(legacy).toEqual(['accepted', 'running', 'blocked', 'running', 'done']);
  const failed = await gateway.create();
  axme.resolveIntent(failed, { status: 'FAILED' });
  expect((await gateway.intent(failed)).legacy_status).toBe('failed');
  axme.legacyStatus = false;
  expect(await gateway.intent(failed)).not.toHaveProperty('legacy_status');
});

test('what a create lacks is named', async () => {
  const gateway = new Gateway();
  const { status, body } = await gateway.post('/v1/intents', {
    intent_type: 'Not.A.Type',
    correlation_id: 'no',
    payload: [],
    deadline_at: 'tomorrow',
    max_reminders: 0,
  });
  expect(status).toBe(422);
  const wrong = body.detail.map(({ loc }: { loc: string[] }) => loc.join('.'));
  expect(new Set(wrong)).toEqual(
    new Set([
      'body.intent_type',
      'body.correlation_id',
      'body.to_agent',
      'body.payload',
      'body.deadline_at',
      'body.max_reminders',
    ]),
  );
  expect(body.detail.find(({ loc }: { loc: string[] }) => loc[1] === 'to_agent')).toMatchObject({ type: 'missing' });
});

test('a payload that is too large is refused', async () => {
  const gateway = new Gateway();
  const of = (length: number) => ({ payload: { text: 'ä'.repeat(length) } });
  await gateway.create(of(65_530));
  await expect(gateway.create(of(65_531))).rejects.toThrow(/^413: {"detail":/);
});

test('unknown intents, events and ids of another kind', async () => {
  const gateway = new Gateway();
  const id = crypto.randomUUID();
  for (const path of ['', '/events', '/events/stream']) {
    const { status, body } = await gateway.get(`/v1/intents/${id}${path}`);
    expect([status, body]).toEqual([404, { detail: 'intent not found' }]);
  }
  for (const path of ['resolve', 'resume', 'controls', 'policy']) {
    const sent = await gateway.post(`/v1/intents/${id}/${path}`, { status: 'FAILED', error: {}, grants_patch: {} });
    expect(sent.status).toBe(404);
  }
  expect(() => gateway.emulator.axme.getIntent(id)).toThrow(EmulatorNotFoundError);
  const known = await gateway.create();
  for (const since of ['-1', 'x', '1.5']) {
    expect((await gateway.get(`/v1/intents/${known}/events?since=${since}`)).status).toBe(422);
  }
  const later = await gateway.get(`/v1/intents/${known}/events?since=1`);
  expect(later.body.events).toMatchObject([{ seq: 2 }]);
});
