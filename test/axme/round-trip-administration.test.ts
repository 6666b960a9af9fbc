// Real calls of the methods about organizations, people, files and addresses, against the emulator's gateway.
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { type AxmeClient, AxmeConflictError } from '../../src/axme/index.js';
import { failure } from '../http/clients.js';
import { requestMethods } from './helpers.js';
import { called, INTENT_FAMILIES, roundTrips } from './round-trips.js';

const ACTOR = 'actor-ann';

it('schemas', async () => {
  const { axme } = await roundTrips();
  const schema = { semantic_type: 'shop.order.v1', schema_json: { type: 'object' }, compatibility_mode: 'warn' };
  const { schema: stored } = await axme.upsertSchema(schema);
  const { schema: read } = await axme.getSchema('shop.order.v1');
  expect(read).toMatchObject({ schema_hash: stored.schema_hash, schema_json: { type: 'object' } });
});

it('media', async () => {
  const { axme } = await roundTrips();
  const bytes = new TextEncoder().encode('hello');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { upload_id, upload_url } = await axme.createMediaUpload({
    owner_agent: 'agent://acme/ops/bob',
    filename: 'a.txt',
    mime_type: 'text/plain',
    size_bytes: bytes.length,
    sha256,
  });
  expect((await axme.getMediaUpload(upload_id)).upload).toMatchObject({ status: 'pending', download_url: null });
  expect((await fetch(upload_url, { method: 'PUT', body: bytes })).ok).toBe(true);
  expect(await axme.finalizeMediaUpload({ upload_id, size_bytes: bytes.length, sha256 })).toMatchObject({ sha256 });
  const { upload } = await axme.getMediaUpload(upload_id);
  expect(await (await fetch(upload.download_url!)).text()).toBe('hello');
});

it('users and invites', async () => {
  const { axme } = await roundTrips();
  const { owner_agent } = await axme.registerNick({ nick: '@Bob', display_name: 'Bob' });
  expect(await axme.checkNick('bob')).toMatchObject({ available: false, public_address: 'bob@ax' });
  expect(await failure(axme.registerNick({ nick: 'bob' }))).toBeInstanceOf(AxmeConflictError);
  expect((await axme.renameNick({ owner_agent, nick: 'robert' })).nick).toBe('@robert');
  await axme.updateUserProfile({ owner_agent, email: 'bob@example.test' });
  expect((await axme.getUserProfile(owner_agent)).email).toBe('bob@example.test');

  const { token } = await axme.createInvite({ owner_agent, ttl_seconds: 600 });
  expect((await axme.getInvite(token)).status).toBe('pending');
  expect((await axme.acceptInvite(token, { nick: 'eve' })).status).toBe('accepted');
  expect(await failure(axme.acceptInvite(token, { nick: 'mallory' }))).toBeInstanceOf(AxmeConflictError);
});

it('organizations, workspaces and members', async () => {
  const { axme } = await roundTrips();
  const { organization } = await axme.createOrganization({ name: 'Acme', requested_by_actor_id: ACTOR });
  const orgId = organization.org_id;
  await axme.updateOrganization(orgId, { legal_name: 'Acme Inc' });
  const { workspace } = await axme.createWorkspace(orgId, { name: 'Shop', environment: 'sandbox' });
  await axme.updateWorkspace(orgId, workspace.workspace_id, { region: 'eu-west' });
  expect((await axme.listWorkspaces(orgId)).workspaces).toMatchObject([{ region: 'eu-west' }]);
  const { member } = await axme.addOrganizationMember(orgId, { actor_id: 'actor-bob', role: 'member' });
  const { member_id } = member;
  expect((await axme.updateOrganizationMember(orgId, member_id, { role: 'org_admin' })).member.role).toBe('org_admin');
  const { members } = await axme.listOrganizationMembers(orgId);
  expect(members.map((each) => each.member_id)).toContain(member_id);
  expect(await axme.removeOrganizationMember(orgId, member_id)).toMatchObject({ removed: true, member_id });
  expect((await axme.getOrganization(orgId)).organization).toMatchObject({ workspaces_count: 1 });
});

it('access requests', async () => {
  const { axme } = await roundTrips();
  const { access_request } = await axme.createAccessRequest({
    request_type: 'create_organization',
    requester_actor_id: ACTOR,
  });
  const id = access_request.access_request_id;
  expect((await axme.listAccessRequests({ state: 'pending' })).access_requests).toHaveLength(1);
  const review = { decision: 'approve', reviewer_actor_id: 'actor-bob' };
  expect((await axme.reviewAccessRequest(id, review)).access_request.state).toBe('approved');
  expect((await axme.getAccessRequest(id)).access_request.state).toBe('approved');
});

it('quotas, usage and billing', async () => {
  const { axme, emulator, address } = await roundTrips();
  const { orgId, workspaceId } = address;
  const scope = { org_id: orgId, workspace_id: workspaceId, updated_by_actor_id: ACTOR };
  const { quota_policy } = await axme.getQuota(orgId, workspaceId);
  await axme.updateQuota({ ...scope, dimensions: quota_policy.dimensions, overage_mode: 'grace' });
  expect((await axme.getQuota(orgId, workspaceId)).quota_policy.overage_mode).toBe('grace');
  const { summary } = await axme.getUsageSummary(orgId, workspaceId, { window: 'week' });
  const { limit, used, remaining } = summary.dimensions.requests_per_minute;
  expect(remaining).toBe(limit - used);
  expect((await axme.getUsageTimeseries(orgId, workspaceId, { windowDays: 1 })).series.granularity).toBe('hour');

  await axme.updateBillingPlan({
    ...scope,
    plan_code: 'team',
    currency: 'EUR',
    billing_cycle: 'annual',
    monthly_commit_minor: 9900,
    overage_unit_price_minor: 2,
  });
  expect((await axme.getBillingPlan(orgId, workspaceId)).billing_plan.plan_code).toBe('team');
  const { invoice_id } = emulator.axme.addInvoice();
  const { status } = (await axme.getBillingInvoice(invoice_id)).invoice;
  const { invoices } = await axme.listBillingInvoices(orgId, workspaceId, { status });
  expect(invoices.map((invoice) => invoice.invoice_id)).toContain(invoice_id);
});

it('service accounts and their keys', async () => {
  const { axme, address } = await roundTrips();
  const { orgId, workspaceId } = address;
  const { service_account } = await axme.createServiceAccount({
    org_id: orgId,
    workspace_id: workspaceId,
    name: 'packer',
    created_by_actor_id: ACTOR,
  });
  const id = service_account.service_account_id;
  expect((await axme.getServiceAccount(id)).service_account.name).toBe('packer');
  const { service_accounts } = await axme.listServiceAccounts({ orgId, workspaceId });
  expect(service_accounts.map((account) => account.service_account_id)).toContain(id);
  const { key } = await axme.createServiceAccountKey(id, { created_by_actor_id: ACTOR });
  expect(key.token).toMatch(/^axme_sa_/);
  expect((await axme.revokeServiceAccountKey(id, key.key_id)).key.status).toBe('revoked');
});

async function newPrincipal(axme: AxmeClient, org_id: string, workspace_id: string): Promise<string> {
  const { principal } = await axme.createPrincipal({ org_id, workspace_id, principal_type: 'service_agent' });
  return principal.principal_id;
}

it('principals, aliases, routes, bindings and deliveries', async () => {
  const { axme, address } = await roundTrips();
  const { orgId, workspaceId } = address;
  const scope = { org_id: orgId, workspace_id: workspaceId };
  const principal_id = await newPrincipal(axme, orgId, workspaceId);
  expect((await axme.getPrincipal(principal_id)).principal.status).toBe('active');

  const { alias } = await axme.bindAlias({ principal_id, alias: 'packer', alias_type: 'service' });
  expect((await axme.listAliases(orgId, workspaceId)).aliases).toHaveLength(1);
  expect((await axme.resolveAlias(orgId, workspaceId, 'packer')).resolution.principal.principal_id).toBe(principal_id);

  const endpoint_url = 'https://shop.example.test/in';
  const endpoint = { principal_id, transport_type: 'http', endpoint_url, auth_mode: 'jwt' };
  const { route } = await axme.registerRoutingEndpoint(endpoint);
  expect((await axme.updateRoutingEndpoint(route.route_id, { priority: 7 })).route.priority).toBe(7);
  expect((await axme.listRoutingEndpoints(orgId, workspaceId)).routes).toHaveLength(1);
  const { resolution } = await axme.resolveRouting({ ...scope, alias: 'packer' });
  expect(resolution.selected_route.route_id).toBe(route.route_id);

  const { delivery } = await axme.submitDelivery({ ...scope, principal_id, payload: { order: 7 } });
  const replayed = await axme.replayDelivery(delivery.delivery_id);
  expect(replayed.delivery.replay_of_delivery_id).toBe(delivery.delivery_id);
  expect((await axme.getDelivery(delivery.delivery_id)).delivery.payload).toEqual({ order: 7 });
  expect((await axme.listDeliveries(orgId, workspaceId, { principalId: principal_id })).deliveries).toHaveLength(2);

  const handle = { principal_id, transport_type: 'queue', transport_handle: 'orders' };
  const { binding } = await axme.upsertTransportBinding(handle);
  expect((await axme.listTransportBindings(orgId, workspaceId)).bindings).toHaveLength(1);
  expect((await axme.removeTransportBinding(binding.binding_id)).binding.removed).toBe(true);
  expect((await axme.removeRoutingEndpoint(route.route_id)).route.removed).toBe(true);
  expect((await axme.revokeAlias(alias.alias_id)).alias.status).toBe('revoked');
});

it('covers every method of these families', () => {
  const expected = requestMethods.filter(({ family }) => !INTENT_FAMILIES.includes(family));
  expect([...called].sort()).toEqual(expected.map(({ camel }) => camel).sort());
});
