// Every method that is one request: what reaches the gateway, against the table of the contract.
import { describe, expect, it } from 'vitest';
import { AxmeClient } from '../../src/axme/index.js';
import { version } from '../../src/version.js';
import { failure } from '../http/clients.js';
import { API_KEY, type ContractMethod, call, REPLY, requestMethods, scene } from './helpers.js';
import { until } from './live/gateway.js';

const OWNER = 'agent://acme/ops/bob';
const KEY = 'key-of-the-call';

/** A value for an argument or a field, by its name on the wire. */
function sampleOf(name: string): unknown {
  const values: Record<string, unknown> = {
    owner_agent: OWNER,
    status: 'COMPLETED',
    decision: 'approve',
    payload: { order: 7 },
    intent: { type: 'orders.place' },
    dimensions: { requests_per_minute: 1 },
    expected_policy_generation: 2,
    content: { any: ['json', 1] },
    since: 3,
    limit: 7,
    window_days: 9,
  };
  return values[name] ?? `${name} / é`;
}

const camelCase = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
const bare = (name: string) => name.replace('?', '');

/** The arguments of a call with everything that the method takes, and the request that it must make. */
function plan({ camel, verb, path, query, body_required, body_optional, ...method }: ContractMethod) {
  const ids = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name!);
  const keys = method.arguments.flatMap(({ keys = [] }) => keys.map(bare));
  const hasPayload = method.arguments.some(({ name }) => name === 'payload' || name === 'bundle');
  // What the client puts into the body by itself: ids of the path, the correlation id, the key of a scenario.
  const added = [...ids, ...(keys.includes('correlationId') ? ['correlation_id'] : [])];
  const fields = [...body_required, ...body_optional].filter((name) => name !== '*');
  const samples = Object.fromEntries(fields.map((name) => [name, sampleOf(name)]));
  const payload = Object.fromEntries(Object.entries(samples).filter(([name]) => !added.includes(name)));

  const special: Record<string, unknown> = {
    traceId: 'trace-1',
    idempotencyKey: method.idempotent === 'always' ? undefined : KEY,
    xOwnerAgent: OWNER,
    authorization: 'Bearer of-this-call',
  };
  const wireNames = [...ids, ...query.map(bare), ...fields];
  const wireName = (name: string) => wireNames.find((wire) => camelCase(wire) === name) ?? name;
  const options = Object.fromEntries(
    ['traceId', 'idempotencyKey', ...keys, ...query.map((name) => camelCase(bare(name)))].map((key) => [
      key,
      Object.hasOwn(special, key) ? special[key] : sampleOf(wireName(key)),
    ]),
  );
  const args = method.arguments.map(({ name }) => {
    if (name === 'options') return options;
    if (name === 'payload' || name === 'bundle') return payload;
    return name === 'address' ? 'agent://acme/ops/b ob' : sampleOf(wireName(name));
  });
  const sentPath = path.replace(/\{(\w+)\}/g, (_, id) => encodeURIComponent(`${sampleOf(id)}`));
  return {
    args,
    request: {
      method: verb,
      path: camel === 'getAgent' ? '/v1/agents/acme/ops/b%20ob' : sentPath,
      query: Object.fromEntries(query.map((name) => [bare(name), String(sampleOf(bare(name)))])),
      body: hasPayload || fields.length > 0 ? samples : undefined,
    },
    headers: {
      'x-trace-id': 'trace-1',
      'idempotency-key': special['idempotencyKey'],
      authorization: keys.includes('authorization') ? special['authorization'] : undefined,
      'x-owner-agent': keys.includes('xOwnerAgent') ? OWNER : undefined,
    },
  };
}

describe('the contract', () => {
  it('has 109 methods, of which 93 are one request', () => {
    expect(requestMethods).toHaveLength(93);
  });

  it.each(requestMethods.map((method) => [method.camel, method] as const))('%s', async (camel, method) => {
    const { client, recorded } = await scene();
    const { args, request, headers } = plan(method);

    const reply = await call(client, camel, args);

    expect(recorded).toHaveLength(1);
    const { headers: sent, ...rest } = recorded[0]!;
    expect(rest).toEqual(request);
    expect(sent).toMatchObject({
      'x-api-key': API_KEY,
      'content-type': 'application/json',
      'x-axme-client': `countersign/${version}`,
    });
    for (const [name, value] of Object.entries(headers)) expect(sent[name], name).toBe(value);
    expect(reply).toEqual(camel === 'sendIntent' ? 'intent-1' : REPLY);
  });

  it('is what the client has, by name, without a method in JSON or in view', () => {
    const missing = requestMethods.filter(({ camel }) => !(camel in AxmeClient.prototype));
    expect(missing).toEqual([]);
    const client = new AxmeClient({ apiKey: API_KEY });
    expect(Object.keys(client)).toEqual([]);
    expect(client.getIntent.name).toBe('getIntent');
  });

  it.each(requestMethods.map((method) => [method.camel, method] as const))(
    '%s takes a signal and a time limit',
    async (camel, method) => {
      const { client, server, clock } = await scene({ maxRetries: 0 }, () => {});
      const { args } = plan(method);
      const last = method.arguments.findIndex(({ name }) => name === 'options');
      const options = args[last] as object;
      const callWith = (more: object) => call(client, camel, args.with(last, { ...options, ...more }));

      const reason = new Error('enough');
      expect(await failure(callWith({ signal: AbortSignal.abort(reason) }))).toBe(reason);
      expect(server.requests).toEqual([]);
      const controller = new AbortController();
      const pending = failure(callWith({ signal: controller.signal }));
      await until(() => server.requests.length === 1);
      controller.abort(reason);
      expect(await pending).toBe(reason);
      const late = failure(callWith({ timeoutMs: 5 }));
      await until(() => server.requests.length === 2);
      clock.advance(5);
      // What changes something may have done so.
      expect(['TIMEOUT', 'OUTCOME_UNKNOWN']).toContain(((await late) as { code: string }).code);
      expect(clock.sleeping).toBe(0);
    },
  );

  it.each(requestMethods.filter(({ verb }) => verb !== 'GET').map((method) => [method.camel, method] as const))(
    '%s takes an idempotency key',
    async (camel, method) => {
      const { client, recorded } = await scene();
      const { args } = plan(method);
      const last = method.arguments.findIndex(({ name }) => name === 'options');
      args[last] = { ...(args[last] as object), idempotencyKey: KEY };
      await call(client, camel, args);
      expect(recorded[0]!.headers['idempotency-key']).toBe(KEY);
    },
  );
});
