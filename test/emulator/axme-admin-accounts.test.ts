import { expect, it } from 'vitest';
import { born, expectInvalid, expectRefused, type Json, NOBODY, ok, startGateway, time } from './axme-admin.js';

const gateway = await startGateway();
const { send } = gateway;

const scope = () => ({ org_id: gateway.org_id, workspace_id: gateway.workspace_id });
const account = (name: string, more: object = {}) =>
  send('POST', '/v1/service-accounts', { ...scope(), name, created_by_actor_id: 'ann', ...more });
const newKey = async (id: string, more: object = {}): Promise<Json> =>
  (await ok(send('POST', `/v1/service-accounts/${id}/keys`, { created_by_actor_id: 'ann', ...more }))).key;
/** Calls with another key. */
const with_ = (token: string) => send('GET', `/v1/quotas?${gateway.scope}`, undefined, { 'x-api-key': token });

it('an account gets an agent', async () => {
  const { service_account } = await ok(account('Order Bot', { description: 'sells' }));
  const { service_account_id } = service_account;
  const seen = {
    service_account_id: expect.stringMatching(/^sa_/),
    ...scope(),
    name: 'Order Bot',
    description: 'sells',
    status: 'active',
    created_by_actor_id: 'ann',
    ...born,
  };
  const agent_address = 'agent://emulator/default/order-bot';
  expect(service_account).toEqual({ ...seen, agent_address, display_name: null });
  expect((await ok(send('GET', `/v1/service-accounts/${service_account_id}`))).service_account).toEqual(seen);
  const { agent } = await ok(send('GET', '/v1/agents/emulator/default/order-bot'));
  expect(agent).toMatchObject({ address: agent_address, service_account_id, service_account_name: 'Order Bot' });
});

it('the first key has an account too, and the list can be a workspace’s', async () => {
  const { service_account } = await ok(account('bot'));
  const list = async (query: string): Promise<string[]> =>
    (await ok(send('GET', `/v1/service-accounts?${query}`))).service_accounts.map(({ name }: Json) => name);
  expect(await list(`org_id=${gateway.org_id}`)).toEqual(['caller', 'bot']);
  const at = `/v1/organizations/${gateway.org_id}/workspaces`;
  const { workspace } = await ok(send('POST', at, { name: 'other', environment: 'staging' }));
  expect(await list(`org_id=${gateway.org_id}&workspace_id=${workspace.workspace_id}`)).toEqual([]);
  expect(service_account.agent_address).toBe('agent://emulator/default/bot');
});

it('a name is taken once in a workspace; elsewhere the address has ids where names are the same', async () => {
  await ok(account('bot'));
  await expectRefused(account('Bot'), 409, 'the workspace has a service account of this name');
  const { organization } = await ok(
    send('POST', '/v1/organizations', { name: 'Emulator', requested_by_actor_id: 'ann' }),
  );
  const at = `/v1/organizations/${organization.org_id}/workspaces`;
  const { workspace } = await ok(send('POST', at, { name: 'default', environment: 'staging' }));
  const there = { org_id: organization.org_id, workspace_id: workspace.workspace_id };
  const { service_account } = await ok(account('bot', there));
  expect(service_account.agent_address).toBe(`agent://${there.org_id}/${there.workspace_id}/bot`);
  await expectRefused(account('bot', there), 409, /of this name/);
});

it.each([
  ['a/b c?', 'a-b-c'],
  ['Größe', 'gr%C3%B6%C3%9Fe'],
  ['!!', 'unnamed'],
])('the name %s is the address %s', async (name, last) => {
  const { service_account } = await ok(account(name));
  expect(service_account.agent_address).toBe(`agent://emulator/default/${last}`);
});

it('a key is told once, is accepted from then on, and not after it was revoked', async () => {
  const { service_account_id } = (await ok(account('bot'))).service_account;
  const key = await newKey(service_account_id);
  expect(key).toEqual({
    key_id: expect.stringMatching(/^sak_/),
    service_account_id,
    key_hint: key.token.slice(-4),
    status: 'active',
    created_at: time,
    expires_at: null,
    token: expect.stringMatching(new RegExp(`^axme_${service_account_id}_[0-9a-f]{40}$`)),
  });
  await ok(with_(key.token));
  const revoke = () => send('POST', `/v1/service-accounts/${service_account_id}/keys/${key.key_id}/revoke`);
  const revoked = await ok(revoke());
  expect(revoked.key).toEqual({ service_account_id, key_id: key.key_id, status: 'revoked', revoked_at: time });
  const { status, body } = await with_(key.token);
  expect({ status, code: body.error.code }).toEqual({ status: 401, code: 'invalid_platform_api_key' });
  gateway.started.emulator.clock.advance(60_000);
  expect(await ok(revoke())).toEqual(revoked);
});

it('a key acts for its own workspace', async () => {
  const at = `/v1/organizations/${gateway.org_id}/workspaces`;
  const { workspace } = await ok(send('POST', at, { name: 'other', environment: 'staging' }));
  const { workspace_id } = workspace;
  const { service_account } = await ok(account('bot', { workspace_id }));
  const { token } = await newKey(service_account.service_account_id);
  const schema = { semantic_type: 'a.b.v1', schema_json: {}, compatibility_mode: 'warn' };
  await ok(send('POST', '/v1/schemas', schema, { 'x-api-key': token }));
  const used = async (id: string) => {
    const { summary } = await ok(send('GET', `/v1/usage/summary?org_id=${gateway.org_id}&workspace_id=${id}`));
    return summary.dimensions.schema_writes_per_day.used;
  };
  expect([await used(workspace_id), await used(gateway.workspace_id)]).toEqual([1, 0]);
});

it('a key can expire', async () => {
  const { service_account_id } = (await ok(account('bot'))).service_account;
  const expires_at = new Date(gateway.started.emulator.clock.now() + 60_000).toISOString();
  const key = await newKey(service_account_id, { expires_at });
  expect(key.expires_at).toBe(expires_at);
  await ok(with_(key.token));
  gateway.started.emulator.clock.advance(60_000);
  expect((await with_(key.token)).status).toBe(401);
  const late = send('POST', `/v1/service-accounts/${service_account_id}/keys`, {
    created_by_actor_id: 'ann',
    expires_at,
  });
  await expectInvalid(late, 'body', 'expires_at');
});

it('a reset forgets accounts and keys', async () => {
  const { service_account_id } = (await ok(account('bot'))).service_account;
  const { token } = await newKey(service_account_id);
  gateway.started.emulator.reset();
  expect((await with_(token)).status).toBe(401);
  await expectRefused(send('GET', `/v1/service-accounts/${service_account_id}`), 404, 'service account not found');
  await ok(account('bot'));
});

it('what is wrong is refused', async () => {
  await expectInvalid(account('x'), 'body', 'name');
  await expectRefused(account('bot', { workspace_id: NOBODY }), 404, 'workspace not found');
  await expectRefused(send('GET', `/v1/service-accounts?org_id=${NOBODY}`), 404, 'organization not found');
  const { service_account_id } = (await ok(account('bot'))).service_account;
  const { service_account_id: other } = (await ok(account('bot2'))).service_account;
  const { key_id } = await newKey(service_account_id);
  const foreign = send('POST', `/v1/service-accounts/${other}/keys/${key_id}/revoke`);
  await expectRefused(foreign, 404, 'key not found');
});
