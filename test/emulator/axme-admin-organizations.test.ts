import { describe, expect, it } from 'vitest';
import { born, expectInvalid, expectRefused, type Json, NOBODY, ok, startGateway, time, uuid } from './axme-admin.js';

const gateway = await startGateway();
const { send } = gateway;

async function organization(): Promise<Json> {
  return (await ok(send('POST', '/v1/organizations', { name: 'Acme', requested_by_actor_id: 'ann' }))).organization;
}

async function workspace(org_id: string): Promise<Json> {
  const body = { name: 'shop', environment: 'production' };
  return (await ok(send('POST', `/v1/organizations/${org_id}/workspaces`, body))).workspace;
}

describe('organizations', () => {
  it('are created, read with their counts, and changed', async () => {
    const created = await organization();
    expect(created).toEqual({
      org_id: uuid,
      name: 'Acme',
      legal_name: null,
      primary_domain: null,
      status: 'active',
      metadata: {},
      ...born,
    });
    const { org_id } = created;
    const { workspace_id } = await workspace(org_id);
    const members = `/v1/organizations/${org_id}/members`;
    await ok(send('POST', members, { workspace_id, actor_id: 'ann', role: 'member' }));
    expect((await ok(send('GET', `/v1/organizations/${org_id}`))).organization).toEqual({
      ...created,
      workspaces_count: 1,
      members_count: 1,
    });
    gateway.started.emulator.clock.advance(60_000);
    const changes = { org_id, status: 'suspended', legal_name: 'Acme Ltd', metadata: { constructor: 1 } };
    const changed = (await ok(send('PATCH', `/v1/organizations/${org_id}`, changes))).organization;
    expect(changed).toEqual({ ...created, ...changes, updated_at: time });
    expect(Date.parse(changed.updated_at) - Date.parse(changed.created_at)).toBeGreaterThanOrEqual(60_000);
    const cleared = await ok(send('PATCH', `/v1/organizations/${org_id}`, { legal_name: null }));
    expect(cleared.organization).toMatchObject({ legal_name: null, status: 'suspended', name: 'Acme' });
  });

  it('exist from the start: one, with one workspace, also after a reset', async () => {
    gateway.started.emulator.reset();
    const { org_id, workspace_id } = gateway;
    expect((await ok(send('GET', `/v1/organizations/${org_id}`))).organization).toMatchObject({ workspaces_count: 1 });
    const { workspaces } = await ok(send('GET', `/v1/organizations/${org_id}/workspaces`));
    expect(workspaces).toEqual([
      { workspace_id, org_id, name: 'default', environment: 'sandbox', status: 'active', region: null, ...born },
    ]);
  });

  it('refuse what is wrong', async () => {
    const { org_id } = await organization();
    const at = `/v1/organizations/${org_id}`;
    await expectRefused(send('PATCH', at, { org_id: NOBODY }), 400, "org_id of the body differs from the path's");
    await expectInvalid(send('PATCH', at, { status: 'gone' }), 'body', 'status');
    await expectInvalid(send('PATCH', at, { name: null }), 'body', 'name');
    await expectInvalid(send('POST', '/v1/organizations', { name: 'A', requested_by_actor_id: 'a' }), 'body', 'name');
    await expectRefused(send('GET', `/v1/organizations/${NOBODY}`), 404, 'organization not found');
  });
});

describe('workspaces', () => {
  it('are created and changed', async () => {
    const { org_id } = await organization();
    const created = await workspace(org_id);
    expect(created).toEqual({
      workspace_id: uuid,
      org_id,
      name: 'shop',
      environment: 'production',
      status: 'active',
      region: null,
      ...born,
    });
    const at = `/v1/organizations/${org_id}/workspaces/${created.workspace_id}`;
    const body = { org_id, workspace_id: created.workspace_id, region: 'eu', status: 'archived' };
    const changed = (await ok(send('PATCH', at, body))).workspace;
    expect(changed).toEqual({ ...created, ...body, updated_at: time });
    expect((await ok(send('GET', `/v1/organizations/${org_id}/workspaces`))).workspaces).toEqual([changed]);
  });

  it('refuse what is wrong', async () => {
    const { org_id } = await organization();
    const { workspace_id } = await workspace(org_id);
    const at = `/v1/organizations/${org_id}/workspaces`;
    const body = { name: 'shop', environment: 'production' };
    await expectRefused(send('POST', at, { ...body, org_id: NOBODY }), 400, /^org_id/);
    await expectRefused(send('PATCH', `${at}/${workspace_id}`, { workspace_id: NOBODY }), 400, /^workspace_id/);
    await expectInvalid(send('POST', at, { ...body, environment: 'moon' }), 'body', 'environment');
    await expectRefused(send('POST', `/v1/organizations/${NOBODY}/workspaces`, body), 404, 'organization not found');
    const others = `/v1/organizations/${gateway.org_id}/workspaces/${workspace_id}`;
    await expectRefused(send('PATCH', others, { name: 'mine' }), 404, 'workspace not found');
  });
});

describe('members', () => {
  const member = { actor_id: 'ann', role: 'member' };

  it('are added, listed, changed and removed', async () => {
    const { org_id, workspace_id } = gateway;
    const at = `/v1/organizations/${org_id}/members`;
    const added = (await ok(send('POST', at, { ...member, org_id, workspace_id, invited_by_actor_id: 'bob' }))).member;
    expect(added).toEqual({ member_id: uuid, org_id, workspace_id, ...member, status: 'active', ...born });
    const wide = (await ok(send('POST', at, member))).member;
    expect(wide).toMatchObject({ workspace_id: null });
    expect((await ok(send('GET', at))).members).toEqual([added, wide]);
    expect((await ok(send('GET', `${at}?workspace_id=${workspace_id}`))).members).toEqual([added]);

    const one = `${at}/${added.member_id}`;
    const changed = (await ok(send('PATCH', one, { role: 'billing_viewer', status: 'suspended' }))).member;
    expect(changed).toEqual({ ...added, role: 'billing_viewer', status: 'suspended', updated_at: time });

    const removed = await ok(send('DELETE', one));
    expect(removed).toEqual({ ok: true, removed: true, org_id, member_id: added.member_id, removed_at: time });
    gateway.started.emulator.clock.advance(60_000);
    expect(await ok(send('DELETE', one))).toEqual(removed);
    expect((await ok(send('GET', at))).members[0]).toMatchObject({ status: 'removed' });
    expect((await ok(send('GET', `/v1/organizations/${org_id}`))).organization).toMatchObject({ members_count: 1 });
  });

  it('have a role once in a workspace', async () => {
    const { org_id, workspace_id } = gateway;
    const at = `/v1/organizations/${org_id}/members`;
    const { member_id } = (await ok(send('POST', at, { ...member, workspace_id }))).member;
    const taken = 'the actor already has this role there';
    await expectRefused(send('POST', at, { ...member, workspace_id }), 409, taken);
    const other = (await ok(send('POST', at, { ...member, workspace_id, role: 'org_admin' }))).member;
    await expectRefused(send('PATCH', `${at}/${other.member_id}`, { role: 'member' }), 409, taken);
    await ok(send('PATCH', `${at}/${member_id}`, { role: 'member' }));
    await ok(send('DELETE', `${at}/${member_id}`));
    await ok(send('POST', at, { ...member, workspace_id }));
    await expectRefused(send('PATCH', `${at}/${member_id}`, { status: 'active' }), 409, taken);
  });

  it('refuse what is wrong', async () => {
    const at = `/v1/organizations/${gateway.org_id}/members`;
    const { member_id } = (await ok(send('POST', at, member))).member;
    await expectRefused(send('POST', at, { ...member, org_id: NOBODY }), 400, /^org_id/);
    await expectRefused(send('PATCH', `${at}/${member_id}`, { member_id: NOBODY }), 400, /^member_id/);
    await expectRefused(send('POST', at, { ...member, workspace_id: NOBODY }), 404, 'workspace not found');
    await expectRefused(send('PATCH', `${at}/${member_id}`, { workspace_id: NOBODY }), 404, 'workspace not found');
    await expectInvalid(send('POST', at, { ...member, role: 'king' }), 'body', 'role');
    await expectInvalid(send('GET', `${at}?workspace_id=x`), 'query', 'workspace_id');
    await expectRefused(send('GET', `${at}?workspace_id=${NOBODY}`), 404, 'workspace not found');
  });
});

describe('access requests', () => {
  const request = { request_type: 'elevated_role', requester_actor_id: 'ann' };

  it.each([
    ['approve', 'approved'],
    ['reject', 'rejected'],
    ['waitlist', 'waitlisted'],
  ])('%s makes them %s, once', async (decision, state) => {
    const { org_id } = gateway;
    const created = (await ok(send('POST', '/v1/access-requests', { ...request, org_id, requested_role: 'org_admin' })))
      .access_request;
    expect(created).toEqual({
      access_request_id: uuid,
      ...request,
      state: 'pending',
      org_id,
      workspace_id: null,
      requested_role: 'org_admin',
      company_name: null,
      justification: null,
      reviewer_actor_id: null,
      review_comment: null,
      reviewed_at: null,
      ...born,
    });
    const at = `/v1/access-requests/${created.access_request_id}`;
    const body = { decision, reviewer_actor_id: 'bob', review_comment: 'so be it' };
    const reviewed = (await ok(send('POST', `${at}/review`, body))).access_request;
    expect(reviewed).toEqual({
      ...created,
      state,
      reviewer_actor_id: 'bob',
      review_comment: 'so be it',
      reviewed_at: time,
      updated_at: time,
    });
    expect((await ok(send('GET', at))).access_request).toEqual(reviewed);
    await expectRefused(send('POST', `${at}/review`, body), 409, `the access request is ${state}`);
  });

  it('expire by the clock', async () => {
    const expires_at = new Date(gateway.started.emulator.clock.now() + 60_000).toISOString();
    const { access_request } = await ok(send('POST', '/v1/access-requests', { ...request, expires_at }));
    gateway.started.emulator.clock.advance(60_000);
    const at = `/v1/access-requests/${access_request.access_request_id}`;
    expect((await ok(send('GET', at))).access_request).toEqual({ ...access_request, state: 'expired' });
    expect((await ok(send('GET', '/v1/access-requests?state=pending'))).access_requests).toEqual([]);
    const review = { decision: 'approve', reviewer_actor_id: 'bob' };
    await expectRefused(send('POST', `${at}/review`, review), 409, 'the access request is expired');
  });

  it('are listed by organization, workspace and state', async () => {
    const { org_id, workspace_id, scope } = gateway;
    const { access_request: wide } = await ok(send('POST', '/v1/access-requests', request));
    const body = { ...request, org_id, workspace_id };
    const { access_request: narrow } = await ok(send('POST', '/v1/access-requests', body));
    const list = async (query: string) => (await ok(send('GET', `/v1/access-requests${query}`))).access_requests;
    expect(await list('')).toEqual([wide, narrow]);
    expect(await list(`?${scope}`)).toEqual([narrow]);
    expect(await list('?state=approved')).toEqual([]);
  });

  it('refuse what is wrong', async () => {
    await expectRefused(send('POST', '/v1/access-requests', { ...request, org_id: NOBODY }), 404, /organization/);
    const body = { ...request, request_type: 'tea' };
    await expectInvalid(send('POST', '/v1/access-requests', body), 'body', 'request_type');
    await expectInvalid(send('GET', '/v1/access-requests?state=lost'), 'query', 'state');
  });
});

it('strict mode wants an actor token, and no unknown names', async () => {
  const { axme } = gateway.started.emulator;
  axme.strict = true;
  const at = `/v1/organizations/${gateway.org_id}`;
  const { status, body } = await send('GET', at);
  expect({ status, code: body.error.code }).toEqual({ status: 401, code: 'missing_actor_token' });
  const headers = { 'x-api-key': axme.apiKey, Authorization: `Bearer ${axme.actorToken}` };
  await ok(send('GET', at, undefined, headers));
  await expectInvalid(send('PATCH', at, { nmae: 'typo' }, headers), 'body', 'nmae');
});
