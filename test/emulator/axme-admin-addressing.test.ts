import { describe, expect, it } from 'vitest';
import { born, expectInvalid, expectRefused, type Json, NOBODY, ok, startGateway, time } from './axme-admin.js';

const gateway = await startGateway();
const { send } = gateway;

const scope = () => ({ org_id: gateway.org_id, workspace_id: gateway.workspace_id });

async function principal(more: object = {}): Promise<Json> {
  const body = { ...scope(), principal_type: 'service_agent', ...more };
  return (await ok(send('POST', '/v1/principals', body))).principal;
}

async function alias(principal_id: string, name = 'orders@shop'): Promise<Json> {
  const body = { principal_id, alias: name, alias_type: 'service' };
  return (await ok(send('POST', '/v1/aliases', body))).alias;
}

async function route(principal_id: string, more: object = {}): Promise<Json> {
  const body = {
    principal_id,
    transport_type: 'http',
    endpoint_url: 'https://shop.test/in',
    auth_mode: 'jwt',
    ...more,
  };
  return (await ok(send('POST', '/v1/routing/endpoints', body))).route;
}

/** A workspace beside the first one. */
async function elsewhere(): Promise<{ org_id: string; workspace_id: string }> {
  const at = `/v1/organizations/${gateway.org_id}/workspaces`;
  const { workspace } = await ok(send('POST', at, { name: 'other', environment: 'staging' }));
  return { org_id: gateway.org_id, workspace_id: workspace.workspace_id };
}

describe('principals', () => {
  it('are created and read', async () => {
    const created = await principal({ display_name: 'Orders' });
    expect(created).toEqual({
      principal_id: expect.stringMatching(/^prn_/),
      ...scope(),
      principal_type: 'service_agent',
      display_name: 'Orders',
      status: 'active',
      metadata: {},
      ...born,
    });
    expect((await ok(send('GET', `/v1/principals/${created.principal_id}`))).principal).toEqual(created);
  });

  it('refuse what is wrong', async () => {
    const body = { ...scope(), principal_type: 'user' };
    await expectRefused(send('POST', '/v1/principals', { ...body, workspace_id: NOBODY }), 404, 'workspace not found');
    await expectInvalid(send('POST', '/v1/principals', { ...body, principal_type: 'cat' }), 'body', 'principal_type');
  });
});

describe('aliases', () => {
  it('are bound, listed, resolved and revoked', async () => {
    const { principal_id } = await principal({ display_name: 'Orders' });
    const bound = await alias(principal_id);
    expect(bound).toEqual({
      alias_id: expect.stringMatching(/^als_/),
      principal_id,
      ...scope(),
      alias: 'orders@shop',
      alias_type: 'service',
      status: 'active',
      metadata: {},
      ...born,
      revoked_at: null,
    });
    const resolve = `/v1/aliases/resolve?${gateway.scope}&alias=orders%40shop`;
    expect((await ok(send('GET', resolve))).resolution).toEqual({
      alias: bound,
      principal: { principal_id, principal_type: 'service_agent', display_name: 'Orders', status: 'active' },
    });
    const revoke = () => send('POST', `/v1/aliases/${bound.alias_id}/revoke`);
    const { alias: revoked } = await ok(revoke());
    expect(revoked).toEqual({ ...bound, status: 'revoked', updated_at: time, revoked_at: time });
    gateway.started.emulator.clock.advance(1000);
    expect((await ok(revoke())).alias).toEqual(revoked);
    await expectRefused(send('GET', resolve), 404, 'alias not found');
    const again = await alias(principal_id);
    const list = async (query: string) => (await ok(send('GET', `/v1/aliases?${query}`))).aliases;
    expect(await list(gateway.scope)).toEqual([revoked, again]);
    expect(await list(`org_id=${gateway.org_id}&status=active&principal_id=${principal_id}`)).toEqual([again]);
    expect(await list(`${gateway.scope}&limit=1`)).toEqual([revoked]);
    expect(await list(`${gateway.scope}&principal_id=prn_x`)).toEqual([]);
  });

  it('are taken once in a workspace', async () => {
    const { principal_id } = await principal();
    await alias(principal_id);
    const body = { principal_id, alias: 'orders@shop', alias_type: 'external' };
    await expectRefused(send('POST', '/v1/aliases', body), 409, 'the alias is taken');
    const other = await principal(await elsewhere());
    await alias(other.principal_id);
  });

  it('refuse what is wrong', async () => {
    const body = { principal_id: 'prn_nobody', alias: 'orders@shop', alias_type: 'service' };
    await expectRefused(send('POST', '/v1/aliases', body), 404, 'principal not found');
    await expectInvalid(send('POST', '/v1/aliases', { ...body, alias: 'ab' }), 'body', 'alias');
    await expectInvalid(send('GET', `/v1/aliases?${gateway.scope}&limit=0`), 'query', 'limit');
    await expectRefused(send('GET', `/v1/aliases?org_id=${NOBODY}`), 404, 'organization not found');
    const gone = `/v1/aliases/resolve?org_id=${gateway.org_id}&workspace_id=${NOBODY}&alias=orders`;
    await expectRefused(send('GET', gone), 404, 'workspace not found');
  });
});

describe('routes', () => {
  it('are registered, listed, changed and removed', async () => {
    const { principal_id } = await principal();
    const created = await route(principal_id);
    expect(created).toEqual({
      route_id: expect.stringMatching(/^rte_/),
      principal_id,
      ...scope(),
      transport_type: 'http',
      endpoint_url: 'https://shop.test/in',
      auth_mode: 'jwt',
      region: null,
      cluster_id: null,
      failover_policy: 'none',
      priority: 100,
      health_status: 'unknown',
      status: 'active',
      metadata: {},
      ...born,
    });
    const at = `/v1/routing/endpoints/${created.route_id}`;
    const changes = { region: 'eu', health_status: 'healthy', status: 'draining', priority: 1, metadata: { a: 1 } };
    const changed = (await ok(send('PATCH', at, changes))).route;
    expect(changed).toEqual({ ...created, ...changes, updated_at: time });
    const list = `/v1/routing/endpoints?${gateway.scope}&principal_id=${principal_id}`;
    expect((await ok(send('GET', list))).routes).toEqual([changed]);
    expect(await ok(send('DELETE', at))).toEqual({ ok: true, route: { route_id: created.route_id, removed: true } });
    expect((await ok(send('GET', list))).routes).toEqual([]);
    await expectRefused(send('DELETE', at), 404, 'route not found');
  });

  it('are resolved: of those that are active, the one with the lowest priority number', async () => {
    const { principal_id } = await principal();
    const late = await route(principal_id, { priority: 20 });
    const first = await route(principal_id, { priority: 10 });
    const equal = await route(principal_id, { priority: 10 });
    const idle = await route(principal_id, { priority: 1 });
    await ok(send('PATCH', `/v1/routing/endpoints/${idle.route_id}`, { status: 'inactive' }));
    const bound = await alias(principal_id);
    const brief = { principal_id, principal_type: 'service_agent', display_name: null, status: 'active' };
    const routes = {
      selected_route: first,
      candidate_routes: [first, equal, late],
      resolver_chain: ['alias', 'principal_id', 'endpoint_route', 'transport_dispatch'],
    };
    const resolve = async (who: object) =>
      (await ok(send('POST', '/v1/routing/resolve', { ...scope(), ...who }))).resolution;
    expect(await resolve({ principal_id })).toEqual({ alias: null, principal: brief, ...routes });
    expect(await resolve({ alias: 'orders@shop' })).toEqual({ alias: bound, principal: brief, ...routes });
    expect(await resolve({ alias: 'orders@shop', principal_id })).toEqual({
      alias: bound,
      principal: brief,
      ...routes,
    });
  });

  it('are not found where there is none', async () => {
    const { principal_id } = await principal();
    const resolve = (body: object) => send('POST', '/v1/routing/resolve', { ...scope(), ...body });
    await expectRefused(resolve({ principal_id }), 404, 'active route not found');
    await expectRefused(resolve({ principal_id: 'prn_nobody' }), 404, 'principal not found');
    await expectRefused(resolve({ alias: 'nobody' }), 404, 'alias not found');
    await expectInvalid(resolve({}), 'body');
    await expectRefused(resolve({ ...(await elsewhere()), principal_id }), 404, 'principal not found');
    await alias(principal_id);
    const other = await principal();
    const mixed = resolve({ alias: 'orders@shop', principal_id: other.principal_id });
    await expectRefused(mixed, 409, "the alias is another principal's");
  });

  it('refuse what is wrong', async () => {
    const { principal_id } = await principal();
    const body = { principal_id, transport_type: 'http', endpoint_url: 'https://shop.test/in', auth_mode: 'jwt' };
    const register = (more: object) => send('POST', '/v1/routing/endpoints', { ...body, ...more });
    await expectInvalid(register({ transport_type: 'pigeon' }), 'body', 'transport_type');
    await expectInvalid(register({ endpoint_url: 'short' }), 'body', 'endpoint_url');
    await expectInvalid(register({ priority: 0 }), 'body', 'priority');
    await expectRefused(register({ principal_id: 'prn_nobody' }), 404, 'principal not found');
  });
});

describe('transport bindings', () => {
  it('are bound once to a handle, listed and removed', async () => {
    const { principal_id } = await principal();
    const body = { principal_id, transport_type: 'queue', transport_handle: 'orders' };
    const upsert = async (more: object = {}) =>
      (await ok(send('POST', '/v1/transports/bindings', { ...body, ...more }))).binding;
    const bound = await upsert();
    expect(bound).toEqual({
      binding_id: expect.stringMatching(/^bnd_/),
      ...scope(),
      ...body,
      priority: 100,
      status: 'active',
      metadata: {},
      ...born,
    });
    const changed = await upsert({ priority: 5, status: 'inactive', metadata: { a: 1 } });
    expect(changed).toEqual({ ...bound, priority: 5, status: 'inactive', metadata: { a: 1 }, updated_at: time });
    const other = await upsert({ transport_handle: 'returns' });
    const list = `/v1/transports/bindings?${gateway.scope}`;
    expect((await ok(send('GET', list))).bindings).toEqual([changed, other]);
    const at = `/v1/transports/bindings/${bound.binding_id}`;
    expect(await ok(send('DELETE', at))).toEqual({
      ok: true,
      binding: { binding_id: bound.binding_id, removed: true },
    });
    expect((await ok(send('GET', list))).bindings).toEqual([other]);
    await expectRefused(send('DELETE', at), 404, 'binding not found');
    await expectInvalid(
      send('POST', '/v1/transports/bindings', { ...body, transport_handle: 'x' }),
      'body',
      'transport_handle',
    );
  });
});

describe('deliveries', () => {
  async function target(): Promise<{ principal_id: string; route_id: string }> {
    const { principal_id } = await principal();
    const { route_id } = await route(principal_id, { transport_type: 'webhook' });
    return { principal_id, route_id };
  }
  const submit = (body: object) => send('POST', '/v1/deliveries', { ...scope(), payload: { a: 1 }, ...body });

  it('are recorded over the route that is resolved', async () => {
    const { principal_id, route_id } = await target();
    await alias(principal_id);
    const { delivery } = await ok(submit({ alias: 'orders@shop', correlation_id: 'order-7' }));
    expect(delivery).toEqual({
      delivery_id: expect.stringMatching(/^dlv_/),
      replay_of_delivery_id: null,
      ...scope(),
      principal_id,
      alias: 'orders@shop',
      transport_type: 'webhook',
      route_id,
      status: 'delivered',
      correlation_id: 'order-7',
      idempotency_key: null,
      payload: { a: 1 },
      error_detail: null,
      ...born,
    });
    expect((await ok(send('GET', `/v1/deliveries/${delivery.delivery_id}`))).delivery).toEqual(delivery);
  });

  it('are replayed as a copy that names the first', async () => {
    const { principal_id } = await target();
    const { delivery } = await ok(submit({ principal_id, idempotency_key: 'once' }));
    const replayed = (await ok(send('POST', `/v1/deliveries/${delivery.delivery_id}/replay`))).delivery;
    expect(replayed).toEqual({
      ...delivery,
      delivery_id: expect.not.stringMatching(delivery.delivery_id),
      replay_of_delivery_id: delivery.delivery_id,
      idempotency_key: null,
      ...born,
    });
    expect((await ok(submit({ principal_id, idempotency_key: 'once' }))).delivery).toEqual(delivery);
  });

  it('are one for each key of the body', async () => {
    const { principal_id } = await target();
    const { delivery } = await ok(submit({ principal_id, idempotency_key: 'once' }));
    await ok(send('DELETE', `/v1/routing/endpoints/${delivery.route_id}`));
    expect((await ok(submit({ principal_id, idempotency_key: 'once' }))).delivery).toEqual(delivery);
    const reused = submit({ principal_id, idempotency_key: 'once', payload: { a: 2 } });
    await expectRefused(reused, 409, 'idempotency key reused with different payload');
  });

  it('end as the setting says, are listed by status, and reconciled', async () => {
    const { principal_id } = await target();
    const { emulator } = gateway.started;
    const done = (await ok(submit({ principal_id }))).delivery;
    emulator.axme.deliveryOutcome = 'failed';
    const failed = (await ok(submit({ principal_id }))).delivery;
    expect(failed).toMatchObject({ status: 'failed', error_detail: expect.any(String) });
    emulator.axme.deliveryOutcome = 'pending';
    const one = (await ok(submit({ principal_id }))).delivery;
    emulator.clock.advance(300_000);
    const two = (await ok(submit({ principal_id }))).delivery;
    const list = async (query: string) => (await ok(send('GET', `/v1/deliveries?${gateway.scope}${query}`))).deliveries;
    expect(await list('')).toEqual([done, failed, one, two]);
    expect(await list('&status=pending')).toEqual([one, two]);
    expect(await list('&status=pending&limit=1')).toEqual([one]);
    expect(await list('&principal_id=prn_nobody')).toEqual([]);

    const body = { ...scope(), target_status: 'dead_lettered' };
    expect(await ok(send('POST', '/v1/deliveries/reconcile', body))).toEqual({
      ok: true,
      reconciled: 1,
      target_status: 'dead_lettered',
      delivery_ids: [one.delivery_id],
    });
    const dead = (await ok(send('GET', `/v1/deliveries/${one.delivery_id}`))).delivery;
    expect(dead).toMatchObject({ status: 'dead_lettered', error_detail: 'pending for too long' });
    const now = { ...scope(), target_status: 'delivered', max_pending_age_seconds: 0 };
    expect(await ok(send('POST', '/v1/deliveries/reconcile', now))).toMatchObject({ delivery_ids: [two.delivery_id] });

    const operations = async (query: string) =>
      (await ok(send('GET', `/v1/deliveries-operations?${gateway.scope}${query}`))).operations;
    const by_status = { submitted: 0, delivered: 2, failed: 1, pending: 0, dead_lettered: 1 };
    expect(await operations('')).toEqual({ ...scope(), window_hours: 24, total: 4, by_status });
    emulator.clock.advance(2 * 3_600_000);
    expect(await operations('&window_hours=1')).toMatchObject({ total: 0 });
  });

  it('refuse what is wrong', async () => {
    await expectInvalid(submit({}), 'body');
    await expectRefused(submit({ principal_id: 'prn_nobody' }), 404, 'principal not found');
    const { principal_id } = await principal();
    await expectRefused(submit({ principal_id }), 404, 'active route not found');
    await expectInvalid(submit({ principal_id, idempotency_key: 'abc' }), 'body', 'idempotency_key');
    await expectInvalid(submit({ principal_id, payload: 'text' }), 'body', 'payload');
    await expectRefused(send('GET', '/v1/deliveries/dlv_x'), 404, 'delivery not found');
    await expectInvalid(send('GET', `/v1/deliveries?${gateway.scope}&status=lost`), 'query', 'status');
    const reconcile = { org_id: NOBODY, target_status: 'delivered' };
    await expectRefused(send('POST', '/v1/deliveries/reconcile', reconcile), 404, 'organization not found');
    await expectRefused(send('GET', `/v1/deliveries-operations?org_id=${NOBODY}`), 404, 'organization not found');
  });
});
