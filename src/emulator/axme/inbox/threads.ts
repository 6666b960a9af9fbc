import { fullAddress } from '../agents.js';
import type { Core } from '../core.js';
import { type Thread, type ThreadStatus, type TimelineEntry, threadBody } from './thread.js';

/** At most so many threads are kept; then the one that changed longest ago is dropped. */
const MAX_THREADS = 20_000;
/** At most so many entries of a timeline are kept: the first, and the newest. */
const MAX_ENTRIES = 1000;

/** The type of the entry that a message is. */
export const MESSAGE = 'inbox.reply';

/** Something that happens in a thread. */
export interface ThreadChange {
  readonly eventType: string;
  readonly actor: string;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly status?: ThreadStatus | undefined;
}

/** What a new thread is about. */
export type NewThread = Pick<Thread, 'threadId' | 'intentId' | 'ownerAgent' | 'fromAgent' | 'toAgent'>;

/** Every thread of every inbox. Several owners may have one of the same id, each their own (AXME contract §8). */
export class Threads {
  readonly #core: Core;
  /** By id and owner; the one that changed last comes last. */
  readonly #threads = new Map<string, Thread>();
  #lastChange = 0;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Opens a thread, or goes on with the one that the owner has already. */
  open(given: NewThread, change: ThreadChange): { readonly thread: Thread; readonly entry: TimelineEntry } {
    const existing = this.#threads.get(nameOf(given));
    if (existing !== undefined) return { thread: existing, entry: this.add(existing, change) };
    const now = this.#core.time.now();
    const thread: Thread = {
      ...given,
      createdAt: now,
      updatedAt: now,
      changeSeq: 0,
      status: change.status ?? 'pending',
      readAt: undefined,
      delegatedTo: undefined,
      timeline: [],
    };
    const entry = this.#write(thread, change);
    this.#announce('inbox.thread_created', thread);
    return { thread, entry };
  }

  /** Adds to the timeline, and moves the thread to its new status. */
  add(thread: Thread, change: ThreadChange): TimelineEntry {
    const entry = this.#write(thread, change);
    this.#announce('inbox.thread_updated', thread);
    return entry;
  }

  /** Adds a message. */
  reply(thread: Thread, message: string, actor: string): void {
    this.add(thread, { eventType: MESSAGE, actor, details: { message }, status: 'active' });
    this.#announce('inbox.reply_received', thread);
  }

  /** Oldest first; those of `owner`, or all. */
  list(owner?: string): readonly Thread[] {
    return oldestFirst(this.byChange(owner));
  }

  /** The one that changed last comes last; those of `owner`, or all. */
  byChange(owner?: string): Thread[] {
    const all = [...this.#threads.values()];
    return owner === undefined ? all : all.filter((thread) => isSame(thread.ownerAgent, owner));
  }

  /** Every owner's thread of this id, oldest first. */
  find(threadId: string): readonly Thread[] {
    return oldestFirst(this.byChange().filter((thread) => thread.threadId === threadId.toLowerCase()));
  }

  /** Those of an intent. */
  ofIntent(intentId: string, owners: readonly string[]): readonly Thread[] {
    return owners.flatMap((ownerAgent) => this.#threads.get(nameOf({ threadId: intentId, ownerAgent })) ?? []);
  }

  clear(): void {
    this.#threads.clear();
    this.#lastChange = 0;
  }

  #write(thread: Thread, { eventType, actor, details = {}, status }: ThreadChange): TimelineEntry {
    const at = this.#core.time.now();
    const entry = Object.freeze({ eventId: this.#core.ids.uuid(), eventType, actor, at, details });
    thread.timeline.push(entry);
    if (thread.timeline.length > MAX_ENTRIES) thread.timeline.splice(1, 1);
    thread.updatedAt = at;
    if (status !== undefined) thread.status = status;
    this.#lastChange += 1;
    thread.changeSeq = this.#lastChange;
    this.#threads.delete(nameOf(thread));
    this.#threads.set(nameOf(thread), thread);
    if (this.#threads.size > MAX_THREADS) this.#threads.delete(this.#threads.keys().next().value as string);
    return entry;
  }

  #announce(type: string, thread: Thread): void {
    this.#core.announcements.announce({
      type,
      ownerAgent: thread.ownerAgent,
      source: 'inbox',
      // A long thread is written out only for those who listen.
      get payload() {
        return { thread: threadBody(thread) };
      },
    });
  }
}

function nameOf({ threadId, ownerAgent }: Pick<Thread, 'threadId' | 'ownerAgent'>): string {
  return `${threadId.toLowerCase()} ${fullAddress(ownerAgent)}`;
}

function oldestFirst(threads: Thread[]): readonly Thread[] {
  return threads.sort((a, b) => a.createdAt - b.createdAt);
}

function isSame(one: string, other: string): boolean {
  return fullAddress(one) === fullAddress(other);
}
