import type { Core } from '../core.js';
import { notFound } from '../refusal.js';
import { dateTime } from '../time.js';
import { Watchers } from '../watchers.js';
import type { Intent, IntentEvent, NewIntent, PendingWith } from './intent.js';
import { eventTypeOf, type IntentStatus, isTerminal, type WaitingReason } from './status.js';

/** What happens to an intent. What is not given stays as it is. */
export interface Happening {
  /** Default: the type that goes with the status. */
  readonly type?: string | undefined;
  readonly status?: IntentStatus | undefined;
  /** Only with the status WAITING. */
  readonly waitingReason?: WaitingReason | undefined;
  readonly actor: string;
  readonly handler?: string | undefined;
  readonly pendingWith?: PendingWith | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** At most so many are kept; then the oldest that is over is dropped, else the oldest. */
const MAX_INTENTS = 10_000;
/** At most so many events of an intent are kept; then the oldest is dropped. */
const MAX_EVENTS = 20_000;

/** Who acts when nobody does. */
export const PLATFORM = 'platform';

/** Every intent and its events. */
export class IntentStore {
  /** Who waits for an intent's events, by its id. */
  readonly watchers: Watchers = new Watchers();
  readonly #core: Core;
  readonly #intents = new Map<string, Intent>();
  readonly #listeners: ((intent: Intent, event: IntentEvent) => void)[] = [];

  constructor(core: Core) {
    this.#core = core;
  }

  /** Calls `listener` after each event. */
  onEvent(listener: (intent: Intent, event: IntentEvent) => void): void {
    this.#listeners.push(listener);
  }

  add(given: NewIntent): Intent {
    const now = this.#core.time.now();
    const intent: Intent = {
      ...given,
      intentId: this.#core.ids.uuid(),
      createdAt: now,
      updatedAt: now,
      deadlineAt: given.deadlineAt,
      humanTask: given.humanTask,
      status: 'CREATED',
      waitingReason: undefined,
      waitingSince: undefined,
      handler: undefined,
      pendingWith: { type: 'agent', ref: given.toAgent },
      remindCount: 0,
      deliveryAttempt: 0,
      retries: 0,
      policy: { generation: 0, controls: {}, grants: {}, envelope: {} },
      events: [],
      lastSeq: 0,
      timers: new Map(),
    };
    this.#intents.set(intent.intentId, intent);
    this.#dropOldest();
    return intent;
  }

  find(intentId: string): Intent | undefined {
    return this.#intents.get(intentId.toLowerCase());
  }

  /** @throws {AxmeRefusal} 404. */
  get(intentId: string): Intent {
    const intent = this.find(intentId);
    if (intent === undefined) throw notFound('intent');
    return intent;
  }

  /** Oldest first. */
  list(): readonly Intent[] {
    return [...this.#intents.values()];
  }

  /** Adds an event and moves the intent to its state. */
  append(intent: Intent, happening: Happening): IntentEvent {
    const now = this.#core.time.now();
    const { status = intent.status, handler, pendingWith } = happening;
    if (status === 'WAITING' && intent.status !== 'WAITING') intent.waitingSince = now;
    intent.waitingReason =
      status === 'WAITING' ? (happening.waitingReason ?? intent.waitingReason ?? 'WAITING_FOR_AGENT') : undefined;
    intent.status = status;
    intent.updatedAt = now;
    if (handler !== undefined) intent.handler = handler;
    if (pendingWith !== undefined) intent.pendingWith = pendingWith;
    if (isTerminal(status)) {
      intent.pendingWith = undefined;
      for (const takeBack of intent.timers.values()) takeBack();
      intent.timers.clear();
    }
    intent.lastSeq += 1;
    const event: IntentEvent = Object.freeze({
      intent_id: intent.intentId,
      seq: intent.lastSeq,
      event_type: happening.type ?? eventTypeOf(status),
      status,
      waiting_reason: intent.waitingReason ?? null,
      handler: intent.handler ?? null,
      actor: happening.actor,
      at: dateTime(now),
      details: happening.details ?? {},
      ...(intent.pendingWith === undefined ? {} : { pending_with: intent.pendingWith }),
    });
    intent.events.push(event);
    if (intent.events.length > MAX_EVENTS) intent.events.shift();
    for (const listener of this.#listeners) listener(intent, event);
    this.watchers.wake(intent.intentId);
    return event;
  }

  /** The events after `since`, oldest first. */
  eventsAfter(intent: Intent, since: number): readonly IntentEvent[] {
    return intent.events.slice(firstAfter(intent, since));
  }

  /** The first event after `since`. */
  nextAfter(intent: Intent, since: number): IntentEvent | undefined {
    return intent.events[firstAfter(intent, since)];
  }

  /** Sets what is to happen by itself at `due`, in place of what had the name; `undefined`: nothing any more. */
  schedule(intent: Intent, name: string, due: number | undefined, run: () => void): void {
    intent.timers.get(name)?.();
    intent.timers.delete(name);
    if (due === undefined || isTerminal(intent.status)) return;
    const takeBack = this.#core.time.at(due, () => {
      intent.timers.delete(name);
      run();
    });
    intent.timers.set(name, takeBack);
  }

  clear(): void {
    this.#intents.clear();
  }

  #dropOldest(): void {
    if (this.#intents.size <= MAX_INTENTS) return;
    const all = this.list();
    const oldest = all.find(({ status }) => isTerminal(status)) ?? (all[0] as Intent);
    for (const takeBack of oldest.timers.values()) takeBack();
    this.#intents.delete(oldest.intentId);
  }
}

/** Numbers follow each other without gaps, so that an event's place follows from its number. */
function firstAfter({ events }: Intent, since: number): number {
  return Math.max(0, since + 1 - (events[0]?.seq ?? 1));
}
