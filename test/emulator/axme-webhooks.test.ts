import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Gateway } from './axme-client.js';
import { until } from './event-client.js';

const SECRET = 'a secret of sixteen and more';
const OWNER = 'agent://acme/shop/clerk';

let server: Server;
let url: string;
let statuses: number[];
let received: { headers: IncomingHttpHeaders; body: string }[];

beforeEach(async () => {
  statuses = [];
  received = [];
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece) => {
      body += piece;
    });
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(statuses.shift() ?? 200, { Connection: 'close' }).end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const subscribe = (gateway: Gateway, given: object = {}, query = '') =>
  gateway.post(`/v1/webhooks/subscriptions${query}`, {
    callback_url: url,
    event_types: ['inbox.thread_created', 'inbox.reply_received'],
    secret: SECRET,
    ...given,
  });

const publish = (gateway: Gateway) =>
  gateway.post('/v1/webhooks/events', { event_type: 'inbox.reply_received', source: 'test', payload: { ä: 1 } });

test('an event is delivered, signed', async () => {
  const gateway = new Gateway();
  await subscribe(gateway);
  const { body } = await publish(gateway);
  expect(body).toMatchObject({
    ok: true,
    event_type: 'inbox.reply_received',
    source: 'test',
    queued_deliveries: 1,
    processed_deliveries: 0,
    delivered: 0,
    pending: 1,
    dead_lettered: 0,
  });
  const { axme } = gateway.emulator;
  await until(() => axme.webhookDeliveries[0]?.status === 'delivered');
  const [hook] = received;
  expect(JSON.parse(hook!.body)).toEqual({
    event_id: body.event_id,
    event_type: 'inbox.reply_received',
    owner_agent: body.owner_agent,
    source: 'test',
    payload: { ä: 1 },
    accepted_at: body.accepted_at,
  });
  const signature = createHmac('sha256', SECRET).update(hook!.body).digest('hex');
  expect(hook!.headers['x-axme-signature']).toBe(`sha256=${signature}`);
  expect(axme.webhookDeliveries).toMatchObject([{ eventId: body.event_id, attempts: 1, lastStatus: 200 }]);

  const replayed = await gateway.post(`/v1/webhooks/events/${body.event_id}/replay`);
  expect(replayed.body).toMatchObject({ ok: true, event_id: body.event_id, queued_deliveries: 1 });
  await until(() => received.length === 2);
  expect(received[1]!.body).toBe(hook!.body);
});

test('what happens in an inbox is told by itself', async () => {
  const gateway = new Gateway();
  await subscribe(gateway, {}, `?owner_agent=${encodeURIComponent(OWNER)}`);
  const id = await gateway.create();
  await gateway.create({ to_agent: 'agent://acme/shop/other' });
  await until(() => received.length === 1);
  await gateway.post(`/v1/inbox/${id}/reply`, { message: 'hm' });
  await until(() => received.length === 2);
  expect(received.map(({ body }) => JSON.parse(body))).toMatchObject([
    { event_type: 'inbox.thread_created', owner_agent: OWNER, payload: { thread: { thread_id: id } } },
    { event_type: 'inbox.reply_received', owner_agent: OWNER, payload: { thread: { thread_id: id } } },
  ]);
});

test('what is not taken is tried again by the clock, and given up', async () => {
  const gateway = new Gateway({ axme: { webhookAttempts: 3, webhookRetryMs: 60_000 } });
  const { axme, clock } = gateway.emulator;
  await subscribe(gateway);
  statuses = [500, 302, 200, 500, 500, 500];
  await publish(gateway);
  const attempts = (count: number, of = 0) => until(() => axme.webhookDeliveries[of]?.attempts === count);
  await attempts(1);
  clock.advance(59_000);
  expect(axme.webhookDeliveries[0]).toMatchObject({ status: 'pending', attempts: 1, lastStatus: 500 });
  clock.advance(1000);
  await attempts(2);
  clock.advance(120_000);
  await attempts(3);
  expect(axme.webhookDeliveries[0]).toMatchObject({ status: 'delivered', lastStatus: 200 });

  await publish(gateway);
  await attempts(1, 1);
  clock.advance(60_000);
  await attempts(2, 1);
  clock.advance(120_000);
  await attempts(3, 1);
  expect(axme.webhookDeliveries[1]).toMatchObject({ status: 'dead_lettered', lastStatus: 500 });
  clock.advance(3_600_000);
  expect(received).toHaveLength(6);
});

test('nobody there, no secret, nothing sent', async () => {
  const gateway = new Gateway({ axme: { webhookAttempts: 1 } });
  const { axme } = gateway.emulator;
  await subscribe(gateway, { callback_url: 'http://127.0.0.1:1/hook' });
  await publish(gateway);
  await until(() => axme.webhookDeliveries[0]?.status === 'dead_lettered');
  expect(axme.webhookDeliveries[0]?.lastStatus).toBeUndefined();
  gateway.emulator.reset();
  expect(axme.webhookDeliveries).toEqual([]);
  await subscribe(gateway, { secret: undefined });
  await publish(gateway);
  await until(() => received.length === 1);
  expect(received[0]!.headers).not.toHaveProperty('x-axme-signature');
  axme.sendWebhooks = false;
  await publish(gateway);
  expect(axme.webhookDeliveries[1]).toMatchObject({ status: 'pending', attempts: 0 });
});

test('a closed emulator ends what is under way', async () => {
  const gateway = new Gateway();
  server.removeAllListeners('request');
  const asked = new Promise((resolve) => server.on('request', resolve));
  await subscribe(gateway);
  await publish(gateway);
  await asked;
  await gateway.emulator.close();
  expect(gateway.emulator.axme.webhookDeliveries[0]).toMatchObject({ status: 'pending', attempts: 0 });
});

test('subscriptions: one an owner and URL, revoked for good', async () => {
  const gateway = new Gateway();
  const first = (await subscribe(gateway)).body.subscription;
  expect(first).toEqual({
    subscription_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    owner_agent: gateway.emulator.axme.agentAddress,
    callback_url: url,
    event_types: ['inbox.thread_created', 'inbox.reply_received'],
    active: true,
    description: null,
    created_at: expect.stringMatching(/Z$/),
    updated_at: expect.stringMatching(/Z$/),
    revoked_at: null,
    secret_hint: `…${SECRET.slice(-4)}`,
  });
  const again = (await subscribe(gateway, { description: 'mine', active: false })).body.subscription;
  expect(again).toMatchObject({ subscription_id: first.subscription_id, description: 'mine', active: false });
  const list = async (query = '') =>
    (await gateway.get(`/v1/webhooks/subscriptions${query}`)).body.subscriptions.length;
  expect([await list(), await list('?include_inactive=true')]).toEqual([0, 1]);
  await subscribe(gateway);
  expect(await list(`?owner_agent=${OWNER}`)).toBe(1);
  const path = `/v1/webhooks/subscriptions/${first.subscription_id}`;
  const revoked = await gateway.send('DELETE', `${path}?owner_agent=${OWNER}`);
  expect(revoked.body).toEqual({
    ok: true,
    subscription_id: first.subscription_id,
    revoked_at: expect.stringMatching(/Z$/),
  });
  expect((await gateway.send('DELETE', path)).body).toEqual(revoked.body);
  expect(await list()).toBe(0);
  await publish(gateway);
  expect(gateway.emulator.axme.webhookDeliveries).toEqual([]);

  await subscribe(gateway, {}, `?owner_agent=${OWNER}`);
  expect([await list('?owner_agent=agent://a/b/c'), await list(`?owner_agent=${OWNER}`)]).toEqual([0, 1]);
  for (const wrong of [{ callback_url: 'ftp://no.test' }, { event_types: ['no'] }, { secret: 'short' }]) {
    expect((await subscribe(gateway, wrong)).status).toBe(422);
  }
  expect((await gateway.send('DELETE', `/v1/webhooks/subscriptions/${crypto.randomUUID()}`)).status).toBe(404);
  expect((await gateway.post(`/v1/webhooks/events/${crypto.randomUUID()}/replay`)).status).toBe(404);
});
