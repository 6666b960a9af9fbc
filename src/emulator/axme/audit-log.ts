import type { Random } from '../random.js';
import type { Scheduler } from './scheduler.js';
import { dateTime } from './time.js';

/** Something that was done, as `GET /v1/audit/events` tells it; the contract names the route and no shape (§2.20). */
export interface AuditEvent {
  readonly event_id: string;
  /** What was done, as `organizations.members.create`. */
  readonly action: string;
  /** Who did it: the actor, or the address of the API key's agent. */
  readonly actor_id: string;
  /** Whose things it was done to. */
  readonly owner_agent: string;
  readonly org_id: string;
  readonly workspace_id: string;
  readonly at: string;
  readonly details: { readonly method: string; readonly path: string };
}

/** At most so many are kept; then the oldest is dropped. */
const MAX_EVENTS = 10_000;

/** The writes that the gateway accepted, newest last. */
export class AuditLog {
  readonly #time: Scheduler;
  readonly #ids: () => Random;
  #events: AuditEvent[] = [];

  constructor(time: Scheduler, ids: () => Random) {
    this.#time = time;
    this.#ids = ids;
  }

  record(event: Omit<AuditEvent, 'event_id' | 'at'>): void {
    this.#events.push({ event_id: this.#ids().uuid(), ...event, at: dateTime(this.#time.now()) });
    if (this.#events.length > MAX_EVENTS) this.#events.shift();
  }

  list(): readonly AuditEvent[] {
    return this.#events;
  }

  clear(): void {
    this.#events = [];
  }
}
