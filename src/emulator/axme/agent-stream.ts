import * as v from 'valibot';
import { agentEntry, fullAddress } from './agents.js';
import type { AxmeCall } from './call.js';
import type { Core } from './core.js';
import type { Family } from './family.js';
import { queryInt, text, uuid } from './input.js';
import { streamQuery } from './intents/family.js';
import type { FeedItem } from './intents/feeds.js';
import type { Intent } from './intents/intent.js';
import type { Lifecycle } from './intents/lifecycle.js';
import { eventTypeOf, type IntentStatus, isTerminal, STATUSES } from './intents/status.js';
import { invalid, notFound } from './refusal.js';
import type { AxmeRouter } from './router.js';
import { frame } from './stream/frame.js';
import type { Streams } from './stream/streams.js';
import { dateTime } from './time.js';

const listQuery = { org_id: uuid, workspace_id: uuid, limit: v.optional(queryInt(1, 1000), '200') };

/** Agents and their inbound streams (AXME contract §2.15, §4.4). */
export class AgentStreams implements Family {
  readonly #core: Core;
  readonly #lifecycle: Lifecycle;
  readonly #streams: Streams;

  constructor(core: Core, lifecycle: Lifecycle, streams: Streams) {
    this.#core = core;
    this.#lifecycle = lifecycle;
    this.#streams = streams;
  }

  routes(router: AxmeRouter): void {
    const { agents } = this.#core;
    router.machine('/v1/agents', {
      GET: (call) => {
        const { org_id, workspace_id, limit } = call.query(listQuery);
        const found = agents.list().filter((agent) => agent.orgId === org_id && agent.workspaceId === workspace_id);
        return { ok: true, agents: found.slice(0, limit).map(agentEntry) };
      },
    });
    // Before the route of the agent, whose address has slashes too.
    router.machine('/v1/agents/:address{.+}/intents/stream', { GET: (call) => this.#stream(call) });
    router.machine('/v1/agents/:address{.+}', {
      GET: (call) => {
        const agent = agents.find(call.param('address'));
        if (agent === undefined) throw notFound('agent');
        return { ok: true, agent: agentEntry(agent) };
      },
    });
  }

  reset(): void {}

  #stream(call: AxmeCall): Response {
    const { settings, strict, agents } = this.#core;
    const { feeds } = this.#lifecycle;
    const address = fullAddress(call.param('address'));
    if (!settings.now.streams) throw notFound('stream');
    if (strict && agents.find(address) === undefined) throw notFound('agent');
    const { since, wait_seconds, status } = call.query({ ...streamQuery, status: v.optional(text(1, 200)) });
    const wanted = wantedStatuses(status);
    let cursor = since;
    return this.#streams.answer(call.request, wait_seconds, {
      next: () => {
        for (const item of feeds.itemsAfter(address, cursor)) {
          cursor = item.seq;
          const intent = this.#lifecycle.store.find(item.intentId);
          if (intent === undefined || !wanted(intent.status)) continue;
          return {
            text: frame(eventTypeOf(intent.status), delivery(intent, item), item.seq),
            onTaken: () => this.#lifecycle.taken(intent, address),
          };
        }
        return undefined;
      },
      watch: (wake) => feeds.watchers.watch(address, wake),
      timeout: () => ({ ok: true, next_seq: cursor + 1 }),
    });
  }
}

/** AgentDelivery of AXME contract §4.4. */
function delivery(intent: Intent, { seq }: FeedItem): object {
  return {
    intent_id: intent.intentId,
    seq,
    event_type: eventTypeOf(intent.status),
    status: intent.status,
    at: dateTime(intent.updatedAt),
    intent_type: intent.intentType,
    correlation_id: intent.correlationId,
    from_agent: intent.fromAgent,
    to_agent: intent.toAgent,
    delivery_attempt: intent.deliveryAttempt,
  };
}

/** Those that are named, else those that are not over. @throws {AxmeRefusal} 422: a name is none of a status. */
function wantedStatuses(list: string | undefined): (status: IntentStatus) => boolean {
  if (list === undefined) return (status) => !isTerminal(status);
  const names = list.split(',').map((name) => name.trim().toUpperCase());
  for (const name of names) {
    if (!(STATUSES as readonly string[]).includes(name)) {
      throw invalid(['query', 'status'], `${name} is not a status`, 'enum');
    }
  }
  return (status) => names.includes(status);
}
