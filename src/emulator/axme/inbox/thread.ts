import { dateTime } from '../time.js';

/** The state of a thread (AXME contract §2.7). */
export type ThreadStatus = 'pending' | 'active' | 'done';

/** Something that happened in a thread. */
export interface TimelineEntry {
  readonly eventId: string;
  readonly eventType: string;
  readonly actor: string;
  readonly at: number;
  readonly details: Readonly<Record<string, unknown>>;
}

/** A thread in the inbox of one agent. */
export interface Thread {
  readonly threadId: string;
  readonly intentId: string;
  readonly ownerAgent: string;
  readonly fromAgent: string;
  readonly toAgent: string;
  readonly createdAt: number;
  updatedAt: number;
  /** Counts over all threads, so that changes have an order. */
  changeSeq: number;
  status: ThreadStatus;
  readAt: number | undefined;
  delegatedTo: string | undefined;
  readonly timeline: TimelineEntry[];
}

/** Thread of AXME contract §2.7. */
export function threadBody(thread: Thread): object {
  return {
    thread_id: thread.threadId,
    intent_id: thread.intentId,
    status: thread.status,
    owner_agent: thread.ownerAgent,
    from_agent: thread.fromAgent,
    to_agent: thread.toAgent,
    created_at: dateTime(thread.createdAt),
    updated_at: dateTime(thread.updatedAt),
    ...(thread.readAt === undefined ? {} : { read_at: dateTime(thread.readAt) }),
    ...(thread.delegatedTo === undefined ? {} : { delegated_to: thread.delegatedTo }),
    timeline: thread.timeline.map((entry) => ({
      event_id: entry.eventId,
      event_type: entry.eventType,
      actor: entry.actor,
      at: dateTime(entry.at),
      details: entry.details,
    })),
  };
}
