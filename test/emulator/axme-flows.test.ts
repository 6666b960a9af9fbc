import { describe, expect, test } from 'vitest';
import { type Frame, Gateway, intentOf } from './axme-client.js';
import { until } from './event-client.js';

// The flows of AXME contract §10.4, by bare HTTP.

const streamPath = (id: string, since = 0, wait = 60) =>
  `/v1/intents/${id}/events/stream?since=${since}&wait_seconds=${wait}`;

test('1: one creates and observes, the other resolves', async () => {
  const gateway = new Gateway();
  const id = await gateway.create();
  const seen: string[] = [];
  for await (const { event, data } of gateway.stream(streamPath(id))) {
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
  const restarted = gateway.frames(`${path}?since=1&wait_seconds=1`);
  await until(() => gateway.emulator.axme.openStreams === 1);
  gateway.emulator.clock.advance(1000);
  expect(await restarted).toMatchObject([{ event: 'stream.timeout' }]);
  expect((await gateway.intent(id)).status).toBe('DELIVERED');
});

test('3: the end is delivered to reply_to', async () => {
  const gateway = new Gateway();
  const id = await gateway.create({ reply_to: 'agent://acme/shop/boss' });
  const { body } = await gateway.post(`/v1/intents/${id}/resolve`, { status: 'COMPLETED', result: { yes: 1 } });
  expect(body.completion_delivery).toEqual({
    delivered: true,
    reply_to: 'agent://acme/shop/boss',
    thread_id: id,
    message_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    completion: { type: 'intent.completed', intent_id: id, status: 'COMPLETED' },
  });
  const inbox = await gateway.get('/v1/inbox?owner_agent=agent%3A%2F%2Facme%2Fshop%2Fboss');
  expect(inbox.body.threads).toMatchObject([{ thread_id: id, intent_id: id, status: 'done' }]);
  expect(inbox.body.threads[0].timeline[0]).toMatchObject({
    event_id: body.completion_delivery.message_id,
    event_type: 'intent_completion_delivered',
    details: { result: { yes: 1 } },
  });
});

test('4: a human task takes only an outcome that it allows', async () => {
  const gateway = new Gateway();
  const id = await gateway.create({ human_task: { title: 'May I?', allowed_outcomes: ['approved', 'rejected'] } });
  expect(await gateway.intent(id)).toMatchObject({ status: 'WAITING', pending_with: { type: 'human' } });
  const wrong = await gateway.post(`/v1/intents/${id}/resume`, { task_result: { outcome: 'perhaps' } });
  expect(wrong.status).toBe(422);
  expect(wrong.body.detail).toMatchObject([{ loc: ['body', 'task_result', 'outcome'] }]);
  const right = await gateway.post(`/v1/intents/${id}/resume`, { task_result: { outcome: 'approved' } });
  expect(right.body).toMatchObject({ ok: true, applied: true, intent: { status: 'COMPLETED' } });
  const frames = await gateway.frames(streamPath(id));
  expect(frames.at(-1)?.data).toMatchObject({
    event_type: 'intent.completed',
    status: 'COMPLETED',
    details: { result: { outcome: 'approved' } },
  });
});

test('5: a deadline passes', async () => {
  const gateway = new Gateway();
  const { clock } = gateway.emulator;
  const due = new Date(clock.now() + 3_600_000).toISOString();
  const id = await gateway.create({ deadline_at: due });
  const observing = gateway.frames(streamPath(id));
  await until(() => gateway.emulator.axme.openStreams === 1);
  clock.advance(3_600_001);
  const frames = await observing;
  expect(frames.at(-1)?.data).toMatchObject({ event_type: 'intent.timed_out', status: 'TIMED_OUT', at: due });
});

test('6: an idempotent create, its replay, its conflict', async () => {
  const gateway = new Gateway();
  const body = intentOf();
  const key = { 'Idempotency-Key': 'order-7' };
  const first = await gateway.post('/v1/intents', body, key);
  const again = await gateway.post('/v1/intents', body, key);
  expect([again.status, again.body]).toEqual([200, first.body]);
  const other = await gateway.post('/v1/intents', { ...body, payload: { order: 8 } }, key);
  expect([other.status, other.body]).toEqual([409, { detail: 'idempotency key reused with different payload' }]);
});

test('7: 503 twice, then success', async () => {
  const gateway = new Gateway();
  gateway.emulator.faults.add({
    path: '/axme/v1/capabilities',
    times: 2,
    respond: { status: 503, body: { detail: 'busy' }, retryAfter: 1 },
  });
  const answers = [];
  for (let attempt = 1; attempt <= 3; attempt++) answers.push(await gateway.get('/v1/capabilities'));
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 200]);
  expect(answers[0]?.headers.get('retry-after')).toBe('1');
});

test('8: streams are switched off, lists are not', async () => {
  const gateway = new Gateway();
  const id = await gateway.create();
  gateway.emulator.axme.streams = false;
  for (const path of [streamPath(id), '/v1/agents/acme/shop/clerk/intents/stream?since=0&wait_seconds=1']) {
    expect((await gateway.get(path)).status).toBe(404);
  }
  expect(await gateway.eventTypes(id)).toEqual(['intent.created', 'intent.submitted']);
});

describe('9: a stale generation', () => {
  test.each(['controls', 'policy', 'resume', 'resolve'])('of %s', async (what) => {
    const gateway = new Gateway();
    const id = await gateway.create();
    const patch = { controls_patch: { timeout_seconds: 60 } };
    const first = await gateway.post(`/v1/intents/${id}/controls`, { ...patch, expected_policy_generation: 0 });
    expect(first.body).toMatchObject({ ok: true, applied: true, policy_generation: 1 });
    const stale = {
      ...patch,
      envelope_patch: { max_retry_count: 1 },
      status: 'COMPLETED',
      result: {},
      expected_policy_generation: 0,
    };
    const conflict = await gateway.post(`/v1/intents/${id}/${what}`, stale);
    expect([conflict.status, conflict.body]).toEqual([
      409,
      { detail: 'stale_policy_generation', policy_generation: 1 },
    ]);
    gateway.emulator.axme.staleGeneration = 'not_applied';
    const told = await gateway.post(`/v1/intents/${id}/${what}`, stale);
    expect([told.status, told.body]).toMatchObject([
      200,
      { ok: true, applied: false, reason: 'stale_policy_generation', policy_generation: 1 },
    ]);
    expect(await gateway.intent(id)).toMatchObject({ status: 'SUBMITTED', policy_generation: 1 });
  });
});

describe('10: MCP', () => {
  const rpc = (gateway: Gateway, method: string, params?: object, headers?: Record<string, string>) =>
    gateway.post('/mcp', { jsonrpc: '2.0', id: 'r-1', method, ...(params === undefined ? {} : { params }) }, headers);

  test('initialize, list, call', async () => {
    const gateway = new Gateway();
    const hello = await rpc(gateway, 'initialize', { protocolVersion: '2025-03-26' });
    expect(hello.body).toMatchObject({ jsonrpc: '2.0', id: 'r-1', result: { protocolVersion: '2025-03-26' } });
    const list = await rpc(gateway, 'tools/list', {});
    const names = list.body.result.tools.map(({ name }: { name: string }) => name);
    expect(names).toEqual(['axme.check_nick', 'axme.send', 'axme.reply', 'axme.list_inbox']);
    const checked = await rpc(gateway, 'tools/call', { name: 'axme.check_nick', arguments: { nick: ' @Some.One ' } });
    expect(checked.body.result).toEqual({
      ok: true,
      tool: 'axme.check_nick',
      status: 'completed',
      data: { nick: '@some.one', normalized_nick: 'some.one', public_address: 'some.one@ax', available: true },
    });
  });

  test('send, list and reply do what the routes do', async () => {
    const gateway = new Gateway();
    const owner_agent = 'agent://acme/shop/clerk';
    const send = { name: 'axme.send', arguments: { to_agent: owner_agent, idempotency_key: 'one', payload: { a: 1 } } };
    const sent = (await rpc(gateway, 'tools/call', send)).body.result.data;
    expect((await rpc(gateway, 'tools/call', send)).body.result.data).toEqual(sent);
    expect(await gateway.intent(sent.intent_id)).toMatchObject({ payload: { a: 1 }, to_agent: owner_agent });
    const list = await rpc(gateway, 'tools/call', { name: 'axme.list_inbox', owner_agent });
    expect(list.body.result.data.threads).toMatchObject([{ thread_id: sent.intent_id }]);
    const reply = { name: 'axme.reply', owner_agent, arguments: { thread_id: sent.intent_id, message: 'Yes.' } };
    const replied = await rpc(gateway, 'tools/call', reply);
    expect(replied.body.result.data.thread.timeline.at(-1)).toMatchObject({ details: { message: 'Yes.' } });
  });

  test('each error code', async () => {
    const gateway = new Gateway();
    const { emulator } = gateway;
    const { address } = emulator.axme.addAgent({ address: 'agent://acme/shop/killed' });
    const { body } = await gateway.get('/v1/mesh/agents');
    const killed = body.agents.find((agent: { address: string }) => agent.address === address);
    await gateway.post(`/v1/mesh/agents/${killed.address_id}/kill`);
    const call = (name: string, given: object) => rpc(gateway, 'tools/call', { name, arguments: given });
    const codeOf = async (answer: Promise<{ status: number; body: { error?: { code: number } } }>) => {
      const { status, body } = await answer;
      return [status, body.error?.code];
    };
    expect(await codeOf(rpc(gateway, 'tools/list', {}, { 'x-api-key': 'no' }))).toEqual([200, -32001]);
    expect(await codeOf(call('axme.send', { to_agent: address }))).toEqual([200, -32003]);
    expect(await codeOf(call('axme.check_nick', {}))).toEqual([200, -32602]);
    expect(await codeOf(call('axme.check_nick', { nick: 7 }))).toEqual([200, -32602]);
    expect(await codeOf(call('axme.check_nick', { nick: '?' }))).toEqual([200, -32602]);
    expect(await codeOf(call('axme.reply', { thread_id: 'no', message: 'no' }))).toEqual([200, -32602]);
    expect(await codeOf(call('axme.no', {}))).toEqual([200, -32602]);
    expect(await codeOf(rpc(gateway, 'tools/call', { name: 'axme.send', arguments: [] }))).toEqual([200, -32602]);
    expect(await codeOf(rpc(gateway, 'no'))).toEqual([200, -32601]);
    expect(await codeOf(gateway.post('/mcp', { method: 'ping' }))).toEqual([200, -32600]);
    const broken = emulator.fetch('http://emulator.test/axme/mcp', { method: 'POST', body: '{' });
    expect((await (await broken).json()).error.code).toBe(-32700);
    expect((await gateway.fetch('POST', '/mcp', { jsonrpc: '2.0', method: 'notifications/initialized' })).status).toBe(
      202,
    );
    expect((await rpc(gateway, 'ping')).body.result).toEqual({});
  });
});

test('11: heartbeat, kill, refusal, resume', async () => {
  const gateway = new Gateway();
  const { address, apiKey } = gateway.emulator.axme.addAgent({ address: 'agent://acme/shop/clerk' });
  const metrics = { intents_total: 3, intents_succeeded: 2, intents_failed: 1, avg_latency_ms: 12.5, cost_usd: 0.5 };
  const beat = await gateway.post('/v1/mesh/heartbeat', { metrics }, { 'x-api-key': apiKey });
  expect(beat.body).toEqual({ ok: true, status: 'healthy' });
  await gateway.post('/v1/mesh/heartbeat', { metrics: { intents_total: 1 } }, { 'x-api-key': apiKey });
  const { body } = await gateway.get('/v1/mesh/agents?health=healthy&window=week');
  expect(body.agents).toMatchObject([{ address, health_status: 'healthy', intents_period: 4, cost_period: 0.5 }]);
  expect(body.summary).toEqual({ total: 2, healthy: 1, degraded: 0, unreachable: 0, killed: 0 });
  const id = body.agents[0].address_id;

  expect((await gateway.post(`/v1/mesh/agents/${id}/kill`)).body).toEqual({ ok: true, status: 'killed' });
  for (const parties of [{ to_agent: address }, { from_agent: address }]) {
    const refused = await gateway.post('/v1/intents', intentOf(parties));
    expect([refused.status, refused.body.error.code]).toEqual([403, 'policy_denied']);
  }
  expect((await gateway.get(`/v1/mesh/agents/${id}`)).body.agent.health_status).toBe('killed');
  expect((await gateway.post(`/v1/mesh/agents/${id}/resume`)).body).toEqual({ ok: true, status: 'active' });
  await gateway.create({ to_agent: address });
  const events = await gateway.get('/v1/mesh/events?limit=10');
  expect(events.body.events.map(({ event_type }: { event_type: string }) => event_type)).toEqual([
    'agent.resumed',
    'agent.killed',
    'agent.health_changed',
  ]);
});

test('12: a scenario is validated and applied; the step completes through resume', async () => {
  const gateway = new Gateway();
  const bundle = {
    scenario_id: 'orders.approval',
    agents: [{ role: 'clerk', address: 'agent://acme/shop/clerk', create_if_missing: true }],
    workflow: { steps: [{ step_id: 'check', tool_id: 'tool.check', assigned_to: 'clerk' }] },
    intent: { type: 'orders.check', payload: { order: 7 } },
  };
  const valid = await gateway.post('/v1/scenarios/validate', bundle);
  expect(valid.body).toEqual({ ok: true, valid: true, errors: [], warnings: [] });
  const applied = await gateway.post('/v1/scenarios/apply', bundle);
  expect(applied.body).toMatchObject({
    ok: true,
    scenario_id: 'orders.approval',
    status: 'DELIVERED',
    pending_with: 'agent://acme/shop/clerk',
    agents_provisioned: ['agent://acme/shop/clerk'],
    idempotent: false,
  });
  const id = applied.body.intent_id;
  const agent = await gateway.get('/v1/agents/acme/shop/clerk');
  expect(agent.body.agent).toMatchObject({ address: 'agent://acme/shop/clerk', status: 'active' });
  const path = '/v1/agents/acme/shop/clerk/intents/stream?since=0&wait_seconds=1';
  for await (const { data } of gateway.stream(path)) {
    expect(data).toMatchObject({ intent_id: id, seq: 1 });
    break;
  }
  const done = await gateway.post(`/v1/intents/${id}/resume`, { action: 'complete', answer: 42 });
  expect(done.body.intent.status).toBe('COMPLETED');
  const events = await gateway.get(`/v1/intents/${id}/events`);
  expect(events.body.events.at(-1)).toMatchObject({
    event_type: 'intent.completed',
    details: { result: { answer: 42 } },
  });
});
