import * as v from 'valibot';
import type { AxmeCall } from '../call.js';
import type { Core } from '../core.js';
import type { Family } from '../family.js';
import { queryInt, text } from '../input.js';
import { notFound } from '../refusal.js';
import type { AxmeRouter } from '../router.js';
import { dateTime } from '../time.js';
import { HEALTH, type Health, healthOf, type MeshAgent, meshAgentBody } from './mesh-agent.js';

const count = v.nullish(v.pipe(v.number(), v.minValue(0)));

const heartbeatFields = {
  metrics: v.nullish(
    v.looseObject({
      intents_total: count,
      intents_succeeded: count,
      intents_failed: count,
      avg_latency_ms: count,
      cost_usd: count,
    }),
  ),
};
const agentsQuery = {
  limit: v.optional(queryInt(1, 1000), '100'),
  health: v.optional(v.picklist(HEALTH)),
  window: v.optional(v.picklist(['day', 'week', 'month']), 'day'),
};
const eventsQuery = { limit: v.optional(queryInt(1, 1000), '50'), event_type: v.optional(text(1, 100)) };

interface MeshEvent {
  readonly eventId: string;
  readonly address: string;
  readonly eventType: string;
  readonly details: Readonly<Record<string, unknown>> | null;
  readonly actorId: string | null;
  readonly createdAt: number;
}

/** At most so many events and reports of an agent are kept; then the oldest is dropped. */
const MAX_KEPT = 1000;

/** Which metrics are counted since the beat before, and so added up. */
const SUMS = ['intents_total', 'intents_succeeded', 'intents_failed', 'cost_usd'];

/** The mesh: which agents live, and which may work (AXME contract §7). */
export class Mesh implements Family {
  readonly #core: Core;
  readonly #agents = new Map<string, MeshAgent>();
  #events: MeshEvent[] = [];

  constructor(core: Core) {
    this.#core = core;
  }

  routes(router: AxmeRouter): void {
    router.machine('/v1/mesh/heartbeat', { POST: (call) => this.#heartbeat(call) });
    router.machine('/v1/mesh/agents', { GET: (call) => this.#list(call) });
    router.machine('/v1/mesh/agents/:id', {
      GET: (call) => {
        const agent = this.#find(call);
        const health = this.#look(agent);
        return { ok: true, agent: meshAgentBody(agent, health, this.#core.time.now(), 'day') };
      },
    });
    router.machine('/v1/mesh/agents/:id/kill', {
      POST: (call) => {
        const agent = this.#find(call);
        this.#core.agents.kill(agent.address);
        agent.seenAs = 'killed';
        this.#log(agent, 'agent.killed', actorOf(call), null);
        return { ok: true, status: 'killed' };
      },
    });
    router.machine('/v1/mesh/agents/:id/resume', {
      POST: (call) => {
        const agent = this.#find(call);
        this.#core.agents.resume(agent.address);
        agent.seenAs = this.#healthOf(agent);
        this.#log(agent, 'agent.resumed', actorOf(call), null);
        return { ok: true, status: 'active' };
      },
    });
    router.machine('/v1/mesh/events', { GET: (call) => this.#listEvents(call) });
  }

  reset(): void {
    this.#agents.clear();
    this.#events = [];
  }

  #heartbeat(call: AxmeCall): object {
    const { metrics } = call.body(heartbeatFields);
    const agent = this.#agentOf(call.caller.apiKey.agentAddress);
    const now = this.#core.time.now();
    // How it was until now is noted first.
    this.#look(agent);
    agent.lastHeartbeatAt = now;
    if (metrics) {
      const given = Object.entries(metrics).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
      const sums = given.map(([name, value]) => [
        name,
        SUMS.includes(name) ? (agent.metrics[name] ?? 0) + value : value,
      ]);
      agent.metrics = { ...agent.metrics, ...Object.fromEntries(sums) };
      agent.reports.push({ at: now, intents: metrics.intents_total ?? 0, cost: metrics.cost_usd ?? 0 });
      if (agent.reports.length > MAX_KEPT) agent.reports.shift();
    }
    return { ok: true, status: this.#look(agent) };
  }

  #list(call: AxmeCall): object {
    const { limit, health, window } = call.query(agentsQuery);
    const now = this.#core.time.now();
    const all = this.#all().map((agent) => ({ agent, health: this.#look(agent) }));
    const counted = (wanted: Health) => all.filter((each) => each.health === wanted).length;
    return {
      ok: true,
      agents: all
        .filter((each) => health === undefined || each.health === health)
        .slice(0, limit)
        .map((each) => meshAgentBody(each.agent, each.health, now, window)),
      summary: {
        total: all.length,
        healthy: counted('healthy'),
        degraded: counted('degraded'),
        unreachable: counted('unreachable'),
        killed: counted('killed'),
      },
    };
  }

  #listEvents(call: AxmeCall): object {
    const { limit, event_type } = call.query(eventsQuery);
    for (const agent of this.#all()) this.#look(agent);
    const wanted = this.#events.filter(({ eventType }) => event_type === undefined || eventType === event_type);
    return { ok: true, events: wanted.slice(-limit).reverse().map(eventBody) };
  }

  /** Every agent that is registered is in the mesh. */
  #all(): readonly MeshAgent[] {
    return this.#core.agents.list().map(({ address }) => this.#agentOf(address));
  }

  #agentOf(address: string): MeshAgent {
    const known = this.#agents.get(address);
    if (known !== undefined) return known;
    const registered = this.#core.agents.find(address);
    const agent: MeshAgent = {
      addressId: `addr_${this.#core.ids.hex(8)}`,
      address,
      displayName: registered?.displayName ?? null,
      createdAt: registered?.createdAt ?? this.#core.time.now(),
      lastHeartbeatAt: undefined,
      metrics: {},
      seenAs: 'unknown',
      reports: [],
    };
    this.#agents.set(address, agent);
    if (this.#agents.size > 10 * MAX_KEPT) this.#agents.delete(this.#agents.keys().next().value as string);
    return agent;
  }

  #find(call: AxmeCall): MeshAgent {
    const id = call.param('id');
    const agent = this.#all().find(({ addressId }) => addressId === id);
    if (agent === undefined) throw notFound('agent');
    return agent;
  }

  /** How it is; that it is another way than before is an event. */
  #look(agent: MeshAgent): Health {
    const health = this.#healthOf(agent);
    if (health !== agent.seenAs) {
      this.#log(agent, 'agent.health_changed', null, { from: agent.seenAs, to: health });
      agent.seenAs = health;
    }
    return health;
  }

  #healthOf(agent: MeshAgent): Health {
    if (this.#core.agents.isKilled(agent.address)) return 'killed';
    return healthOf(agent, this.#core.time.now(), this.#core.settings.now.heartbeatMs);
  }

  #log({ address }: MeshAgent, eventType: string, actorId: string | null, details: MeshEvent['details']): void {
    const event = { eventId: this.#core.ids.uuid(), address, eventType, details, actorId };
    this.#events.push({ ...event, createdAt: this.#core.time.now() });
    if (this.#events.length > MAX_KEPT) this.#events.shift();
  }
}

function actorOf({ caller }: AxmeCall): string {
  return caller.actor?.actorId ?? caller.apiKey.agentAddress;
}

/** MeshEvent of AXME contract §7. */
function eventBody({ eventId, address, eventType, details, actorId, createdAt }: MeshEvent): object {
  return {
    event_id: eventId,
    address,
    event_type: eventType,
    details,
    actor_id: actorId,
    created_at: dateTime(createdAt),
  };
}
