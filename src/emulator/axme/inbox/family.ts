import * as v from 'valibot';
import { fullAddress } from '../agents.js';
import type { AxmeCall } from '../call.js';
import { actorOf } from '../controls/family.js';
import type { Steering } from '../controls/steering.js';
import type { Core } from '../core.js';
import type { Family } from '../family.js';
import { int, queryInt, text } from '../input.js';
import type { Lifecycle } from '../intents/lifecycle.js';
import { PLATFORM } from '../intents/store.js';
import { AxmeRefusal, conflict, invalid, notFound } from '../refusal.js';
import type { AxmeRouter } from '../router.js';
import { type Thread, type TimelineEntry, threadBody } from './thread.js';
import { MESSAGE } from './threads.js';

const owner = { owner_agent: v.optional(text(1, 383)) };
const listQuery = { ...owner, status: v.optional(v.picklist(['pending', 'active', 'done'])) };
const changesQuery = { ...owner, cursor: v.optional(v.string()), limit: v.optional(queryInt(1, 1000), '50') };
const commentFields = { comment: v.nullish(text(0, 2000)) };
const replyFields = { message: text(1, 131_072) };
const delegateFields = { delegate_to: v.nullish(text(3, 383)), note: v.nullish(text(0, 2000)) };
const deleteFields = {
  mode: v.nullish(v.picklist(['self', 'both'])),
  message_ids: v.nullish(v.pipe(v.array(text(1, 255)), v.minLength(1), v.maxLength(100))),
  limit: v.nullish(int(1, 100)),
};

/** Whose inbox the public conformance suite expects a thread in, which it never creates (AXME contract §10.2). */
const CONFORMANCE_OWNER = 'agent://conformance/owner';

/** Inboxes (AXME contract §2.7, §8). */
export class Inbox implements Family {
  readonly #core: Core;
  readonly #lifecycle: Lifecycle;
  readonly #steering: Steering;

  constructor(core: Core, lifecycle: Lifecycle, steering: Steering) {
    this.#core = core;
    this.#lifecycle = lifecycle;
    this.#steering = steering;
    this.#seed();
  }

  routes(router: AxmeRouter): void {
    router.machine('/v1/inbox', {
      GET: (call) => {
        const { status } = call.query(listQuery);
        const threads = this.#lifecycle.threads.list(this.#scope(call));
        const wanted = threads.filter((thread) => status === undefined || thread.status === status);
        return { ok: true, threads: wanted.map(threadBody) };
      },
    });
    router.machine('/v1/inbox/changes', { GET: (call) => this.#changes(call) });
    router.machine('/v1/inbox/:id', { GET: (call) => answer(this.#find(call)) });
    router.machine('/v1/inbox/:id/read', { POST: (call) => this.#read(call) });
    router.machine('/v1/inbox/:id/reply', { POST: (call) => this.#reply(call) });
    router.machine('/v1/inbox/:id/delegate', { POST: (call) => this.#delegate(call) });
    router.machine('/v1/inbox/:id/approve', { POST: (call) => this.#decide(call, 'approve') });
    router.machine('/v1/inbox/:id/reject', { POST: (call) => this.#decide(call, 'reject') });
    router.machine('/v1/inbox/:id/messages/delete', { POST: (call) => this.#deleteMessages(call) });
  }

  reset(): void {
    this.#seed();
  }

  #seed(): void {
    const { ids } = this.#core;
    const names = {
      ownerAgent: CONFORMANCE_OWNER,
      fromAgent: 'agent://conformance/sender',
      toAgent: CONFORMANCE_OWNER,
    };
    this.#lifecycle.threads.open(
      { threadId: ids.uuid(), intentId: ids.uuid(), ...names },
      { eventType: 'intent.submitted', actor: PLATFORM, details: { note: 'here from the start' } },
    );
  }

  /** Whose inbox is meant; in strict mode an actor's own when nobody is named. */
  #scope(call: AxmeCall): string | undefined {
    return call.owner ?? (this.#core.strict ? call.caller.actor?.ownerAgent : undefined);
  }

  /** @throws {AxmeRefusal} 404: there is none, or in the lenient mode none of this owner; 403: it is another's. */
  #find(call: AxmeCall): Thread {
    const scope = this.#scope(call);
    const threads = this.#lifecycle.threads.find(call.param('id'));
    const own =
      scope === undefined
        ? threads[0]
        : threads.find(({ ownerAgent }) => fullAddress(ownerAgent) === fullAddress(scope));
    if (own !== undefined) return own;
    if (threads.length > 0 && this.#core.strict) throw new AxmeRefusal(403, 'thread belongs to another owner');
    throw notFound('thread');
  }

  /** One that may still be acted on. @throws {AxmeRefusal} 409. */
  #findOpen(call: AxmeCall): Thread {
    const thread = this.#find(call);
    if (thread.status === 'done' && this.#core.settings.now.closeThreads) throw conflict('thread is done');
    return thread;
  }

  #changes(call: AxmeCall): object {
    const { cursor, limit } = call.query(changesQuery);
    const after = cursor === undefined ? 0 : Number(/^\d+:(\d{1,15}):/.exec(cursor)?.[1] ?? Number.NaN);
    if (Number.isNaN(after)) throw invalid(['query', 'cursor'], 'not a cursor of this gateway');
    const changed = this.#lifecycle.threads.byChange(this.#scope(call)).filter(({ changeSeq }) => changeSeq > after);
    const changes = changed.slice(0, limit).map((thread) => ({ cursor: cursorOf(thread), thread: threadBody(thread) }));
    return {
      ok: true,
      changes,
      next_cursor: changes.at(-1)?.cursor ?? cursor ?? null,
      has_more: changed.length > limit,
    };
  }

  #read(call: AxmeCall): object {
    const thread = this.#find(call);
    thread.readAt = this.#core.time.now();
    return answer(thread);
  }

  #reply(call: AxmeCall): object {
    const { message } = call.body(replyFields);
    const thread = this.#findOpen(call);
    this.#lifecycle.threads.reply(thread, message, actorOf(call));
    return answer(thread);
  }

  #delegate(call: AxmeCall): object {
    const body = call.body(delegateFields);
    const thread = this.#findOpen(call);
    const details = defined({ delegate_to: body.delegate_to, note: body.note });
    this.#act(thread, 'inbox.delegated', actorOf(call), details, 'active');
    const to = body.delegate_to ?? undefined;
    if (to !== undefined) {
      thread.delegatedTo = to;
      const { threadId, intentId, fromAgent, ownerAgent } = thread;
      this.#lifecycle.threads.open(
        { threadId, intentId, ownerAgent: to, fromAgent, toAgent: to },
        { eventType: 'inbox.delegated', actor: ownerAgent, details },
      );
    }
    return answer(thread);
  }

  #decide(call: AxmeCall, decision: 'approve' | 'reject'): object {
    const { comment } = call.body(commentFields);
    const thread = this.#findOpen(call);
    const actor = actorOf(call);
    const intent = this.#lifecycle.store.find(thread.intentId);
    // First, since it may be refused.
    if (intent !== undefined) this.#steering[decision](intent, comment ?? undefined, actor);
    const type = decision === 'approve' ? 'inbox.approved' : 'inbox.rejected';
    this.#act(thread, type, actor, defined({ comment }), 'done');
    return answer(thread);
  }

  #deleteMessages(call: AxmeCall): object {
    const { mode = null, message_ids, limit } = call.body(deleteFields);
    const thread = this.#find(call);
    const chosen = chooseMessages(thread, message_ids ?? undefined, limit ?? undefined);
    const copies = mode === 'both' ? this.#lifecycle.threads.find(thread.threadId) : [thread];
    const details = { mode: mode ?? 'self', message_ids: chosen };
    for (const copy of copies) {
      const left = copy.timeline.filter(({ eventId }) => !chosen.includes(eventId));
      copy.timeline.splice(0, copy.timeline.length, ...left);
      this.#act(copy, 'inbox.messages_deleted', actorOf(call), details, undefined);
    }
    return { ...answer(thread), ...details, deleted_count: chosen.length };
  }

  #act(
    thread: Thread,
    eventType: string,
    actor: string,
    details: Readonly<Record<string, unknown>>,
    status: Thread['status'] | undefined,
  ): TimelineEntry {
    return this.#lifecycle.threads.add(thread, { eventType, actor, details, status });
  }
}

/** Messages are the replies; those that are named, else the newest ones (AXME contract §8). */
function chooseMessages({ timeline }: Thread, ids: readonly string[] | undefined, limit: number | undefined): string[] {
  const messages = timeline.filter(({ eventType }) => eventType === MESSAGE).map(({ eventId }) => eventId);
  if (ids !== undefined) return messages.filter((id) => ids.includes(id));
  return limit === undefined ? messages : messages.slice(-limit);
}

/** As the published examples: microseconds and the thread, with what orders the changes between them. */
function cursorOf({ updatedAt, changeSeq, threadId }: Thread): string {
  return `${updatedAt * 1000}:${changeSeq}:${threadId}`;
}

function answer(thread: Thread): object {
  return { ok: true, thread: threadBody(thread) };
}

/** Without what is missing. */
function defined(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null));
}
