import { expect, test } from 'vitest';
import { Gateway } from './axme-client.js';

test('health follows the beats, and its changes are events', async () => {
  const gateway = new Gateway({ axme: { heartbeatMs: 30_000 } });
  const { clock, axme } = gateway.emulator;
  const health = async () => (await gateway.get('/v1/mesh/agents')).body.agents[0].health_status;
  expect(await health()).toBe('unknown');
  const seen: string[] = [];
  await gateway.post('/v1/mesh/heartbeat');
  for (let missed = 0; missed < 5; missed++) {
    seen.push(await health());
    clock.advance(30_000);
  }
  expect(seen).toEqual(['healthy', 'healthy', 'degraded', 'degraded', 'unreachable']);
  await gateway.post('/v1/mesh/heartbeat');
  expect(await health()).toBe('healthy');
  const { body } = await gateway.get('/v1/mesh/events?event_type=agent.health_changed&limit=2');
  expect(body.events).toMatchObject([
    { address: axme.agentAddress, details: { from: 'unreachable', to: 'healthy' }, actor_id: null },
    { address: axme.agentAddress, details: { from: 'degraded', to: 'unreachable' } },
  ]);
});

test('metrics add up within the window; every published form is taken', async () => {
  const gateway = new Gateway();
  const beat = async (metrics: object) => {
    const { status } = await gateway.post('/v1/mesh/heartbeat', { metrics });
    expect(status).toBe(200);
  };
  await beat({ intents_total: 2, intents_succeeded: 2, intents_failed: 0, avg_latency_ms: null, cost_usd: 0 });
  await beat({ intents_failed: 1, avg_latency_ms: 7.5, cost_usd: 0.25 });
  const agent = async (window: string) => (await gateway.get(`/v1/mesh/agents?window=${window}`)).body.agents[0];
  expect(await agent('day')).toMatchObject({
    intents_period: 2,
    cost_period: 0.25,
    metadata: {
      metrics: { intents_total: 2, intents_succeeded: 2, intents_failed: 1, avg_latency_ms: 7.5, cost_usd: 0.25 },
    },
  });
  gateway.emulator.clock.advance(2 * 86_400_000);
  expect([(await agent('day')).intents_period, (await agent('week')).intents_period]).toEqual([0, 2]);
  expect((await gateway.post('/v1/mesh/heartbeat', { metrics: { intents_total: -1 } })).status).toBe(422);
  expect((await gateway.get('/v1/mesh/agents/no')).status).toBe(404);
});

test('agents are listed by workspace, and found by address', async () => {
  const gateway = new Gateway();
  const { axme } = gateway.emulator;
  axme.addAgent({ address: 'acme/shop/clerk', displayName: 'Clerk' });
  const list = (query: string) =>
    gateway.get(`/v1/agents?org_id=${axme.orgId}&workspace_id=${axme.workspaceId}${query}`);
  const { body } = await list('');
  expect(body.agents).toMatchObject([
    { address: axme.agentAddress, status: 'active' },
    { address: 'agent://acme/shop/clerk', display_name: 'Clerk', service_account_name: 'clerk' },
  ]);
  expect((await list('&limit=1')).body.agents).toHaveLength(1);
  const elsewhere = await gateway.get(`/v1/agents?org_id=${crypto.randomUUID()}&workspace_id=${axme.workspaceId}`);
  expect(elsewhere.body.agents).toEqual([]);
  expect((await gateway.get('/v1/agents?org_id=x')).status).toBe(422);
  for (const address of ['acme/shop/clerk', 'agent://acme/shop/clerk', 'acme%2Fshop%2Fclerk']) {
    expect((await gateway.get(`/v1/agents/${address}`)).body.agent.address).toBe('agent://acme/shop/clerk');
  }
  expect((await gateway.get('/v1/agents/acme/shop/nobody')).status).toBe(404);
});
