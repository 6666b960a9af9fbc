import { describe, expect, it } from 'vitest';
import { AgentOtpClient, AuthenticationError, NotFoundError, type PolicyInput } from '../../src/agent-otp/index.js';
import { failure } from '../http/clients.js';
import { httpServer, json } from '../http/servers.js';
import { DIALECTS, scene } from './helpers.js';

describe.each(DIALECTS)('%s', (dialect) => {
  it('agents are created, listed, changed, given new keys and deleted', async () => {
    const { client, another } = scene({ dialect });
    const agent = await client.createAgent({ name: 'Bot', metadata: { snake_key: 1 } });
    expect(agent).toMatchObject({
      name: 'Bot',
      metadata: { snake_key: 1 },
      isActive: true,
      createdAt: expect.any(Date),
    });
    expect(agent.apiKey).toMatch(/^ak_/);
    expect(JSON.stringify(agent)).not.toContain(agent.apiKey);
    expect(await another({ apiKey: agent.apiKey }).requestPermission({ action: 'a' })).toMatchObject({
      status: 'pending',
    });
    const page = await client.listAgents({ limit: 1, page: 2 });
    expect(page.data).toHaveLength(1);
    expect(page.data[0]).toMatchObject({ apiKeyPrefix: expect.any(String) });
    expect(await client.updateAgent(agent.id, { isActive: false, description: 'old' })).toMatchObject({
      isActive: false,
      description: 'old',
    });
    expect(await client.getAgent(agent.id)).toMatchObject({ id: agent.id, isActive: false });
    const rotated = await client.rotateAgentKey(agent.id);
    expect(rotated.apiKey).not.toBe(agent.apiKey);
    expect(await failure(another({ apiKey: agent.apiKey }).getPermission('x'))).toBeInstanceOf(AuthenticationError);
    expect(await client.deleteAgent(agent.id)).toMatchObject({ deleted: true });
    expect(await failure(client.getAgent(agent.id))).toBeInstanceOf(NotFoundError);
  });

  it('policies decide, whichever way their operators are spelled', async () => {
    const { client } = scene({ dialect });
    const policy = await client.createPolicy({
      name: 'small payments',
      priority: 5,
      action: 'auto_approve',
      conditions: { action: { starts_with: 'pay.' }, 'context.amount': { lessThanOrEqual: 10, greater_than: 0 } },
      scopeTemplate: { max_amount: 10 },
    });
    expect(policy).toMatchObject({ name: 'small payments', priority: 5, action: 'auto_approve' });
    const ask = (action: string, amount: number) => client.requestPermission({ action, context: { amount } });
    expect(await ask('pay.out', 5)).toMatchObject({ status: 'approved', scope: { max_amount: 10 } });
    expect(await ask('pay.out', 50)).toMatchObject({ status: 'pending' });
    expect(await ask('bank.transfer', 5)).toMatchObject({ status: 'pending' });
    expect(await client.updatePolicy(policy.id, { action: 'deny', scopeTemplate: null })).toMatchObject({
      action: 'deny',
    });
    expect(await ask('pay.out', 5)).toMatchObject({ status: 'denied' });
    expect((await client.listPolicies()).data).toHaveLength(1);
    expect(await client.getPolicy(policy.id)).toMatchObject({ id: policy.id });
    expect(await client.deletePolicy(policy.id)).toMatchObject({ deleted: true });
  });

  it('the audit log tells what happened', async () => {
    const { client, emulator } = scene({ dialect });
    const { id } = await client.requestPermission({ action: 'a' });
    emulator.agentOtp.approve(id);
    const trail = await client.getPermissionAuditTrail(id);
    expect(trail.map(({ eventType }) => eventType)).toEqual(['request', 'approve']);
    expect(trail[0]!.createdAt).toBeInstanceOf(Date);
    const all = await client.getAuditLogs({
      eventType: 'request',
      startDate: new Date(0),
      endDate: '2100-01-01T00:00:00.000Z',
    });
    expect(all.data.map(({ permissionRequestId }) => permissionRequestId)).toEqual([id]);
    const [{ agentId } = { agentId: '' }] = all.data;
    expect((await client.getAgentAuditLogs(agentId!)).data).toHaveLength(2);
    expect(await client.getAuditStats()).toMatchObject({ total: expect.any(Number), byEventType: { request: 1 } });
  });
});

it('the service tells of itself without a key', async () => {
  const { client } = scene();
  expect(await client.health()).toMatchObject({ status: 'healthy' });
  expect(await client.apiInfo()).toMatchObject({ name: expect.any(String) });
});

it('without an owner nothing is sent', async () => {
  const server = await httpServer(json(200, {}));
  const client = new AgentOtpClient({ apiKey: 'ak_1', baseUrl: server.url });
  expect(await failure(client.listAgents())).toMatchObject({
    name: 'ValidationError',
    details: { ownerId: expect.any(String) },
  });
  expect(server.requests).toHaveLength(0);
  const owner = new AgentOtpClient({ ownerId: 'o', baseUrl: server.url });
  expect(await failure(owner.getPermission('x'))).toMatchObject({ code: 'MISSING_API_KEY' });
});

describe('a policy that servers would take to hold always is refused', () => {
  const policy = (conditions: unknown, more: object = {}) =>
    ({ name: 'x', action: 'auto_approve', conditions, ...more }) as PolicyInput;
  it.each<[string, PolicyInput, string]>([
    ['an empty condition', policy({ action: {} }), 'conditions["action"]'],
    ['one that ends up empty', policy({ action: { equals: undefined } }), 'conditions["action"]'],
    ['an unknown operator', policy({ action: { begins_with: 'a' } }), 'conditions["action"].begins_with'],
    ['an inherited name', policy({ action: { toString: 'a' } }), 'conditions["action"].toString'],
    ['a value instead of operators', policy({ action: 'a' }), 'conditions["action"]'],
    ['a text where a number belongs', policy({ 'scope.n': { less_than: '5' } }), 'conditions["scope.n"].less_than'],
    ['no number', policy({ 'scope.n': { lessThan: Number.NaN } }), 'conditions["scope.n"].lessThan'],
    ['a bad pattern', policy({ action: { matches: '(' } }), 'conditions["action"].matches'],
    ['no list', policy({ action: { in: 'a' } }), 'conditions["action"].in'],
    ['no conditions at all', policy([]), 'conditions'],
    ['an unknown field', policy({}, { agent: 'a' }), 'agent'],
    ['an unknown action', policy({}, { action: 'approve' }), 'action'],
  ])('%s', async (_, input, field) => {
    const { client, traffic } = scene();
    const error = await failure(client.createPolicy(input));
    expect(error).toMatchObject({ name: 'ValidationError', details: { [field]: expect.any(String) } });
    expect(traffic).toHaveLength(0);
  });

  it('agent_id and scope_template are taken in either spelling', async () => {
    const server = await httpServer(json(201, { success: true, data: { id: 'x' } }));
    let sent = '';
    const client = new AgentOtpClient({
      ownerId: 'o',
      baseUrl: server.url,
      fetch: (url, init) => {
        sent = String(init?.body);
        return fetch(url, init);
      },
    });
    await client.createPolicy(policy({ action: { not_equals: 'a' } }, { agent_id: 'g', scope_template: {} }));
    expect(JSON.parse(sent)).toMatchObject({
      agentId: 'g',
      scopeTemplate: {},
      conditions: { action: { notEquals: 'a' } },
    });
  });
});
