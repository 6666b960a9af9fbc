import * as v from 'valibot';
import type { AxmeCall } from '../call.js';
import type { Core } from '../core.js';
import type { Family } from '../family.js';
import { int, jsonObject, queryInt, text } from '../input.js';
import { AxmeRefusal, conflict, invalid, notFound } from '../refusal.js';
import type { AxmeRouter } from '../router.js';
import { frame } from '../stream/frame.js';
import type { Streams } from '../stream/streams.js';
import { dateTime } from '../time.js';
import { newIntentOf } from './create-request.js';
import { type Intent, intentBody } from './intent.js';
import type { Lifecycle } from './lifecycle.js';
import { checkGeneration, staleAnswer } from './stale.js';
import { isTerminal } from './status.js';

const eventsQuery = { since: v.optional(queryInt(0), '0') };

/** The query of every stream (AXME contract §4). */
export const streamQuery = { since: v.optional(queryInt(0), '0'), wait_seconds: v.optional(queryInt(1, 60), '15') };

const resolveFields = {
  status: v.picklist(['COMPLETED', 'FAILED', 'CANCELED']),
  actor: v.nullish(text(3, 255)),
  result: v.nullish(jsonObject),
  error: v.nullish(jsonObject),
  reason: v.nullish(text(0, 2000)),
  expected_policy_generation: v.nullish(int(0)),
};

/** Which field goes with an end, as it is called in the details of its event too. */
const companions = { COMPLETED: 'result', FAILED: 'error', CANCELED: 'reason' } as const;

/** Intents: create, read, follow, resolve (AXME contract §2.2, §2.6, §4.1). */
export class Intents implements Family {
  readonly #core: Core;
  readonly #lifecycle: Lifecycle;
  readonly #streams: Streams;

  constructor(core: Core, lifecycle: Lifecycle, streams: Streams) {
    this.#core = core;
    this.#lifecycle = lifecycle;
    this.#streams = streams;
  }

  routes(router: AxmeRouter): void {
    const { store } = this.#lifecycle;
    router.machine('/v1/intents', { POST: (call) => this.#create(call) });
    router.machine('/v1/intents/:id', {
      GET: (call) => ({ ok: true, intent: this.#body(store.get(call.param('id'))) }),
    });
    router.machine('/v1/intents/:id/events', {
      GET: (call) => {
        const intent = store.get(call.param('id'));
        return { ok: true, events: store.eventsAfter(intent, call.query(eventsQuery).since) };
      },
    });
    router.machine('/v1/intents/:id/events/stream', { GET: (call) => this.#stream(call) });
    router.machine('/v1/intents/:id/resolve', { POST: (call) => this.#resolve(call) });
  }

  reset(): void {
    this.#lifecycle.clear();
  }

  #body(intent: Intent): object {
    return intentBody(intent, this.#core.settings.now.legacyStatus);
  }

  #create(call: AxmeCall): object {
    const given = newIntentOf(call);
    checkParties(this.#core, given);
    const intent = this.#lifecycle.create(given, given.fromAgent);
    const { intentId, status, createdAt } = intent;
    return { ok: true, intent_id: intentId, status, created_at: dateTime(createdAt) };
  }

  #stream(call: AxmeCall): Response {
    const { store } = this.#lifecycle;
    if (!this.#core.settings.now.streams) throw notFound('stream');
    const intent = store.get(call.param('id'));
    const { since, wait_seconds } = call.query(streamQuery);
    let cursor = since;
    return this.#streams.answer(call.request, wait_seconds, {
      next() {
        const event = store.nextAfter(intent, cursor);
        if (event === undefined) return undefined;
        cursor = event.seq;
        return { text: frame(event.event_type, event, event.seq), last: isTerminal(event.status) };
      },
      watch: (wake) => store.watchers.watch(intent.intentId, wake),
      timeout: () => ({ ok: true, next_seq: cursor + 1 }),
    });
  }

  #resolve(call: AxmeCall): object {
    const intent = this.#lifecycle.store.get(call.param('id'));
    // Only so that two owners that differ are refused.
    void call.owner;
    const body = call.body(resolveFields);
    const name = companions[body.status];
    const value = body[name];
    if (value === undefined || value === null || value === '') {
      throw invalid(['body', name], `${name} is required with ${body.status}`, 'missing');
    }
    if (isTerminal(intent.status)) throw conflict(`intent is already ${intent.status}`);
    if (!checkGeneration(intent, body.expected_policy_generation)) return staleAnswer(this.#core, intent);
    const event = this.#lifecycle.finish(intent, body.status, {
      actor: body.actor ?? call.caller.actor?.actorId ?? call.caller.apiKey.agentAddress,
      details: {
        ...(body.result ? { result: body.result } : {}),
        ...(body.error ? { error: body.error } : {}),
        ...(body.reason ? { reason: body.reason } : {}),
      },
    });
    return {
      ok: true,
      intent: this.#body(intent),
      event,
      completion_delivery: this.#lifecycle.completionOf(intent),
    };
  }
}

/**
 * Whether these two may have an intent between them.
 *
 * @throws {AxmeRefusal} 403 `policy_denied`: one of them was killed; in strict mode 404 `agent_not_found`.
 */
export function checkParties(core: Core, { fromAgent, toAgent }: Pick<Intent, 'fromAgent' | 'toAgent'>): void {
  for (const agent of [toAgent, fromAgent]) {
    if (core.agents.isKilled(agent)) {
      throw new AxmeRefusal(403, `${agent} was killed`, { code: 'policy_denied' });
    }
  }
  if (core.strict && core.agents.find(toAgent) === undefined) {
    throw new AxmeRefusal(404, `${toAgent} is not registered`, { code: 'agent_not_found' });
  }
}
