import type { RequestListener } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AxmeClient, AxmeClosedError, AxmeInputError, AxmeOutcomeUnknownError } from '../../../src/axme/index.js';
import type { SleepOptions } from '../../../src/runtime/clock.js';
import { failure } from '../../http/clients.js';
import { ManualClock } from '../../http/manual-clock.js';
import { httpServer, inTurn, json } from '../../http/servers.js';
import { until } from '../live/gateway.js';

/** A clock that counts the waits which keep no process alive. */
class CountingClock extends ManualClock {
  background = 0;

  override async sleep(ms: number, options: SleepOptions = {}): Promise<void> {
    if (options.background) this.background += 1;
    try {
      await super.sleep(ms, options);
    } finally {
      if (options.background) this.background -= 1;
    }
  }
}

const ok = json(200, { ok: true, status: 'healthy' });

async function scene(...answers: readonly RequestListener[]) {
  const bodies: unknown[] = [];
  const answer = inTurn(...(answers.length > 0 ? answers : [ok]));
  const server = await httpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString()));
      answer(request, response);
    });
  });
  const clock = new CountingClock();
  const warnings: unknown[][] = [];
  const quiet = () => {};
  const logger = { debug: quiet, info: quiet, error: quiet, warn: (...args: unknown[]) => void warnings.push(args) };
  const client = new AxmeClient({ baseUrl: server.url, apiKey: 'axme_sa_key_secret', clock, logger, maxRetries: 0 });
  onTestFinished(() => client.close());
  /** Resolves when so many beats have been answered and the next is waited for. */
  const beats = (count: number) => until(() => bodies.length === count && clock.background === 1);
  return { client, mesh: client.mesh, server, bodies, clock, warnings, beats };
}

describe('heartbeat', () => {
  it.each([
    [undefined, undefined],
    [{}, undefined],
    [{ intents_total: 3, mine: 1 }, { metrics: { intents_total: 3, mine: 1 } }],
  ])('sends %j as %j', async (metrics, body) => {
    const { mesh, server, bodies } = await scene();
    expect(await mesh.heartbeat(metrics, { traceId: 'trace' })).toEqual({ ok: true, status: 'healthy' });
    expect(bodies).toEqual([body]);
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      url: '/v1/mesh/heartbeat',
      headers: { 'x-trace-id': 'trace' },
    });
  });

  it.each([['metrics'], [[]], [null]])('refuses metrics that are none: %j', async (metrics) => {
    const { mesh, bodies } = await scene();
    expect(await failure(mesh.heartbeat(metrics as never))).toMatchObject({ field: 'metrics' });
    expect(bodies).toEqual([]);
  });
});

describe('startHeartbeat', () => {
  it('beats at once and then every interval, and keeps no process alive', async () => {
    const { mesh, clock, beats } = await scene();
    mesh.startHeartbeat(10_000);
    // The published clients are silent for one interval.
    await beats(1);
    mesh.startHeartbeat(1);
    clock.advance(9999);
    await beats(1);
    clock.advance(1);
    await beats(2);
    expect(clock.sleeping).toBe(1);
    mesh.stopHeartbeat();
    mesh.stopHeartbeat();
    await until(() => clock.sleeping === 0);
    mesh.startHeartbeat();
    await beats(3);
    clock.advance(30_000);
    await beats(4);
  });

  it('tells what was reported, once, with the mean of the latencies that there were', async () => {
    const { mesh, bodies, clock, beats } = await scene();
    mesh.reportMetric({ latencyMs: 100, costUsd: 0.5 });
    mesh.reportMetric({ success: false });
    mesh.reportMetric({ latencyMs: 50, costUsd: 0.25 });
    mesh.startHeartbeat(1000);
    await beats(1);
    clock.advance(1000);
    await beats(2);
    mesh.reportMetric({});
    clock.advance(1000);
    await beats(3);
    expect(bodies).toEqual([
      // The published clients divide by all three.
      { metrics: { intents_total: 3, intents_succeeded: 2, intents_failed: 1, avg_latency_ms: 75, cost_usd: 0.75 } },
      undefined,
      { metrics: { intents_total: 1, intents_succeeded: 1, intents_failed: 0 } },
    ]);
  });

  it('tells after a beat that failed what that had to tell, and goes on', async () => {
    const { mesh, bodies, clock, beats, warnings } = await scene(
      json(500, {}),
      (request) => request.socket.destroy(),
      json(403, { detail: 'killed' }),
      ok,
    );
    mesh.reportMetric({ latencyMs: 10 });
    mesh.startHeartbeat(1000);
    await beats(1);
    mesh.reportMetric({ success: false, latencyMs: 30 });
    for (const count of [2, 3, 4, 5]) {
      clock.advance(1000);
      await beats(count);
    }
    const both = { intents_total: 2, intents_succeeded: 1, intents_failed: 1, avg_latency_ms: 20 };
    expect(bodies.slice(1)).toEqual([{ metrics: both }, { metrics: both }, { metrics: both }, undefined]);
    expect(warnings.length).toBe(3);
    expect(warnings[2]).toMatchObject([
      expect.stringContaining('heartbeat'),
      { scope: 'axme', error: { status: 403 } },
    ]);
  });

  it('leaves the metrics alone if it is told so', async () => {
    const { mesh, bodies, beats } = await scene();
    mesh.reportMetric({ success: true });
    mesh.startHeartbeat(1000, false);
    await beats(1);
    mesh.stopHeartbeat();
    mesh.startHeartbeat(1000);
    await beats(2);
    expect(bodies).toEqual([undefined, { metrics: expect.objectContaining({ intents_total: 1 }) }]);
  });

  it('keeps the metrics of a beat that was stopped on its way', async () => {
    const { mesh, bodies, beats, warnings } = await scene(() => {}, ok);
    mesh.reportMetric({ costUsd: 1 });
    mesh.startHeartbeat(1000);
    await until(() => bodies.length === 1);
    mesh.stopHeartbeat();
    mesh.startHeartbeat(1000);
    await beats(2);
    mesh.stopHeartbeat();
    mesh.startHeartbeat(1000);
    await beats(3);
    expect(bodies[2]).toEqual({ metrics: expect.objectContaining({ cost_usd: 1 }) });
    expect(warnings).toEqual([]);
  });

  it("ends with the client's close", async () => {
    const { client, mesh, clock, beats } = await scene();
    expect(client.mesh).toBe(mesh);
    mesh.startHeartbeat(1000);
    await beats(1);
    await client.close();
    await until(() => clock.sleeping === 0);
    expect(() => mesh.startHeartbeat(1000)).toThrow(AxmeClosedError);
    expect(clock.sleeping).toBe(0);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, '5' as never])(
    'refuses an interval of %s',
    async (interval) => {
      const { mesh } = await scene();
      expect(() => mesh.startHeartbeat(interval)).toThrow(AxmeInputError);
    },
  );

  it.each([
    [{ latencyMs: -1 }, 'latencyMs'],
    [{ latencyMs: Number.NaN }, 'latencyMs'],
    [{ costUsd: '1' }, 'costUsd'],
    [{ latency_ms: 3 }, 'latencyMs'],
  ])('refuses a report of %j', async (metric, field) => {
    const { mesh } = await scene();
    let error: unknown;
    try {
      mesh.reportMetric(metric as never);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(AxmeInputError);
    expect(error).toMatchObject({ field });
  });
});

describe('the rest', () => {
  it.each([
    ['GET', '/v1/mesh/agents', (mesh: AxmeClient['mesh']) => mesh.listAgents()],
    [
      'GET',
      '/v1/mesh/agents?limit=5&health=killed&window=week',
      (mesh: AxmeClient['mesh']) => mesh.listAgents({ limit: 5, health: 'killed', window: 'week' }),
    ],
    ['GET', '/v1/mesh/agents/addr_1%2F2', (mesh: AxmeClient['mesh']) => mesh.getAgent('addr_1/2')],
    ['POST', '/v1/mesh/agents/addr_1/kill', (mesh: AxmeClient['mesh']) => mesh.kill('addr_1')],
    ['POST', '/v1/mesh/agents/addr_1/resume', (mesh: AxmeClient['mesh']) => mesh.resume('addr_1')],
    ['GET', '/v1/mesh/events', (mesh: AxmeClient['mesh']) => mesh.listEvents()],
    [
      'GET',
      '/v1/mesh/events?limit=0&event_type=agent.killed',
      (mesh: AxmeClient['mesh']) => mesh.listEvents({ limit: 0, eventType: 'agent.killed' }),
    ],
  ])('%s %s', async (method, url, call) => {
    const { mesh, server, bodies } = await scene();
    expect(await call(mesh)).toEqual({ ok: true, status: 'healthy' });
    expect(server.requests[0]).toMatchObject({ method, url, headers: { 'x-api-key': 'axme_sa_key_secret' } });
    expect(bodies).toEqual([undefined]);
  });

  it.each(['kill', 'resume'] as const)('%s is not repeated: what came of it is unknown', async (name) => {
    const { mesh, bodies } = await scene((request) => request.socket.destroy());
    expect(await failure(mesh[name]('addr_1'))).toBeInstanceOf(AxmeOutcomeUnknownError);
    expect(bodies.length).toBe(1);
  });

  it('needs an id', async () => {
    const { mesh } = await scene();
    for (const name of ['getAgent', 'kill', 'resume'] as const) {
      expect(await failure(mesh[name](' '))).toMatchObject({ field: 'addressId' });
    }
  });
});
