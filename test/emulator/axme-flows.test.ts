import { describe, expect, test } from 'vitest';
import { type Frame, Gateway, intentOf } from './axme-client.js';

// The flows of AXME contract §10.4, by bare HTTP.

test('1: one creates and observes, the other resolves', async () => {
  const gateway = new Gateway();
  const id = await gateway.create();
  const seen: string[] = [];
  for await (const { event, data } of gateway.stream(`/v1/intents/${id}/events/stream?since=0&wait_seconds=60`)) {
    seen.push(event);
    if (data.seq === 2) await gateway.post(`/v1/intents/${id}/resolve`, { status: 'COMPLETED', result: { yes: 1 } });
  }
  expect(seen).toEqual(['intent.created', 'intent.submitted', 'intent.completed']);
});

test('2: one listens, the other sends; nothing old comes again', async () => {
  const gateway = new Gateway();
  const path = '/v1/agents/acme/shop/clerk/intents/stream';
  const heard: Frame[] = [];
  const listening = (async () => {
    for await (const frame of gateway.stream(`${path}?since=0&wait_seconds=60`)) {
      heard.push(frame);
      return;
    }
  })();
  const id = await gateway.create();
  await listening;
  expect(heard).toMatchObject([{ id: '1', event: 'intent.submitted', data: { intent_id: id, seq: 1 } }]);
  expect(await gateway.frames(`${path}?since=1&wait_seconds=1`)).toMatchObject([{ event: 'stream.timeout' }]);
  expect((await gateway.intent(id)).status).toBe('DELIVERED');
});

describe('6: idempotent create', () => {
  test('replay, conflict', async () => {
    const gateway = new Gateway();
    const body = intentOf();
    const key = { 'Idempotency-Key': 'order-7' };
    const first = await gateway.post('/v1/intents', body, key);
    const again = await gateway.post('/v1/intents', body, key);
    expect([again.status, again.body]).toEqual([200, first.body]);
    const other = await gateway.post('/v1/intents', { ...body, payload: { order: 8 } }, key);
    expect([other.status, other.body]).toEqual([409, { detail: 'idempotency key reused with different payload' }]);
  });
});
