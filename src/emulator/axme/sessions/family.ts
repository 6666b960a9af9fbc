import * as v from 'valibot';
import type { AxmeCall } from '../call.js';
import type { Core } from '../core.js';
import type { Family } from '../family.js';
import { jsonObject, queryInt, text } from '../input.js';
import { streamQuery } from '../intents/family.js';
import { conflict, notFound } from '../refusal.js';
import type { AxmeRouter } from '../router.js';
import { frame } from '../stream/frame.js';
import type { Streams } from '../stream/streams.js';
import { dateTime } from '../time.js';
import { Watchers } from '../watchers.js';
import { entryBody, type FeedEntry, type Session, sessionBody } from './session.js';

const createFields = {
  type: v.nullish(text(1, 255)),
  project_id: v.nullish(text(1, 255)),
  parent_session_id: v.nullish(text(1, 255)),
  depends_on: v.nullish(v.pipe(v.array(text(1, 255)), v.maxLength(100))),
  metadata: v.nullish(jsonObject),
};
const limit = { limit: v.optional(queryInt(1, 1000), '100') };
const listQuery = { ...limit, status: v.optional(text(1, 64)), parent_session_id: v.optional(text(1, 255)) };
const messagesQuery = { ...limit, since: v.optional(queryInt(0), '0') };
const messageFields = { role: text(1, 64), content: v.unknown(), content_type: v.nullish(text(1, 255)) };
const completeFields = { result: v.nullish(jsonObject) };

/** At most so many sessions are kept; then the oldest is dropped. */
const MAX_SESSIONS = 1000;
/** At most so many entries of a feed are kept; then the oldest is dropped. */
const MAX_ENTRIES = 10_000;

/** Sessions (AXME contract §2.17, §4.5). */
export class Sessions implements Family {
  readonly #core: Core;
  readonly #streams: Streams;
  readonly #watchers = new Watchers();
  readonly #sessions = new Map<string, Session>();

  constructor(core: Core, streams: Streams) {
    this.#core = core;
    this.#streams = streams;
  }

  routes(router: AxmeRouter): void {
    router.machine('/v1/sessions', { POST: (call) => this.#create(call), GET: (call) => this.#list(call) });
    router.machine('/v1/sessions/:id', { GET: (call) => ({ ok: true, session: sessionBody(this.#find(call)) }) });
    router.machine('/v1/sessions/:id/messages', {
      POST: (call) => this.#post(call),
      GET: (call) => {
        const session = this.#find(call);
        const { since, limit: most } = call.query(messagesQuery);
        const messages = session.feed.filter(({ type, seq }) => type === 'session.message' && seq > since);
        return { ok: true, messages: messages.slice(0, most).map((entry) => messageBody(entry)) };
      },
    });
    router.machine('/v1/sessions/:id/feed', {
      GET: (call) => {
        const session = this.#find(call);
        const entries = session.feed.slice(0, call.query(limit).limit);
        return { ok: true, feed: entries.map((entry) => entryBody(session, entry)) };
      },
    });
    router.machine('/v1/sessions/:id/feed/stream', { GET: (call) => this.#stream(call) });
    router.machine('/v1/sessions/:id/complete', { POST: (call) => this.#complete(call) });
  }

  reset(): void {
    this.#sessions.clear();
  }

  #create(call: AxmeCall): object {
    const body = call.body(createFields);
    const now = this.#core.time.now();
    const session: Session = {
      sessionId: `sess-${this.#core.ids.uuid()}`,
      type: body.type ?? 'default',
      projectId: body.project_id ?? undefined,
      parentSessionId: body.parent_session_id ?? undefined,
      dependsOn: body.depends_on ?? [],
      metadata: body.metadata ?? {},
      createdAt: now,
      status: 'ACTIVE',
      updatedAt: now,
      result: undefined,
      lastSeq: 0,
      feed: [],
    };
    this.#sessions.set(session.sessionId, session);
    if (this.#sessions.size > MAX_SESSIONS) this.#sessions.delete(this.#sessions.keys().next().value as string);
    const { sessionId, status, type } = session;
    this.#append(session, 'session.created', { status });
    return { ok: true, session_id: sessionId, status, type, created_at: dateTime(now) };
  }

  #list(call: AxmeCall): object {
    const query = call.query(listQuery);
    const sessions = [...this.#sessions.values()]
      .filter(({ status }) => query.status === undefined || status === query.status.toUpperCase())
      .filter(
        ({ parentSessionId }) => query.parent_session_id === undefined || parentSessionId === query.parent_session_id,
      );
    return { ok: true, sessions: sessions.slice(0, query.limit).map(sessionBody) };
  }

  #post(call: AxmeCall): object {
    const session = this.#findOpen(call);
    const { role, content, content_type } = call.body(messageFields);
    const messageId = this.#core.ids.uuid();
    const { seq } = this.#append(session, 'session.message', {
      message_id: messageId,
      role,
      content,
      ...(content_type ? { content_type } : {}),
    });
    return { ok: true, message_id: messageId, seq };
  }

  #complete(call: AxmeCall): object {
    const session = this.#findOpen(call);
    const { result } = call.body(completeFields);
    session.status = 'COMPLETED';
    session.result = result ?? undefined;
    this.#append(session, 'session.completed', { status: session.status, ...(result ? { result } : {}) });
    return { ok: true, session_id: session.sessionId, status: session.status };
  }

  #stream(call: AxmeCall): Response {
    if (!this.#core.settings.now.streams) throw notFound('stream');
    const session = this.#find(call);
    const { since, wait_seconds } = call.query(streamQuery);
    let cursor = since;
    return this.#streams.answer(call.request, wait_seconds, {
      next() {
        const entry = session.feed[Math.max(0, cursor + 1 - (session.feed[0]?.seq ?? 1))];
        if (entry === undefined) return undefined;
        cursor = entry.seq;
        const text = frame(entry.type, entryBody(session, entry), entry.seq);
        return { text, last: entry.type === 'session.completed' };
      },
      watch: (wake) => this.#watchers.watch(session.sessionId, wake),
      timeout: () => ({ ok: true, next_seq: cursor + 1 }),
    });
  }

  #append(session: Session, type: FeedEntry['type'], fields: FeedEntry['fields']): FeedEntry {
    const at = this.#core.time.now();
    session.lastSeq += 1;
    session.updatedAt = at;
    const entry = Object.freeze({ seq: session.lastSeq, type, at, fields });
    session.feed.push(entry);
    if (session.feed.length > MAX_ENTRIES) session.feed.shift();
    this.#watchers.wake(session.sessionId);
    return entry;
  }

  #find(call: AxmeCall): Session {
    const session = this.#sessions.get(call.param('id'));
    if (session === undefined) throw notFound('session');
    return session;
  }

  #findOpen(call: AxmeCall): Session {
    const session = this.#find(call);
    if (session.status === 'COMPLETED') throw conflict('session is already COMPLETED');
    return session;
  }
}

/** A message of a list says no type: that it is a message is known. */
function messageBody({ seq, at, fields }: FeedEntry): object {
  return { seq, at: dateTime(at), ...fields };
}
