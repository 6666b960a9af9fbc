import { quietly } from '../../http/index.js';
import { checkObject, inputError, readOptions } from '../arguments.js';
import type { Gateway } from '../gateway.js';
import { invoke } from '../invoke.js';
import type { AnyOf, JsonObject, Open } from '../open.js';
import type { Operation } from '../operation.js';
import type { RequestOptions, WriteOptions } from '../options.js';
import { Heartbeat } from './heartbeat.js';
import { type MeshMetric, type MeshMetrics, MetricsBuffer } from './metrics.js';

export type MeshHealth = AnyOf<'healthy' | 'degraded' | 'unreachable' | 'killed' | 'unknown'>;

/** An agent of the mesh, as lists have it (AXME contract §7). */
export interface MeshAgent extends Open {
  readonly address_id: string;
  readonly address: string;
  readonly display_name: string;
  readonly health_status: MeshHealth;
  /** RFC 3339. */
  readonly last_heartbeat_at: string | null;
  readonly created_at: string;
  readonly intents_period: number;
  /** In US dollars. */
  readonly cost_period: number;
  readonly metadata: JsonObject | null;
}

export interface MeshAgentsReply extends Open {
  readonly ok: boolean;
  readonly agents: readonly MeshAgent[];
  readonly summary: {
    readonly total: number;
    readonly healthy: number;
    readonly degraded: number;
    readonly unreachable: number;
    readonly killed: number;
  };
}

export interface MeshEvent extends Open {
  readonly event_id: string;
  readonly address: string;
  readonly event_type: string;
  readonly details: JsonObject | null;
  readonly actor_id: string | null;
  readonly created_at: string;
}

export interface MeshEventsReply extends Open {
  readonly ok: boolean;
  readonly events: readonly MeshEvent[];
}

export interface MeshReply extends Open {
  readonly ok: boolean;
  readonly status?: string | undefined;
}

export interface MeshListAgentsOptions extends RequestOptions {
  readonly limit?: number | undefined;
  readonly health?: MeshHealth | undefined;
  /** What `intents_period` and `cost_period` are over. */
  readonly window?: AnyOf<'day' | 'week' | 'month'> | undefined;
}

export interface MeshListEventsOptions extends RequestOptions {
  readonly limit?: number | undefined;
  readonly eventType?: string | undefined;
}

const HEARTBEAT: Operation = { verb: 'POST', path: '/v1/mesh/heartbeat', repeatable: 'always' };
const LIST_AGENTS: Operation = { verb: 'GET', path: '/v1/mesh/agents', query: ['limit', 'health', 'window'] };
const GET_AGENT: Operation = { verb: 'GET', path: '/v1/mesh/agents/{address_id}' };
const KILL: Operation = { verb: 'POST', path: '/v1/mesh/agents/{address_id}/kill', repeatable: 'never' };
const RESUME: Operation = { verb: 'POST', path: '/v1/mesh/agents/{address_id}/resume', repeatable: 'never' };
const LIST_EVENTS: Operation = { verb: 'GET', path: '/v1/mesh/events', query: ['limit', 'event_type'] };

/** The agents of a workspace and their health (AXME contract §7). A client has one, as `client.mesh`. */
export class Mesh {
  readonly #gateway: Gateway;
  readonly #heartbeat: Heartbeat;
  readonly #metrics = new MetricsBuffer();

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
    this.#heartbeat = new Heartbeat(gateway.clock);
    gateway.closing.addEventListener('abort', () => this.#heartbeat.stop(), { once: true });
  }

  /** Says once that the agent of this API key is alive. Metrics are added to the agent's; those of `reportMetric` stay. */
  async heartbeat(metrics?: MeshMetrics, options: WriteOptions = {}): Promise<MeshReply> {
    if (metrics !== undefined) checkObject('metrics', metrics);
    readOptions('mesh.heartbeat', options);
    const body = metrics === undefined || Object.keys(metrics).length === 0 ? undefined : { metrics };
    return this.#gateway.call(HEARTBEAT, { body, options });
  }

  /**
   * Says so now and then every `intervalMs` (default 30,000), with what `reportMetric` was told since the last time unless
   * `includeMetrics` is `false`. Nothing happens if it is running. What fails is told to the logger (`warn`), and its metrics
   * go along with the next: they are counted at least once. The timer keeps no process alive.
   *
   * On Cloudflare Workers, where no timer outlives its request, call `heartbeat` on a schedule instead.
   */
  startHeartbeat(intervalMs = 30_000, includeMetrics = true): void {
    if (!(typeof intervalMs === 'number' && Number.isFinite(intervalMs) && intervalMs > 0)) {
      throw inputError('intervalMs', 'must be a number of milliseconds above 0');
    }
    this.#gateway.closing.throwIfAborted();
    this.#heartbeat.start(intervalMs, (signal) => this.#beat(includeMetrics, signal));
  }

  /** Ends `startHeartbeat`. Metrics that were not told are kept. May be called again. */
  stopHeartbeat(): void {
    this.#heartbeat.stop();
  }

  /** Notes how a piece of work went, for the next heartbeat of `startHeartbeat`. It sends nothing. */
  reportMetric(metric: MeshMetric = {}): void {
    readOptions('mesh.reportMetric', metric);
    for (const name of ['latencyMs', 'costUsd'] as const) {
      const value = metric[name];
      if (value !== undefined && !(typeof value === 'number' && Number.isFinite(value) && value >= 0)) {
        throw inputError(name, 'must be a number of 0 or more');
      }
    }
    this.#metrics.add(metric);
  }

  /** The agents with their health, and how many there are of each. */
  listAgents(options?: MeshListAgentsOptions): Promise<MeshAgentsReply> {
    return invoke(this.#gateway, 'mesh.listAgents', LIST_AGENTS, [options]);
  }

  /** One agent, by the `address_id` of the list. */
  getAgent(addressId: string, options?: RequestOptions): Promise<MeshReply> {
    return invoke(this.#gateway, 'mesh.getAgent', GET_AGENT, [addressId, options]);
  }

  /** Stops an agent: the platform blocks intents to and from it, until `resume`. */
  kill(addressId: string, options?: WriteOptions): Promise<MeshReply> {
    return invoke(this.#gateway, 'mesh.kill', KILL, [addressId, options]);
  }

  /** Takes `kill` back. */
  resume(addressId: string, options?: WriteOptions): Promise<MeshReply> {
    return invoke(this.#gateway, 'mesh.resume', RESUME, [addressId, options]);
  }

  /** Kills, resumes, and changes of health, the latest first. */
  listEvents(options?: MeshListEventsOptions): Promise<MeshEventsReply> {
    return invoke(this.#gateway, 'mesh.listEvents', LIST_EVENTS, [options]);
  }

  async #beat(includeMetrics: boolean, signal: AbortSignal): Promise<void> {
    const taken = includeMetrics ? this.#metrics.take() : undefined;
    try {
      await this.heartbeat(taken?.metrics, { signal });
    } catch (error) {
      taken?.restore();
      if (signal.aborted) return;
      const message = 'The heartbeat failed; what it had to tell goes along with the next.';
      quietly(() => this.#gateway.logger?.warn(message, { scope: 'axme', error }));
    }
  }
}
