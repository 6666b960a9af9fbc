// Idempotency keys, correlation ids, trace ids and what is sent again (AXME contract §5.1, §5.2).
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AxmeClientConfig } from '../../src/axme/index.js';
import { UsedKeys } from '../../src/axme/used-keys.js';
import { failure } from '../http/clients.js';
import { ManualClock } from '../http/manual-clock.js';
import { inTurn, json } from '../http/servers.js';
import { call, REPLY, requestMethods, scene } from './helpers.js';

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const INTENT = { intent_type: 'orders.place.v1', to_agent: 'agent://acme/ops/bob', payload: { order: 7 } };
const DAY = 24 * 60 * 60 * 1000;

afterEach(() => void vi.unstubAllGlobals());

/** Arguments that are good enough for any method. */
function argsOf(camel: string): readonly unknown[] {
  const method = requestMethods.find((each) => each.camel === camel)!;
  const payload = { ...INTENT, status: 'COMPLETED', orgId: 'o', workspaceId: 'w', scenario_id: 's', intent: {} };
  return method.arguments.map(({ name }) => {
    if (name === 'options') return { orgId: 'o', workspaceId: 'w' };
    return name === 'payload' || name === 'bundle' ? payload : 'id';
  });
}

describe('keys', () => {
  it('are made for a create, one a logical call', async () => {
    const { client, recorded } = await scene({}, inTurn(json(503, {}), json(200, REPLY)));
    await client.createIntent(INTENT);
    await client.createIntent(INTENT);
    await client.sendIntent(INTENT);
    const [first, again, second, third] = recorded.map(({ headers }) => headers['idempotency-key']);
    expect(first).toMatch(UUID_V4);
    expect(again).toBe(first);
    expect(new Set([first, second, third]).size).toBe(3);
  });

  it.each<[string, AxmeClientConfig, readonly string[]]>([
    ['nothing else', {}, ['createIntent', 'sendIntent']],
    [
      'every write that may be repeated with one, if autoIdempotency is on',
      { autoIdempotency: true },
      requestMethods.filter(({ idempotent }) => idempotent === 'with_key').map(({ camel }) => camel),
    ],
    ['nothing at all, if it is off', { autoIdempotency: false }, []],
  ])('are made for %s', async (_, config, expected) => {
    const { client, recorded } = await scene(config);
    const keyed: string[] = [];
    for (const { camel } of requestMethods) {
      await call(client, camel, argsOf(camel));
      if (recorded.at(-1)!.headers['idempotency-key'] !== undefined) keyed.push(camel);
    }
    expect(keyed).toEqual(expected);
  });

  it('of the caller are sent as they are, and an empty one counts as none', async () => {
    const { client, recorded } = await scene();
    await client.resumeIntent('i', {}, { idempotencyKey: 'mine' });
    await client.resumeIntent('i', {}, { idempotencyKey: '' });
    expect(recorded.map(({ headers }) => headers['idempotency-key'])).toEqual(['mine', undefined]);
  });

  it('of a scenario go along as header and in the bundle, where the bundle has the last word', async () => {
    const { client, recorded } = await scene();
    const bundle = { scenario_id: 's.one', intent: { type: 'a.b' } };
    await client.applyScenario(bundle, { idempotencyKey: 'k' });
    await client.applyScenario({ ...bundle, idempotency_key: 'own' }, { idempotencyKey: 'k' });
    await client.applyScenario(bundle);
    const seen = recorded.map(({ headers, body }) => [headers['idempotency-key'], body]);
    expect(seen).toEqual([
      ['k', { ...bundle, idempotency_key: 'k' }],
      ['k', { ...bundle, idempotency_key: 'own' }],
      [undefined, bundle],
    ]);
  });
});

describe('a key that was used with other parameters', () => {
  const used = { idempotencyKey: 'key-1' };

  it('warns before it is sent', async () => {
    const order: string[] = [];
    const { client, recorded, warnings } = await scene({}, (request, response) => {
      order.push('sent');
      json(200, REPLY)(request, response);
    });
    await client.replyInboxThread('t', 'yes', used);
    await client.replyInboxThread('t', 'yes', used);
    expect(warnings).toEqual([]);
    await client.replyInboxThread('t', 'no', used);
    expect(warnings).toEqual([
      expect.stringContaining('POST /v1/inbox/{thread_id}/reply: this idempotencyKey was used'),
    ]);
    expect(recorded).toHaveLength(3);
  });

  it('is told before the request begins', async () => {
    const events: string[] = [];
    const { client } = await scene({
      logger: { debug() {}, info() {}, error() {}, warn: () => void events.push('warning') },
      hooks: { onRequest: () => void events.push('request') },
    });
    await client.registerNick({ nick: 'bob' }, used);
    await client.registerNick({ nick: 'eve' }, used);
    expect(events).toEqual(['request', 'warning', 'request']);
  });

  it('is one at the same endpoint, and for the same object', async () => {
    const { client, warnings } = await scene();
    await client.replyInboxThread('t', 'yes', used);
    await client.replyInboxThread('u', 'no', used);
    await client.registerNick({ nick: 'bob' }, used);
    expect(warnings).toEqual([]);
  });

  it('is compared as JSON, in which order does not count', async () => {
    const { client, warnings } = await scene();
    await client.createIntent({ ...INTENT, payload: { a: 1, b: [{ c: 1, d: 2 }] } }, used);
    const { intent_type, to_agent } = INTENT;
    await client.createIntent({ payload: { b: [{ d: 2, c: 1 }], a: 1 }, to_agent, intent_type }, used);
    expect(warnings).toEqual([]);
    await client.createIntent({ ...INTENT, payload: { a: 1, b: [{ c: 1, d: 3 }] } }, used);
    expect(warnings).toHaveLength(1);
  });

  it('is forgotten after 24 hours', async () => {
    const { client, clock, warnings } = await scene();
    await client.registerNick({ nick: 'bob' }, used);
    clock.advance(DAY - 1);
    await client.registerNick({ nick: 'eve' }, used);
    expect(warnings).toHaveLength(1);
    clock.advance(1);
    await client.registerNick({ nick: 'eve' }, used);
    await client.registerNick({ nick: 'eve' }, used);
    expect(warnings).toHaveLength(1);
  });

  it('is forgotten when 10,000 others were used since', async () => {
    const keys = new UsedKeys(new ManualClock());
    const use = (key: string, body: unknown) => keys.reused('POST /', key, body);
    await use('first', 1);
    for (let count = 1; count < 10_000; count++) await use(`other ${count}`, 1);
    expect(await use('first', 2)).toBe(true);
    await use('one too many', 1);
    expect(await use('first', 2)).toBe(false);
    expect(await use('other 9999', 2)).toBe(true);
  });

  it('is unknown where there is no SHA-256, and nothing breaks', async () => {
    vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) });
    const { client, recorded, warnings } = await scene();
    await client.createIntent(INTENT, used);
    await client.createIntent(INTENT, used);
    expect(warnings).toEqual([]);
    for (const { body } of recorded) expect((body as { correlation_id: string }).correlation_id).toMatch(UUID_V4);
  });

  it('may be a body that is no JSON, which is refused', async () => {
    const { client, recorded } = await scene();
    const circle: Record<string, unknown> = { nick: 'bob' };
    circle['self'] = circle;
    expect(await failure(client.registerNick(circle as never, used))).toMatchObject({ code: 'INVALID_INPUT' });
    expect(recorded).toEqual([]);
  });
});

describe('correlation ids', () => {
  const correlationsOf = (recorded: readonly { readonly body: unknown }[]) =>
    recorded.map(({ body }) => (body as { correlation_id: string }).correlation_id);

  it('are made once a logical call, without a secure context', async () => {
    vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto), subtle: crypto.subtle });
    const { client, recorded } = await scene({}, inTurn(json(503, {}), json(200, REPLY)));
    await client.createIntent(INTENT);
    await client.sendIntent(INTENT);
    const [first, again, second] = correlationsOf(recorded);
    expect(first).toMatch(UUID_V4);
    expect(again).toBe(first);
    expect(second).toMatch(UUID_V4);
    expect(second).not.toBe(first);
  });

  it('belong to the key, so that a call that is made again is the same request', async () => {
    const [one, other] = [await scene(), await scene()];
    await one.client.createIntent(INTENT, { idempotencyKey: 'order-7' });
    await other.client.createIntent(INTENT, { idempotencyKey: 'order-7' });
    await other.client.createIntent(INTENT, { idempotencyKey: 'order-8' });
    const [first] = correlationsOf(one.recorded);
    const [same, next] = correlationsOf(other.recorded);
    expect(first).toMatch(UUID_V4);
    expect(same).toBe(first);
    expect(next).not.toBe(first);
  });

  it('of the caller are in the options or in the payload, and never two', async () => {
    const { client, recorded } = await scene();
    await client.createIntent(INTENT, { correlationId: 'c-1' });
    await client.createIntent({ ...INTENT, correlation_id: 'c-2' });
    await client.createIntent({ ...INTENT, correlation_id: 'c-3' }, { correlationId: 'c-3' });
    expect(correlationsOf(recorded)).toEqual(['c-1', 'c-2', 'c-3']);
    const differ = client.createIntent({ ...INTENT, correlation_id: 'a' }, { correlationId: 'b' });
    expect(await failure(differ)).toMatchObject({ name: 'AxmeInputError', field: 'correlation_id' });
    const number = client.createIntent({ ...INTENT, correlation_id: 7 as never });
    expect(await failure(number)).toMatchObject({ name: 'AxmeInputError', field: 'correlation_id' });
    expect(recorded).toHaveLength(3);
  });

  it('are a header only if asked for', async () => {
    const plain = await scene();
    await plain.client.createIntent(INTENT);
    expect(plain.recorded[0]!.headers['x-correlation-id']).toBeUndefined();
    const { client, recorded } = await scene({ correlationHeader: true });
    await client.createIntent(INTENT, { correlationId: 'c-1' });
    await client.getIntent('i');
    expect(recorded.map(({ headers }) => headers['x-correlation-id'])).toEqual(['c-1', undefined]);
  });
});

describe('trace ids', () => {
  it('are one a logical call, whatever its attempts', async () => {
    const { client, recorded } = await scene({}, inTurn(json(503, {}), json(502, {}), json(200, REPLY)));
    await client.getIntent('i');
    await client.getIntent('i', { traceId: '' });
    const [first, second, third, fourth] = recorded.map(({ headers }) => headers['x-trace-id']);
    expect(first).toMatch(UUID_V4);
    expect([second, third]).toEqual([first, first]);
    expect(fourth).toMatch(UUID_V4);
    expect(fourth).not.toBe(first);
  });
});

describe('a request that failed', () => {
  it.each(requestMethods.map(({ camel, idempotent }) => [camel, idempotent] as const))(
    '%s is sent again: %s',
    async (camel, idempotent) => {
      const automatic = camel === 'createIntent' || camel === 'sendIntent';
      const plain = await scene({}, json(503, {}));
      await failure(call(plain.client, camel, argsOf(camel)));
      expect(plain.recorded).toHaveLength(idempotent === 'always' || automatic ? 3 : 1);

      const keyed = await scene({}, json(503, {}));
      const args = argsOf(camel).map((arg, at, { length }) =>
        at === length - 1 ? { ...(arg as object), idempotencyKey: 'k' } : arg,
      );
      await failure(call(keyed.client, camel, args));
      expect(keyed.recorded).toHaveLength(idempotent === 'never' ? 1 : 3);
    },
  );

  it.each([408, 429, 500, 501, 502, 503, 504, 520])('with %i is sent again', async (status) => {
    const { client, recorded } = await scene({}, inTurn(json(status, {}), json(200, REPLY)));
    expect(await client.getIntent('i')).toEqual(REPLY);
    expect(recorded).toHaveLength(2);
  });

  it.each([400, 401, 404, 409, 422, 425])('with %i is not', async (status) => {
    const { client, recorded } = await scene({}, json(status, {}));
    await failure(client.getIntent('i'));
    expect(recorded).toHaveLength(1);
  });

  it('waits with jitter, from retryBackoffMs on, up to a cap', async () => {
    const { client, delays } = await scene({ maxRetries: 8, random: () => 0.5 }, json(503, {}));
    await failure(client.getIntent('i'));
    expect(delays).toEqual([100, 200, 400, 800, 1600, 3200, 4000, 4000]);
    const slow = await scene({ retryBackoffMs: 1000, maxRetries: 1 }, json(503, {}));
    await failure(slow.client.getIntent('i'));
    expect(slow.delays).toEqual([500]);
  });

  it('waits for as long as the service asks, in seconds or until a date, and not for ever', async () => {
    const at = new Date(Date.UTC(2030, 0, 1, 0, 0, 5)).toUTCString();
    for (const [value, delays] of [
      ['3', [3100]],
      [at, [5100]],
      ['86400', []],
    ] as const) {
      const asked = await scene({ maxRetries: 1 }, json(429, {}, { 'retry-after': value }));
      await failure(asked.client.getIntent('i'));
      expect(asked.delays, value).toEqual(delays);
    }
  });
});
