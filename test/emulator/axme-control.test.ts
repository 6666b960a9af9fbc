import { describe, expect, test } from 'vitest';
import { createEmulator, EmulatorInputError, EmulatorNotFoundError } from '../../src/emulator/index.js';
import { Gateway } from './axme-client.js';
import { until } from './event-client.js';

const ORIGIN = 'http://emulator.test';

describe('the control', () => {
  test('creates as another client would', async () => {
    const gateway = new Gateway();
    const { axme, clock } = gateway.emulator;
    const intent = axme.createIntent({ toAgent: 'agent://acme/shop/clerk', payload: { a: 1 }, deadlineInMs: 1000 });
    expect(intent).toMatchObject({ status: 'SUBMITTED', intentType: 'intent.ask.v1', lastSeq: 2, policyGeneration: 0 });
    expect(await gateway.intent(intent.intentId)).toMatchObject({ payload: { a: 1 }, from_agent: axme.agentAddress });
    clock.advance(1000);
    expect(axme.getIntent(intent.intentId).status).toBe('TIMED_OUT');
    expect(() => axme.resolveIntent(intent.intentId)).toThrow(EmulatorInputError);
    expect(() => axme.addEvents(intent.intentId)).toThrow(EmulatorInputError);
  });

  test('fails deliveries: the next is tried, the last fails the intent', async () => {
    const gateway = new Gateway();
    const { axme } = gateway.emulator;
    const id = await gateway.create({ max_delivery_attempts: 2 });
    expect(axme.failDelivery(id)).toMatchObject({ status: 'SUBMITTED', deliveryAttempt: 2 });
    expect(axme.failDelivery(id).status).toBe('FAILED');
    expect(() => axme.failDelivery(id)).toThrow(EmulatorInputError);
  });

  test('names the field that is wrong', () => {
    const { axme } = createEmulator();
    expect(() => axme.configure({ staleGeneration: 'no' as never })).toThrow(/axme\.staleGeneration/);
    expect(() => createEmulator({ axme: { webhookAttempts: 0 } })).toThrow(/axme\.webhookAttempts/);
    expect(() => axme.createIntent({ deadlineInMs: -1 })).toThrow(/intent\.deadlineInMs/);
    expect(() => axme.addActor({ expiresInMs: -1 })).toThrow(/actor\.expiresInMs/);
    expect(() => axme.openThread({} as never)).toThrow(/thread\.ownerAgent/);
    expect(() => axme.dropStreams({ how: 'no' as never })).toThrow(/drop\.how/);
    expect(() => axme.getIntent('no')).toThrow(EmulatorNotFoundError);
  });

  test('with a seed, ids are the same each time', () => {
    const ids = [1, 2].map(() => {
      const { axme } = createEmulator({ seed: 's' });
      return [axme.createIntent().intentId, axme.addAgent({ address: 'a/b/c' }).apiKey, axme.addActor().token];
    });
    expect(ids[0]).toEqual(ids[1]);
  });
});

test('what is due happens by itself, without a request', async () => {
  const gateway = new Gateway();
  const { axme, clock } = gateway.emulator;
  const { intentId } = axme.createIntent({ deadlineInMs: 1000 });
  const stream = gateway.frames(`/v1/intents/${intentId}/events/stream?since=2&wait_seconds=60`);
  await until(() => axme.openStreams === 1);
  clock.advance(1000);
  expect((await stream).map(({ event }) => event)).toEqual(['intent.timed_out']);
});

describe('its routes', () => {
  const call = (emulator: ReturnType<typeof createEmulator>) => async (method: string, path: string, body?: object) => {
    const response = await emulator.fetch(`${ORIGIN}/__emulator/axme${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, ...(await response.json()) };
  };

  test('read and set the settings', async () => {
    const emulator = createEmulator();
    const control = call(emulator);
    expect((await control('GET', '/settings')).data).toEqual({
      strict: false,
      deliveryOutcome: 'delivered',
      staleGeneration: 'conflict',
      streams: true,
      completePlainIntents: false,
      closeThreads: false,
      legacyStatus: true,
      keepaliveMs: 5000,
      redeliveryMs: 30_000,
      sendWebhooks: true,
      webhookAttempts: 5,
      webhookRetryMs: 1000,
      heartbeatMs: 30_000,
    });
    expect((await control('PATCH', '/settings', { strict: true })).data.strict).toBe(true);
    expect(emulator.axme.strict).toBe(true);
    expect(await control('PATCH', '/settings', { strict: 1 })).toMatchObject({ status: 400, ok: false });
  });

  test('do what the control does', async () => {
    const emulator = createEmulator();
    const control = call(emulator);
    const made = await control('POST', '/intents', { toAgent: 'agent://acme/shop/clerk' });
    expect(made).toMatchObject({ status: 201, data: { status: 'SUBMITTED' } });
    const path = `/intents/${made.data.intentId}`;
    expect((await control('POST', `${path}/events`, { times: 2 })).data.lastSeq).toBe(4);
    expect((await control('POST', `${path}/fail-delivery`)).data.deliveryAttempt).toBe(2);
    expect((await control('POST', `${path}/move`, { status: 'WAITING' })).data.status).toBe('WAITING');
    expect((await control('POST', `${path}/approve`, { comment: 'ok' })).data.status).toBe('IN_PROGRESS');
    expect((await control('POST', `${path}/resolve`)).data.status).toBe('COMPLETED');
    expect(await control('POST', `${path}/resolve`)).toMatchObject({ status: 400 });
    expect((await control('GET', '/intents')).data.intents).toMatchObject([{ status: 'COMPLETED' }]);
    expect((await control('GET', path)).data.status).toBe('COMPLETED');
    expect(await control('GET', '/intents/no')).toMatchObject({ status: 404 });
    const task = async () =>
      `/intents/${(await control('POST', '/intents', { humanTask: { title: 'May I?' } })).data.intentId}`;
    expect((await control('POST', `${await task()}/answer`, { outcome: 'yes' })).data.status).toBe('COMPLETED');
    expect((await control('POST', `${await task()}/reject`)).data.status).toBe('CANCELED');
    expect((await control('POST', '/actors', { roles: ['member'] })).data.roles).toEqual(['member']);
    expect((await control('POST', '/agents', { address: 'a/b/c' })).data.address).toBe('agent://a/b/c');
    expect((await control('POST', '/threads', { ownerAgent: 'agent://a/b/c' })).status).toBe(201);
    const approval = await control('POST', '/approvals');
    expect((await control('GET', '/approvals')).data.approvals).toEqual([approval.data]);
    expect((await control('GET', '/webhook-deliveries')).data).toEqual({ deliveries: [] });
    expect((await control('GET', '/streams')).data).toEqual({ open: 0 });
    expect((await control('POST', '/streams/drop', { how: 'end' })).data).toEqual({ streams: 0 });
  });
});
