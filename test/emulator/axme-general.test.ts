import { describe, expect, test } from 'vitest';
import { authenticate } from '../../src/emulator/axme/authenticate.js';
import { Core } from '../../src/emulator/axme/core.js';
import { createEmulator } from '../../src/emulator/index.js';
import { systemClock } from '../../src/runtime/clock.js';
import { GATEWAY, Gateway, intentOf } from './axme-client.js';
import { answerOf } from './helpers.js';

describe('credentials', () => {
  test('health needs none', async () => {
    const emulator = createEmulator();
    expect(await answerOf(emulator.fetch(`${GATEWAY}/health`))).toEqual({ status: 200, body: { ok: true } });
  });

  test('the key goes in x-api-key, or as a Bearer token', async () => {
    const emulator = createEmulator();
    const { apiKey } = emulator.axme;
    for (const headers of [
      { 'x-api-key': apiKey },
      { Authorization: `Bearer ${apiKey}` },
      { 'x-api-key': apiKey, Authorization: 'Bearer whatever' },
    ]) {
      const answer = await emulator.fetch(`${GATEWAY}/v1/capabilities`, { headers });
      expect(answer.status).toBe(200);
    }
  });

  test.each([
    ['none', {}, 'missing_platform_api_key'],
    ['an unknown key', { 'x-api-key': 'axme_sa_no_no' }, 'invalid_platform_api_key'],
    ['an unknown Bearer token', { Authorization: 'Bearer axme_sa_no_no' }, 'invalid_platform_api_key'],
  ])('%s is refused', async (_name, headers, code) => {
    const emulator = createEmulator();
    expect(await answerOf(emulator.fetch(`${GATEWAY}/v1/capabilities`, { headers: headers as HeadersInit }))).toEqual({
      status: 401,
      body: {
        error: { code, message: expect.stringMatching(/./), details: {} },
        detail: expect.stringMatching(/./),
      },
    });
  });
});

test('what is nowhere, and what is not allowed', async () => {
  const emulator = createEmulator();
  const nowhere = await emulator.fetch(`${GATEWAY}/v1/nowhere`);
  expect(await answerOf(nowhere)).toEqual({ status: 404, body: { detail: 'Not Found' } });
  const method = await emulator.fetch(`${GATEWAY}/v1/capabilities`, { method: 'DELETE' });
  expect(await answerOf(method)).toEqual({ status: 405, body: { detail: 'Method Not Allowed' } });
  expect(method.headers.get('allow')).toBe('GET');
});

test('request and trace ids are echoed, and a request id is made', async () => {
  const emulator = createEmulator();
  const echoed = await emulator.fetch(`${GATEWAY}/v1/nowhere`, {
    headers: { 'x-request-id': 'r-1', 'x-trace-id': 't-1' },
  });
  expect([echoed.headers.get('x-request-id'), echoed.headers.get('x-trace-id')]).toEqual(['r-1', 't-1']);
  const made = await emulator.fetch(`${GATEWAY}/health`);
  expect(made.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(made.headers.get('x-trace-id')).toBeNull();
});

test('the emulator says where it is, and a seed gives the same credentials', async () => {
  const [one, two] = [createEmulator({ seed: 1 }), createEmulator({ seed: 1 })];
  expect(one.axme.apiKey).toBe(two.axme.apiKey);
  expect(one.axme.actorToken.split('.')).toHaveLength(3);
  const described = await (await one.fetch('http://emulator.test/__emulator')).json();
  expect(described.data.axme).toEqual({
    baseUrl: GATEWAY,
    apiKey: one.axme.apiKey,
    actorToken: one.axme.actorToken,
    agentAddress: 'agent://emulator/default/caller',
    orgId: one.axme.orgId,
    workspaceId: one.axme.workspaceId,
  });
});

describe('idempotency', () => {
  const key = { 'Idempotency-Key': 'k-1' };

  test('at the same time, one intent', async () => {
    const gateway = new Gateway();
    const body = intentOf();
    const answers = await Promise.all(Array.from({ length: 20 }, () => gateway.post('/v1/intents', body, key)));
    expect(new Set(answers.map(({ body: { intent_id } }) => intent_id)).size).toBe(1);
    expect(gateway.emulator.axme.listIntents()).toHaveLength(1);
  });

  test('at the same time with another payload, one intent and a conflict', async () => {
    const gateway = new Gateway();
    const answers = await Promise.all([1, 2].map(() => gateway.post('/v1/intents', intentOf(), key)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(gateway.emulator.axme.listIntents()).toHaveLength(1);
  });

  test('what counts is what was parsed', async () => {
    const gateway = new Gateway();
    const given = intentOf({ payload: { a: 'ä', b: { c: 1, d: [1, 2] } } }) as Record<string, unknown>;
    const turned = Object.fromEntries(Object.entries(given).reverse());
    const raw = JSON.stringify({ ...turned, payload: { b: { d: [1, 2], c: 1 }, a: 'ä' } }, null, 2);
    const first = await gateway.post('/v1/intents', given, key);
    const again = await gateway.emulator.fetch(`${GATEWAY}/v1/intents`, {
      method: 'POST',
      headers: { 'x-api-key': gateway.emulator.axme.apiKey, ...key },
      body: raw.replaceAll('ä', '\\u00e4'),
    });
    expect(await again.json()).toEqual(first.body);
  });

  test('a day later it is another request', async () => {
    const gateway = new Gateway();
    const body = intentOf();
    const first = await gateway.post('/v1/intents', body, key);
    gateway.emulator.clock.advance(24 * 3_600_000 - 60_000);
    expect((await gateway.post('/v1/intents', body, key)).body).toEqual(first.body);
    gateway.emulator.clock.advance(60_000);
    expect((await gateway.post('/v1/intents', body, key)).body.intent_id).not.toBe(first.body.intent_id);
  });

  test('keys of other senders and endpoints do not meet, and a refusal is not remembered', async () => {
    const gateway = new Gateway();
    const body = intentOf();
    const other = gateway.emulator.axme.addAgent({ address: 'agent://acme/shop/other' });
    const ids = [
      (await gateway.post('/v1/intents', body, key)).body.intent_id,
      (await gateway.post('/v1/intents', body, { ...key, 'x-api-key': other.apiKey })).body.intent_id,
    ];
    expect(new Set(ids).size).toBe(2);
    const path = `/v1/intents/${ids[0]}/resolve`;
    expect((await gateway.post(path, { status: 'FAILED' }, key)).status).toBe(422);
    expect((await gateway.post(path, { status: 'FAILED', error: { code: 'no' } }, key)).status).toBe(200);
    const replayed = await gateway.post(path, { status: 'FAILED', error: { code: 'no' } }, key);
    expect([replayed.status, replayed.body.event.seq]).toEqual([200, 3]);
  });
});

describe('strict mode', () => {
  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

  test('says what a credential lacks', async () => {
    const gateway = new Gateway({ axme: { strict: true } });
    const { axme, clock } = gateway.emulator;
    const codeOf = async (headers: Record<string, string>) => {
      const { status, body } = await gateway.get('/v1/capabilities', headers);
      return [status, body.error?.code];
    };
    expect(await codeOf({})).toEqual([200, undefined]);
    expect(await codeOf(bearer('no'))).toEqual([401, 'invalid_actor_token']);
    expect(await codeOf(bearer(axme.actorToken))).toEqual([200, undefined]);
    expect(await codeOf(bearer(axme.addActor({ scope: 'other' }).token))).toEqual([403, 'invalid_actor_scope']);
    const brief = axme.addActor({ expiresInMs: 1000 });
    clock.advance(60_000);
    expect(await codeOf(bearer(brief.token))).toEqual([200, undefined]);
    clock.advance(1000);
    expect(await codeOf(bearer(brief.token))).toEqual([401, 'invalid_actor_token']);
  });

  test('wants an actor token where there is one to want', () => {
    const core = new Core({ strict: true }, 'seed', systemClock);
    const headers = { 'x-api-key': core.keys.first.token };
    const request = new Request(`${GATEWAY}/v1/organizations`, { headers });
    expect(() => authenticate(request, 'actor', core)).toThrow(
      expect.objectContaining({ status: 401, code: 'missing_actor_token' }),
    );
    expect(authenticate(request, 'machine', core).actor).toBeUndefined();
    const both = new Request(request, { headers: { ...headers, ...bearer(core.actors.first.token) } });
    expect(authenticate(both, 'actor', core).actor).toBe(core.actors.first);
  });

  test('takes no unknown names, agents, approvals', async () => {
    const gateway = new Gateway({ axme: { strict: true } });
    const known = { to_agent: gateway.emulator.axme.agentAddress };
    const unknown = await gateway.post('/v1/intents', intentOf({ ...known, owner_agent: 'agent://a/b/c' }));
    expect([unknown.status, unknown.body.detail]).toMatchObject([
      422,
      [{ loc: ['body', 'owner_agent'], type: 'extra_forbidden' }],
    ]);
    const nobody = await gateway.post('/v1/intents', intentOf());
    expect([nobody.status, nobody.body.error.code]).toEqual([404, 'agent_not_found']);
    await gateway.create(known);
    const approval = `/v1/approvals/${crypto.randomUUID()}/decision`;
    expect((await gateway.post(approval, { decision: 'approve' })).status).toBe(404);
    expect((await gateway.get('/v1/agents/no/such/agent/intents/stream')).status).toBe(404);
  });

  test('by default unknown names are passed over', async () => {
    const gateway = new Gateway();
    const id = await gateway.create({ owner_agent: 'agent://a/b/c' });
    expect(await gateway.intent(id)).not.toHaveProperty('owner_agent');
  });
});

test('an empty body with a JSON content type is an empty object', async () => {
  const gateway = new Gateway();
  const id = await gateway.create();
  const resumed = await gateway.post(`/v1/intents/${id}/resume`);
  expect(resumed.body.intent.status).toBe('IN_PROGRESS');
  const broken = await gateway.emulator.fetch(`${GATEWAY}/v1/intents`, {
    method: 'POST',
    headers: { 'x-api-key': gateway.emulator.axme.apiKey },
    body: '{',
  });
  expect(await answerOf(broken)).toEqual({ status: 400, body: { detail: expect.stringMatching(/JSON/) } });
});

test('browsers may send and read what they need', async () => {
  const gateway = new Gateway();
  const preflight = await gateway.emulator.fetch(`${GATEWAY}/v1/intents`, {
    method: 'OPTIONS',
    headers: {
      Origin: 'http://app.test',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'x-api-key,idempotency-key,x-trace-id,x-owner-agent',
    },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-headers')).toContain('idempotency-key');
  const answer = await gateway.get('/v1/capabilities', { Origin: 'http://app.test' });
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
});

test('a reset takes everything back, and the first credentials stay', async () => {
  const gateway = new Gateway({ seed: 7 });
  const { emulator } = gateway;
  const before = (await gateway.get('/v1/inbox')).body.threads;
  const key = { 'Idempotency-Key': 'k-1' };
  const body = intentOf({ deadline_at: new Date(emulator.clock.now() + 1000).toISOString() });
  await gateway.post('/v1/intents', body, key);
  const { apiKey } = emulator.axme.addAgent({ address: 'agent://acme/shop/clerk' });
  const actor = emulator.axme.addActor();
  emulator.axme.configure({ strict: true, keepaliveMs: 1 });
  emulator.reset();
  expect(emulator.axme.strict).toBe(false);
  expect(emulator.axme.listIntents()).toEqual([]);
  expect((await gateway.get('/v1/capabilities', { 'x-api-key': apiKey })).status).toBe(401);
  emulator.axme.strict = true;
  expect((await gateway.get('/v1/capabilities', { Authorization: `Bearer ${actor.token}` })).status).toBe(401);
  emulator.axme.strict = false;
  const after = (await gateway.get('/v1/inbox')).body.threads;
  expect(after).toHaveLength(1);
  expect(after[0].owner_agent).toBe(before[0].owner_agent);
  expect((await gateway.post('/v1/intents', intentOf(), key)).status).toBe(200);
});

test('the page shows intents', async () => {
  const gateway = new Gateway();
  const id = await gateway.create();
  const page = await (await gateway.emulator.fetch('http://emulator.test/')).text();
  expect(page).toContain(`<td>${id}<td>orders.approve.v1<td>SUBMITTED`);
});
