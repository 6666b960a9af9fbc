import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type Json, ok, startGateway } from './axme-admin.js';

const FAMILIES = [
  'schemas',
  'media',
  'users',
  'invites',
  'organizations',
  'workspaces',
  'members',
  'access_requests',
  'quotas',
  'billing',
  'service_accounts',
  'principals',
  'aliases',
  'routing',
  'transports',
  'deliveries',
];

interface Method {
  readonly family: string;
  readonly camel: string;
  readonly verb: string;
  readonly path: string;
  readonly query: readonly string[];
  readonly body_required: readonly string[];
  readonly response: readonly string[];
}

const all: readonly Method[] = JSON.parse(
  readFileSync(new URL('../vectors/axme-methods.json', import.meta.url), 'utf8'),
);
const methods = all.filter(({ family }) => FAMILIES.includes(family));

/** What a method is asked with: its path's ids, its query, its body. */
interface Good {
  readonly ids?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

const gateway = await startGateway();

const dimensions = Object.fromEntries(
  [
    'requests_per_minute',
    'intents_per_day',
    'inbox_writes_per_day',
    'media_upload_bytes_per_day',
    'media_storage_bytes',
    'webhook_deliveries_per_day',
    'schema_writes_per_day',
  ].map((name) => [name, 5]),
);

let count = 0;
/** A name that nobody has. */
const fresh = (word: string) => `${word}${++count}`;

const post = async (path: string, body: object): Promise<Json> => ok(gateway.send('POST', path, body));
const scope = () => ({ org_id: gateway.org_id, workspace_id: gateway.workspace_id });
const schema = () => ({ semantic_type: 'shop.order.v1', schema_json: { type: 'object' }, compatibility_mode: 'warn' });
const upload = () => ({ owner_agent: 'agent://bob', filename: 'a.txt', mime_type: 'text/plain', size_bytes: 3 });
const member = () => ({ org_id: gateway.org_id, actor_id: fresh('actor'), role: 'member' });
const accessRequest = () => ({ request_type: 'join_organization', requester_actor_id: 'ann' });
const plan = () => ({
  ...scope(),
  plan_code: 'team',
  currency: 'EUR',
  billing_cycle: 'annual',
  monthly_commit_minor: 9900,
  overage_unit_price_minor: 2,
  updated_by_actor_id: 'ann',
});
const serviceAccount = () => ({ ...scope(), name: fresh('bot'), created_by_actor_id: 'ann' });
const newPrincipal = () => ({ ...scope(), principal_type: 'service_agent' });
const principal = async (): Promise<string> => (await post('/v1/principals', newPrincipal())).principal.principal_id;
const alias = async () => ({
  principal_id: await principal(),
  alias: fresh('alias'),
  alias_type: 'service',
});
const route = async () => ({
  principal_id: await principal(),
  transport_type: 'http',
  endpoint_url: 'https://shop.test/in',
  auth_mode: 'jwt',
});
const binding = async () => ({ principal_id: await principal(), transport_type: 'queue', transport_handle: 'orders' });
const delivery = async () => {
  const { principal_id } = (await post('/v1/routing/endpoints', await route())).route;
  return { ...scope(), principal_id, payload: { a: 1 } };
};
const invite = async (): Promise<string> =>
  (await post('/v1/invites/create', { owner_agent: 'agent://bob', recipient_hint: 'ann' })).token;
const user = async (): Promise<string> => (await post('/v1/users/register-nick', { nick: fresh('@nick') })).owner_agent;
const organization = async (): Promise<string> =>
  (await post('/v1/organizations', { name: 'Acme', requested_by_actor_id: 'ann' })).organization.org_id;
const deliveryId = async (): Promise<string> => (await post('/v1/deliveries', await delivery())).delivery.delivery_id;

/** A good request for each method; what it needs is made first. */
const GOOD: Readonly<Record<string, () => Good | Promise<Good>>> = {
  upsertSchema: () => ({ body: schema() }),
  getSchema: async () => {
    await post('/v1/schemas', schema());
    return { ids: { semantic_type: 'shop.order.v1' } };
  },
  createMediaUpload: () => ({ body: upload() }),
  getMediaUpload: async () => ({ ids: { upload_id: (await post('/v1/media/create-upload', upload())).upload_id } }),
  finalizeMediaUpload: async () => {
    const { upload_id } = await post('/v1/media/create-upload', upload());
    return { body: { upload_id, size_bytes: 3 } };
  },
  registerNick: () => ({ body: { nick: fresh('@nick') } }),
  checkNick: () => ({ query: { nick: '@somebody' } }),
  renameNick: async () => ({ body: { owner_agent: await user(), nick: fresh('@nick') } }),
  getUserProfile: async () => ({ query: { owner_agent: await user() } }),
  updateUserProfile: async () => ({ body: { owner_agent: await user(), display_name: 'Ann' } }),
  createInvite: () => ({ body: { owner_agent: 'agent://bob' } }),
  getInvite: async () => ({ ids: { token: await invite() } }),
  acceptInvite: async () => ({ ids: { token: await invite() }, body: { nick: fresh('@nick') } }),
  createOrganization: () => ({ body: { name: 'Acme', requested_by_actor_id: 'ann' } }),
  getOrganization: async () => ({ ids: { org_id: await organization() } }),
  updateOrganization: async () => {
    const org_id = await organization();
    return { ids: { org_id }, body: { org_id, name: 'Acme & Sons' } };
  },
  createWorkspace: async () => {
    const org_id = await organization();
    return { ids: { org_id }, body: { org_id, name: 'shop', environment: 'production' } };
  },
  listWorkspaces: () => ({ ids: { org_id: gateway.org_id } }),
  updateWorkspace: () => ({ ids: scope(), body: { ...scope(), region: 'eu' } }),
  listOrganizationMembers: async () => {
    await post(`/v1/organizations/${gateway.org_id}/members`, member());
    return { ids: { org_id: gateway.org_id } };
  },
  addOrganizationMember: () => ({ ids: { org_id: gateway.org_id }, body: member() }),
  updateOrganizationMember: async () => {
    const { org_id } = gateway;
    const { member_id } = (await post(`/v1/organizations/${org_id}/members`, member())).member;
    return { ids: { org_id, member_id }, body: { org_id, member_id, role: 'org_admin' } };
  },
  removeOrganizationMember: async () => {
    const { org_id } = gateway;
    const { member_id } = (await post(`/v1/organizations/${org_id}/members`, member())).member;
    return { ids: { org_id, member_id } };
  },
  createAccessRequest: () => ({ body: accessRequest() }),
  listAccessRequests: async () => {
    await post('/v1/access-requests', accessRequest());
    return {};
  },
  getAccessRequest: async () => {
    const { access_request_id } = (await post('/v1/access-requests', accessRequest())).access_request;
    return { ids: { access_request_id } };
  },
  reviewAccessRequest: async () => {
    const { access_request_id } = (await post('/v1/access-requests', accessRequest())).access_request;
    return { ids: { access_request_id }, body: { decision: 'approve', reviewer_actor_id: 'bob' } };
  },
  updateQuota: () => ({ body: { ...scope(), dimensions, overage_mode: 'block', updated_by_actor_id: 'ann' } }),
  getQuota: () => ({ query: scope() }),
  getUsageSummary: () => ({ query: scope() }),
  getUsageTimeseries: () => ({ query: scope() }),
  updateBillingPlan: () => ({ body: plan() }),
  getBillingPlan: async () => {
    await ok(gateway.send('PATCH', '/v1/billing/plan', plan()));
    return { query: scope() };
  },
  listBillingInvoices: () => {
    gateway.started.emulator.axme.addInvoice();
    return { query: scope() };
  },
  getBillingInvoice: () => ({ ids: { invoice_id: gateway.started.emulator.axme.addInvoice().invoice_id } }),
  createServiceAccount: () => ({ body: serviceAccount() }),
  listServiceAccounts: () => ({ query: { org_id: gateway.org_id } }),
  getServiceAccount: async () => {
    const { service_account_id } = (await post('/v1/service-accounts', serviceAccount())).service_account;
    return { ids: { service_account_id } };
  },
  createServiceAccountKey: async () => {
    const { service_account_id } = (await post('/v1/service-accounts', serviceAccount())).service_account;
    return { ids: { service_account_id }, body: { created_by_actor_id: 'ann' } };
  },
  revokeServiceAccountKey: async () => {
    const { service_account_id } = (await post('/v1/service-accounts', serviceAccount())).service_account;
    const keys = `/v1/service-accounts/${service_account_id}/keys`;
    const { key_id } = (await post(keys, { created_by_actor_id: 'ann' })).key;
    return { ids: { service_account_id, key_id } };
  },
  createPrincipal: () => ({ body: newPrincipal() }),
  getPrincipal: async () => ({ ids: { principal_id: await principal() } }),
  bindAlias: async () => ({ body: await alias() }),
  listAliases: async () => {
    await post('/v1/aliases', await alias());
    return { query: scope() };
  },
  revokeAlias: async () => ({ ids: { alias_id: (await post('/v1/aliases', await alias())).alias.alias_id } }),
  resolveAlias: async () => {
    const bound = await alias();
    await post('/v1/aliases', bound);
    return { query: { ...scope(), alias: bound.alias } };
  },
  registerRoutingEndpoint: async () => ({ body: await route() }),
  listRoutingEndpoints: async () => {
    await post('/v1/routing/endpoints', await route());
    return { query: scope() };
  },
  updateRoutingEndpoint: async () => {
    const { route_id } = (await post('/v1/routing/endpoints', await route())).route;
    return { ids: { route_id }, body: { priority: 7 } };
  },
  removeRoutingEndpoint: async () => ({
    ids: { route_id: (await post('/v1/routing/endpoints', await route())).route.route_id },
  }),
  resolveRouting: async () => {
    const { principal_id } = (await post('/v1/routing/endpoints', await route())).route;
    return { body: { ...scope(), principal_id } };
  },
  upsertTransportBinding: async () => ({ body: await binding() }),
  listTransportBindings: async () => {
    await post('/v1/transports/bindings', await binding());
    return { query: scope() };
  },
  removeTransportBinding: async () => ({
    ids: { binding_id: (await post('/v1/transports/bindings', await binding())).binding.binding_id },
  }),
  submitDelivery: async () => ({ body: await delivery() }),
  listDeliveries: async () => {
    await deliveryId();
    return { query: scope() };
  },
  getDelivery: async () => ({ ids: { delivery_id: await deliveryId() } }),
  replayDelivery: async () => ({ ids: { delivery_id: await deliveryId() } }),
};

async function answerTo({ verb, path }: Method, { ids = {}, query = {}, body }: Good) {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(ids[name] ?? 'missing'));
  const search = new URLSearchParams(query).toString();
  return gateway.send(verb, search === '' ? filled : `${filled}?${search}`, body);
}

it('knows a good request for every method of these families, and for no other', () => {
  expect(methods.map(({ camel }) => camel).sort()).toEqual(Object.keys(GOOD).sort());
});

it.each(methods.map((method) => [method.camel, method] as const))('%s has the reply of the list', async (_, method) => {
  const reply = await ok(answerTo(method, (await GOOD[method.camel]?.()) ?? {}));
  expectNames(reply, method.response);
});

const withBody = methods.filter(({ body_required }) => body_required.length > 0);
it.each(withBody.map((method) => [method.camel, method] as const))('%s misses what it needs', async (_, method) => {
  const good = (await GOOD[method.camel]?.()) ?? {};
  const inPath = Object.keys(good.ids ?? {});
  // An id that the path has may be left out of the body (contract §9.4), and published defaults are defaults.
  const optional = [...inPath, 'billing_cycle', 'overage_unit_price_minor'];
  const needed = method.body_required.filter((name) => !optional.includes(name));
  for (const name of needed) {
    const { [name]: _left, ...rest } = good.body ?? {};
    const { status, body } = await answerTo(method, { ...good, body: rest });
    expect({ status, detail: body.detail }).toMatchObject({ status: 422, detail: [{ loc: ['body', name] }] });
  }
  const { status } = await answerTo(method, { ...good, body: ['no object'] as never });
  expect(status).toBe(422);
});

const withQuery = methods.filter(({ query }) => query.some((name) => !name.endsWith('?')));
it.each(withQuery.map((method) => [method.camel, method] as const))('%s misses its query', async (_, method) => {
  const good = (await GOOD[method.camel]?.()) ?? {};
  // These lists can be the whole organization's (contract §2.16).
  const wide = /^list(Aliases|RoutingEndpoints|TransportBindings|Deliveries)$/.test(method.camel);
  const names = method.query.filter((name) => !name.endsWith('?') && !(wide && name === 'workspace_id'));
  for (const name of names) {
    const { [name]: _left, ...rest } = good.query ?? {};
    const { status, body } = await answerTo(method, { ...good, query: rest });
    expect({ status, detail: body.detail }).toMatchObject({ status: 422, detail: [{ loc: ['query', name] }] });
  }
});

const withId = methods.filter(({ path }) => path.includes('{'));
it.each(withId.map((method) => [method.camel, method] as const))('%s does not know the id', async (_, method) => {
  const good = (await GOOD[method.camel]?.()) ?? {};
  const { org_id: _o, workspace_id: _w, member_id: _m, ...body } = good.body ?? {};
  const some = method.body_required.length > 0 || Object.keys(body).length > 0;
  const ids = { ...(good.ids?.['org_id'] ? { org_id: good.ids['org_id'] } : {}) };
  const last =
    method.path
      .match(/\{(\w+)\}/g)
      ?.at(-1)
      ?.slice(1, -1) ?? '';
  const answer = answerTo(method, { ids: { ...ids, [last]: 'nobody' }, ...(some ? { body } : {}) });
  expect(await answer).toEqual({ status: 404, body: { detail: expect.stringMatching(/ not found$/) } });
});

it.each(methods.map((method) => [method.camel, method] as const))('%s wants an API key', async (_, method) => {
  const { status, body } = await gateway.send(method.verb, method.path, undefined, {});
  expect({ status, code: body.error.code }).toEqual({ status: 401, code: 'missing_platform_api_key' });
});

/** Checks that a reply has every name of the list that is not optional, and none that the list lacks. */
function expectNames(reply: Json, names: readonly string[]): void {
  const listed = new Set(names.map((name) => name.replace(/[?]$/, '')));
  for (const name of names) {
    if (name.endsWith('?')) continue;
    for (const value of valuesAt(reply, name.split('.'))) expect(value, name).not.toBeUndefined();
  }
  const isOpen = (path: string) => ![...listed].some((name) => name.startsWith(`${path}.`));
  const walk = (value: Json, path: string): void => {
    if (Array.isArray(value)) {
      for (const item of value) if (!isOpen(`${path}[]`)) walk(item, `${path}[]`);
      return;
    }
    for (const [key, member] of Object.entries(value)) {
      const here = path === '' ? key : `${path}.${key}`;
      const known = [...listed].some((name) => [here, `${here}[]`].includes(name) || name.startsWith(`${here}.`));
      expect(known, `${here} is not in the list`).toBe(true);
      const isObject = typeof member === 'object' && member !== null;
      if (isObject && (Array.isArray(member) || !isOpen(here))) walk(member, here);
    }
  };
  walk(reply, '');
}

/** Every value at a path of the list, as `threads[].status`; a list must not be empty. */
function valuesAt(value: Json, [step, ...rest]: readonly string[]): readonly unknown[] {
  if (step === undefined) return [value];
  const next = value?.[step.replace('[]', '')];
  if (!step.endsWith('[]')) return valuesAt(next, rest);
  expect(next, step).not.toHaveLength(0);
  return (next as readonly Json[]).flatMap((item) => valuesAt(item, rest));
}
