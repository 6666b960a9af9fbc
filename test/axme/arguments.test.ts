// What arguments become in the URL and the body, and which are refused before anything is sent.
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { failure } from '../http/clients.js';
import { json } from '../http/servers.js';
import { call, contractOf, requestMethods, scene } from './helpers.js';
import { collect } from './live/gateway.js';

describe('path parameters', () => {
  it.each([
    ['a/b', 'a%2Fb'],
    ['../../v1/quotas', '..%2F..%2Fv1%2Fquotas'],
    ['a.b.c.v1', 'a.b.c.v1'],
    ['...', '...'],
    ['%2e%2e', '%252e%252e'],
    ['a?b#c', 'a%3Fb%23c'],
    ['é ü', '%C3%A9%20%C3%BC'],
  ])('%s is one segment', async (id, segment) => {
    const { client, recorded } = await scene();
    await client.getIntent(id);
    await client.revokeServiceAccountKey(id, id);
    expect(recorded.map(({ path }) => path)).toEqual([
      `/v1/intents/${segment}`,
      `/v1/service-accounts/${segment}/keys/${segment}/revoke`,
    ]);
  });

  it.each(requestMethods.filter(({ path }) => path.includes('{')).map(({ camel }) => camel))(
    '%s refuses what no URL can hold',
    async (camel) => {
      const { client, recorded } = await scene();
      const rest = contractOf(camel)
        .arguments.slice(1)
        .map(({ name }) => (name === 'payload' ? { status: 'X' } : name === 'options' ? {} : 'x'));
      for (const bad of ['', '  ', '.', '..', '\ud800', undefined, null, 7, {}]) {
        const error = await failure(call(client, camel, [bad, ...rest]));
        expect(error).toMatchObject({ name: 'AxmeInputError', field: expect.stringMatching(/^[a-z]/) });
      }
      expect(recorded).toEqual([]);
    },
  );
});

describe('the address of an agent', () => {
  it.each([
    ['agent://acme/ops/bob', 'acme/ops/bob'],
    ['acme/ops/bob', 'acme/ops/bob'],
    ['  agent://bob  ', 'bob'],
    ['bob', 'bob'],
    ['agent://acme/o ps/b?b', 'acme/o%20ps/b%3Fb'],
    ['agent://user/7d0b', 'user/7d0b'],
  ])('%s', async (address, path) => {
    const { client, recorded } = await scene();
    await client.getAgent(address);
    expect(recorded[0]!.path).toBe(`/v1/agents/${path}`);
  });

  it.each(['agent://', 'agent://a//b', 'a/../b', './b', 'a/'])('%j is none', async (address) => {
    const { client, recorded } = await scene();
    expect(await failure(client.getAgent(address))).toMatchObject({ name: 'AxmeInputError', field: 'address' });
    expect(recorded).toEqual([]);
  });
});

describe('the query', () => {
  it('encodes its values and leaves out what is not there', async () => {
    const { client, recorded } = await scene();
    await client.listInbox({ ownerAgent: 'agent://a b/c&d' });
    await client.listInbox({ ownerAgent: '' });
    await client.listIntentEvents('i', { since: 0 });
    await client.checkNick('@bob');
    expect(recorded.map(({ query }) => query)).toEqual([
      { owner_agent: 'agent://a b/c&d' },
      {},
      { since: '0' },
      { nick: '@bob' },
    ]);
  });

  it.each([
    ['limit', 'listInboxChanges', [{ limit: Number.NaN }]],
    ['limit', 'listSessions', [{ limit: {} }]],
    ['since', 'listIntentEvents', ['i', { since: -1 }]],
    ['since', 'listIntentEvents', ['i', { since: '1' }]],
    ['nick', 'checkNick', ['']],
    ['ownerAgent', 'getUserProfile', [undefined]],
    ['workspaceId', 'getQuota', ['org', ' ']],
    ['alias', 'resolveAlias', ['org', 'ws', 7]],
    ['orgId', 'listServiceAccounts', [{}]],
    ['workspaceId', 'listAgents', [{ orgId: 'o' }]],
  ] as const)('refuses a bad %s of %s', async (field, method, args) => {
    const { client, recorded } = await scene();
    expect(await failure(call(client, method, args))).toMatchObject({ name: 'AxmeInputError', field });
    expect(recorded).toEqual([]);
  });
});

describe('the body', () => {
  it.each([
    ['payload', 'createOrganization', [undefined]],
    ['payload', 'updateOrganization', ['o', []]],
    ['payload', 'approveInboxThread', ['t', 'yes']],
    ['payload', 'createIntent', [null]],
    ['payload', 'createIntent', [{ intent_type: 'a.b.v1', to_agent: 'agent://b' }]],
    ['payload', 'createIntent', [{ intent_type: 'a.b.v1', to_agent: 'agent://b', payload: 'text' }]],
    ['intent_type', 'createIntent', [{ to_agent: 'agent://b', payload: {} }]],
    ['to_agent', 'sendIntent', [{ intent_type: 'a.b.v1', payload: {} }]],
    ['status', 'resolveIntent', ['i', {}]],
    ['reason', 'cancelIntent', ['i', { reason: ' ' }]],
    ['payload', 'cancelIntent', ['i', undefined]],
    ['message', 'replyInboxThread', ['t', '']],
    ['decision', 'decideApproval', ['a', undefined]],
    ['role', 'postSessionMessage', ['s', '', 'hello']],
    ['options', 'health', ['trace']],
    ['options', 'resumeIntent', ['i', {}, []]],
    ['org_id', 'updateWorkspace', ['o', 'w', { org_id: 'other' }]],
    ['workspace_id', 'updateWorkspace', ['o', 'w', { workspace_id: 'other' }]],
    ['xOwnerAgent', 'resumeIntent', ['i', {}, { ownerAgent: 'agent://a', xOwnerAgent: 'agent://b' }]],
  ] as const)('refuses a bad %s of %s', async (field, method, args) => {
    const { client, recorded } = await scene();
    expect(await failure(call(client, method, args))).toMatchObject({ name: 'AxmeInputError', field });
    expect(recorded).toEqual([]);
  });

  it('is not changed where it is given', async () => {
    const { client, recorded } = await scene();
    const payload = Object.freeze({ name: 'Ops', environment: 'sandbox', org_id: 'o' });
    await client.createWorkspace('o', payload);
    expect(recorded[0]!.body).toEqual(payload);
  });

  it('of a message is any JSON value', async () => {
    const { client, recorded } = await scene();
    for (const content of ['text', 7, null, ['list'], { deep: true }])
      await client.postSessionMessage('s', 'user', content);
    expect(recorded.map(({ body }) => (body as { content: unknown }).content)).toEqual([
      'text',
      7,
      null,
      ['list'],
      { deep: true },
    ]);
  });

  it('of a session is an object, even an empty one', async () => {
    const { client, recorded } = await scene();
    await client.createSession();
    await client.completeSession('s');
    expect(recorded.map(({ body }) => body)).toEqual([{}, {}]);
  });
});

describe('an option that goes into a header', () => {
  it.each(
    ['traceId', 'idempotencyKey', 'xOwnerAgent', 'authorization'].flatMap((name) =>
      ['two\nlines', 'line\n', 'ключ-secret', 7, null].map((value) => [name, value] as const),
    ),
  )('%s may not be %j, and is named', async (name, value) => {
    const { client, recorded } = await scene();
    const error = await failure(client.resumeIntent('i', {}, { [name]: value }));
    expect(error).toMatchObject({ name: 'AxmeInputError', field: name });
    expect(inspect(error)).not.toContain('ключ-secret');
    if (name === 'traceId') {
      const following = async () => collect(client.observe('i', { traceId: value as string }));
      expect(await failure(following())).toMatchObject({ field: name });
    }
    expect(recorded).toEqual([]);
  });
});

it.each([{}, null, 'now'])('a signal may not be %j', async (signal) => {
  const { client, recorded } = await scene();
  const options = { signal: signal as unknown as AbortSignal };
  const live = () => collect(client.observe('i', options));
  for (const call of [() => client.getIntent('i', options), () => client.mesh.kill('a', options), async () => live()]) {
    expect(await failure(call())).toMatchObject({ name: 'AxmeInputError', field: 'signal' });
  }
  expect(recorded).toEqual([]);
});

describe('steering an intent', () => {
  it('cancels by resolving it', async () => {
    const { client, recorded } = await scene();
    await client.cancelIntent('i', { reason: 'out of stock', actor: 'agent://b' }, { ownerAgent: 'agent://b' });
    expect(recorded[0]).toMatchObject({
      method: 'POST',
      path: '/v1/intents/i/resolve',
      query: { owner_agent: 'agent://b' },
      body: { status: 'CANCELED', reason: 'out of stock', actor: 'agent://b' },
    });
  });

  const current = { policy_generation: 4 };
  it.each([
    [
      'a success that was not applied',
      200,
      { ok: true, applied: false, reason: 'stale_policy_generation', ...current },
    ],
    ['one without its reason', 200, { ok: true, applied: false, ...current }],
    ['a conflict', 409, { detail: 'policy generation is stale', ...current }],
  ])('reports a stale generation as a conflict: %s', async (_, status, body) => {
    const { client } = await scene({}, json(status, body));
    const stale = { expected_policy_generation: 3 };
    for (const call of [
      () => client.updateIntentControls('i', { controls_patch: { timeout_seconds: 60 }, ...stale }),
      () => client.updateIntentPolicy('i', { grants_patch: null, ...stale }),
      () => client.resumeIntent('i', stale),
      () => client.resolveIntent('i', { status: 'COMPLETED', result: {}, ...stale }),
      () => client.cancelIntent('i', { reason: 'late', ...stale }),
    ]) {
      expect(await failure(call())).toMatchObject({
        name: 'AxmeConflictError',
        status: 409,
        policyGeneration: 4,
        body,
      });
    }
  });

  it('reports one without a generation as well', async () => {
    const { client } = await scene({}, json(200, { ok: true, applied: false, reason: 'stale_policy_generation' }));
    const error = await failure(client.resumeIntent('i', { expected_policy_generation: 3 }));
    expect(error).toMatchObject({ code: 'stale_policy_generation', policyGeneration: undefined });
  });

  it('hands on what was not applied for another reason', async () => {
    const reply = { ok: true, applied: false, reason: 'no_waiting_step', policy_generation: 3 };
    const { client } = await scene({}, json(200, reply));
    expect(await client.resumeIntent('i', { expected_policy_generation: 3 })).toEqual(reply);
    expect(await client.resumeIntent('i', {})).toEqual(reply);
  });
});
