import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { EmulatorInputError } from '../../src/emulator/index.js';
import { born, expectInvalid, expectRefused, type Json, NOBODY, ok, startGateway, time, uuid } from './axme-admin.js';

const gateway = await startGateway();
const { send } = gateway;

const HOUR = 3_600_000;
const dimensions = {
  requests_per_minute: 1000,
  intents_per_day: 2,
  inbox_writes_per_day: 10,
  media_upload_bytes_per_day: 100,
  media_storage_bytes: 100,
  webhook_deliveries_per_day: 10,
  schema_writes_per_day: 1,
};
const scope = () => ({ org_id: gateway.org_id, workspace_id: gateway.workspace_id });
const elsewhere = () => `org_id=${gateway.org_id}&workspace_id=${NOBODY}`;

describe('quotas', () => {
  it('have defaults, and are set', async () => {
    const { quota_policy } = await ok(send('GET', `/v1/quotas?${gateway.scope}`));
    expect(quota_policy).toEqual({
      quota_policy_id: uuid,
      ...scope(),
      dimensions: {
        requests_per_minute: 120,
        intents_per_day: 10_000,
        inbox_writes_per_day: 10_000,
        media_upload_bytes_per_day: 1_073_741_824,
        media_storage_bytes: 10_737_418_240,
        webhook_deliveries_per_day: 10_000,
        schema_writes_per_day: 1000,
      },
      soft_threshold_percent: 80,
      hard_enforcement: false,
      overage_mode: 'grace',
      updated_by_actor_id: null,
      updated_at: time,
    });
    const changes = { dimensions, hard_enforcement: true, overage_mode: 'block', updated_by_actor_id: 'ann' };
    const changed = (await ok(send('PATCH', '/v1/quotas', { ...scope(), ...changes }))).quota_policy;
    expect(changed).toEqual({ ...quota_policy, ...changes, updated_at: time });
    expect((await ok(send('GET', `/v1/quotas?${gateway.scope}`))).quota_policy).toEqual(changed);
  });

  it('refuse what is wrong', async () => {
    const good = { ...scope(), dimensions, overage_mode: 'block', updated_by_actor_id: 'ann' };
    const { intents_per_day: _, ...some } = dimensions;
    await expectInvalid(
      send('PATCH', '/v1/quotas', { ...good, dimensions: some }),
      'body',
      'dimensions',
      'intents_per_day',
    );
    await expectInvalid(
      send('PATCH', '/v1/quotas', { ...good, soft_threshold_percent: 0 }),
      'body',
      'soft_threshold_percent',
    );
    await expectRefused(send('PATCH', '/v1/quotas', { ...good, workspace_id: NOBODY }), 404, 'workspace not found');
    await expectRefused(send('GET', `/v1/quotas?${elsewhere()}`), 404, 'workspace not found');
  });
});

describe('usage', () => {
  const quota = () =>
    ok(
      send('PATCH', '/v1/quotas', {
        ...scope(),
        dimensions,
        overage_mode: 'block',
        updated_by_actor_id: 'ann',
      }),
    );
  const schema = { semantic_type: 'a.b.v1', schema_json: {}, compatibility_mode: 'warn' };
  const summary = async (query = ''): Promise<Json> =>
    (await ok(send('GET', `/v1/usage/summary?${gateway.scope}${query}`))).summary;
  const uploaded = async (length: number) => {
    const body = { owner_agent: 'agent://ann', filename: 'a', mime_type: 'text/plain', size_bytes: length };
    const { upload_url } = await ok(send('POST', '/v1/media/create-upload', body));
    await fetch(upload_url, { method: 'PUT', body: new Uint8Array(length) });
  };

  it('is what the emulator was asked, against the quota', async () => {
    await quota();
    for (let i = 0; i < 3; i++) await ok(send('POST', '/v1/schemas', schema));
    await send('POST', '/v1/schemas', {});
    const headers = { 'x-api-key': gateway.started.emulator.axme.apiKey, 'Idempotency-Key': 'once' };
    for (let i = 0; i < 3; i++) await ok(send('POST', '/v1/schemas', schema, headers));
    await uploaded(30);
    await uploaded(40);
    const { dimensions: used, ...window } = await summary();
    expect(window).toEqual({ ...scope(), window_start: time, window_end: time });
    expect(Date.parse(window.window_end) - Date.parse(window.window_start)).toBe(24 * HOUR);
    const requests = used.requests_per_minute.used;
    expect(requests).toBeGreaterThan(0);
    expect(requests).toBeLessThanOrEqual(11);
    expect(used).toEqual({
      requests_per_minute: { used: requests, limit: 1000, remaining: 1000 - requests },
      intents_per_day: { used: 0, limit: 2, remaining: 2 },
      inbox_writes_per_day: { used: 0, limit: 10, remaining: 10 },
      media_upload_bytes_per_day: { used: 70, limit: 100, remaining: 30 },
      media_storage_bytes: { used: 70, limit: 100, remaining: 30 },
      webhook_deliveries_per_day: { used: 0, limit: 10, remaining: 10 },
      schema_writes_per_day: { used: 4, limit: 1, remaining: -3 },
    });
  });

  it('counts intents', async () => {
    const intent = {
      intent_type: 'shop.order.v1',
      correlation_id: NOBODY,
      from_agent: 'agent://ann',
      to_agent: 'agent://bob',
      payload: {},
    };
    await ok(send('POST', '/v1/intents', intent));
    expect((await summary()).dimensions.intents_per_day.used).toBe(1);
  });

  it('counts webhooks', async () => {
    const heard: Json[] = [];
    const receiver = createServer((request, response) => {
      request.on('data', (chunk) => heard.push(JSON.parse(String(chunk))));
      request.on('end', () => response.end());
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    try {
      const callback_url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
      await ok(send('POST', '/v1/webhooks/subscriptions', { callback_url, event_types: ['invite.accepted'] }));
      const { token } = await ok(send('POST', '/v1/invites/create', { owner_agent: 'agent://ann' }));
      const { owner_agent } = await ok(send('POST', `/v1/invites/${token}/accept`, { nick: '@bob' }));
      await vi.waitFor(() => expect(heard).toHaveLength(1), 5000);
      expect(heard[0]).toMatchObject({
        event_type: 'invite.accepted',
        owner_agent: 'agent://ann',
        payload: { token, owner_agent, nick: '@bob' },
      });
    } finally {
      receiver.close();
    }
    expect((await summary()).dimensions.webhook_deliveries_per_day.used).toBe(1);
  });

  it('of a day is over after a day, of a week after a week; what is stored stays stored', async () => {
    await ok(send('POST', '/v1/schemas', schema));
    await uploaded(30);
    gateway.started.emulator.clock.advance(25 * HOUR);
    await uploaded(10);
    const used = async (query: string, name: string) => (await summary(query)).dimensions[name].used;
    expect(await used('', 'schema_writes_per_day')).toBe(0);
    expect(await used('&window=week', 'schema_writes_per_day')).toBe(1);
    expect(await used('', 'media_upload_bytes_per_day')).toBe(10);
    expect(await used('', 'media_storage_bytes')).toBe(40);
    gateway.started.emulator.clock.advance(100 * 24 * HOUR);
    expect(await used('&window=month', 'media_upload_bytes_per_day')).toBe(0);
    expect(await used('', 'media_storage_bytes')).toBe(40);
    expect(await used('', 'requests_per_minute')).toBeGreaterThan(0);
  });

  it('has a series: hours of one day, else days', async () => {
    await ok(send('POST', '/v1/schemas', schema));
    gateway.started.emulator.clock.advance(HOUR);
    await ok(send('POST', '/v1/schemas', schema));
    const series = async (days: string): Promise<Json> =>
      (await ok(send('GET', `/v1/usage/timeseries?${gateway.scope}${days}`))).series;
    const hours = await series('&window_days=1');
    expect(hours).toMatchObject({ ...scope(), granularity: 'hour' });
    expect(hours.points).toHaveLength(24);
    const last = hours.points.slice(-3).map((point: Json) => point.dimensions.schema_writes_per_day);
    expect(last).toEqual([0, 1, 1]);
    expect(Object.keys(hours.points[0])).toEqual(['at', 'dimensions']);
    expect(Object.keys(hours.points[0].dimensions)).toEqual(Object.keys(dimensions));
    expect(Date.parse(hours.points[1].at) - Date.parse(hours.points[0].at)).toBe(HOUR);
    const days = await series('');
    expect([days.granularity, days.points.length]).toEqual(['day', 30]);
    expect(days.points.at(-1).dimensions.schema_writes_per_day).toBe(2);
    const rolled = await ok(send('POST', `/v1/usage/rollups/daily?${gateway.scope}&window_days=2`));
    expect(rolled).toMatchObject({ ...scope(), window_days: 2 });
    expect(rolled.rollups.map((point: Json) => point.dimensions.schema_writes_per_day)).toEqual([0, 2]);
  });

  it('is a workspace’s own', async () => {
    const at = `/v1/organizations/${gateway.org_id}/workspaces`;
    const { workspace } = await ok(send('POST', at, { name: 'other', environment: 'staging' }));
    await ok(send('POST', '/v1/schemas', schema));
    const query = `org_id=${gateway.org_id}&workspace_id=${workspace.workspace_id}`;
    const { summary: other } = await ok(send('GET', `/v1/usage/summary?${query}`));
    expect(other.dimensions.schema_writes_per_day.used).toBe(0);
  });

  it('refuses what is wrong', async () => {
    await expectRefused(send('GET', `/v1/usage/summary?${elsewhere()}`), 404, 'workspace not found');
    await expectRefused(send('GET', `/v1/usage/timeseries?${elsewhere()}`), 404, 'workspace not found');
    await expectRefused(send('POST', `/v1/usage/rollups/daily?${elsewhere()}`), 404, 'workspace not found');
    await expectInvalid(send('GET', `/v1/usage/summary?${gateway.scope}&window=year`), 'query', 'window');
    for (const days of ['0', '91', 'x']) {
      const at = `/v1/usage/timeseries?${gateway.scope}&window_days=${days}`;
      await expectInvalid(send('GET', at), 'query', 'window_days');
    }
  });
});

describe('billing', () => {
  const plan = {
    plan_code: 'team',
    currency: 'EUR',
    monthly_commit_minor: 9900,
    updated_by_actor_id: 'ann',
  };

  it('has a plan once there is one', async () => {
    await expectRefused(send('GET', `/v1/billing/plan?${gateway.scope}`), 404, 'billing plan not found');
    const { billing_plan } = await ok(send('PATCH', '/v1/billing/plan', { ...scope(), ...plan }));
    expect(billing_plan).toEqual({
      billing_plan_id: expect.stringMatching(/^bpl_/),
      ...scope(),
      ...plan,
      billing_cycle: 'monthly',
      seats_included: 0,
      overage_unit_price_minor: 0,
      status: 'active',
      metadata: {},
      ...born,
    });
    const changes = { ...scope(), ...plan, billing_cycle: 'annual', seats_included: 5, metadata: { a: 1 } };
    const changed = (await ok(send('PATCH', '/v1/billing/plan', changes))).billing_plan;
    expect(changed).toEqual({ ...billing_plan, ...changes, updated_at: time });
    expect((await ok(send('GET', `/v1/billing/plan?${gateway.scope}`))).billing_plan).toEqual(changed);
  });

  it('has the invoices that were added by hand', async () => {
    const { axme } = gateway.started.emulator;
    const { billing_plan } = await ok(send('PATCH', '/v1/billing/plan', { ...scope(), ...plan }));
    const issued = axme.addInvoice();
    expect(issued).toEqual({
      invoice_id: expect.stringMatching(/^inv_/),
      ...scope(),
      billing_plan_id: billing_plan.billing_plan_id,
      period_start: time,
      period_end: time,
      subtotal_minor: 9900,
      total_minor: 9900,
      currency: 'EUR',
      status: 'issued',
      due_at: time,
      issued_at: time,
      paid_at: null,
      metadata: {},
      ...born,
    });
    const paid = axme.addInvoice({ status: 'paid', totalMinor: 120, subtotalMinor: 100, currency: 'USD' });
    expect(paid).toMatchObject({ total_minor: 120, subtotal_minor: 100, currency: 'USD', paid_at: time });
    const draft = axme.addInvoice({ status: 'draft', metadata: { a: 1 } });
    expect(draft).toMatchObject({ due_at: null, issued_at: null, metadata: { a: 1 } });
    const list = async (query = '') =>
      (await ok(send('GET', `/v1/billing/invoices?${gateway.scope}${query}`))).invoices;
    expect(await list()).toEqual([issued, paid, draft]);
    expect(await list('&status=paid')).toEqual([paid]);
    expect((await ok(send('GET', `/v1/billing/invoices/${paid.invoice_id}`))).invoice).toEqual(paid);
    expect(() => axme.addInvoice({ totalMinor: -1 })).toThrow(EmulatorInputError);
  });

  it('takes invoices over the control routes', async () => {
    const at = `${gateway.started.url}/__emulator/axme/invoices`;
    const response = await fetch(at, { method: 'POST', body: JSON.stringify({ status: 'overdue' }) });
    const { data } = (await response.json()) as { data: Json };
    expect([response.status, data.status]).toEqual([201, 'overdue']);
    expect((await ok(send('GET', `/v1/billing/invoices/${data.invoice_id}`))).invoice).toEqual(data);
  });

  it('refuses what is wrong', async () => {
    const body = { ...scope(), ...plan };
    await expectInvalid(
      send('PATCH', '/v1/billing/plan', { ...body, monthly_commit_minor: 1.5 }),
      'body',
      'monthly_commit_minor',
    );
    await expectInvalid(
      send('PATCH', '/v1/billing/plan', { ...body, billing_cycle: 'daily' }),
      'body',
      'billing_cycle',
    );
    await expectRefused(send('PATCH', '/v1/billing/plan', { ...body, workspace_id: NOBODY }), 404, /workspace/);
    await expectRefused(send('GET', `/v1/billing/invoices?${elsewhere()}`), 404, 'workspace not found');
    await expectInvalid(send('GET', `/v1/billing/invoices?${gateway.scope}&status=lost`), 'query', 'status');
    await expectRefused(send('GET', '/v1/billing/invoices/inv_x'), 404, 'invoice not found');
  });
});

describe('audit', () => {
  it('tells who did what, newest first', async () => {
    const { axme } = gateway.started.emulator;
    const headers = { 'x-api-key': axme.apiKey, Authorization: `Bearer ${axme.actorToken}` };
    await ok(send('POST', '/v1/organizations', { name: 'Acme', requested_by_actor_id: 'ann' }));
    const member = { actor_id: 'ann', role: 'member' };
    await ok(send('POST', `/v1/organizations/${gateway.org_id}/members`, member, headers));
    await send('POST', '/v1/organizations', {});
    await ok(send('GET', `/v1/quotas?${gateway.scope}`));
    const { events } = await ok(send('GET', '/v1/audit/events'));
    expect(events.map(({ action }: Json) => action)).toEqual(['organizations.members.create', 'organizations.create']);
    expect(events[1]).toEqual({
      event_id: uuid,
      action: 'organizations.create',
      actor_id: axme.agentAddress,
      owner_agent: axme.agentAddress,
      ...scope(),
      at: time,
      details: { method: 'POST', path: '/axme/v1/organizations' },
    });
    expect(events[0].owner_agent).not.toBe(axme.agentAddress);
    const list = async (query: string) => (await ok(send('GET', `/v1/audit/events?${query}`))).events;
    expect(await list('action_prefix=organizations.members')).toEqual([events[0]]);
    expect(await list('limit=1')).toEqual([events[0]]);
    expect(await list(`owner_agent=${axme.agentAddress}`)).toEqual([events[1]]);
    await expectInvalid(send('GET', '/v1/audit/events?limit=0'), 'query', 'limit');
  });

  it('names what is no collection by itself', async () => {
    await ok(send('POST', '/v1/users/register-nick', { nick: '@ann' }));
    await ok(
      send('PATCH', '/v1/quotas', { ...scope(), dimensions, overage_mode: 'block', updated_by_actor_id: 'ann' }),
    );
    const { events } = await ok(send('GET', '/v1/audit/events'));
    expect(events.map(({ action }: Json) => action)).toEqual(['quotas.update', 'users.register-nick']);
  });
});
