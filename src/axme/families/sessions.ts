import type { Family } from '../family.js';
import type { AnyOf, JsonObject, Open, Reply } from '../open.js';
import type { RequestOptions, WriteOptions } from '../options.js';

/** What a session is, and options of `createSession`. */
export interface CreateSessionOptions extends WriteOptions {
  readonly type?: string | undefined;
  readonly projectId?: string | undefined;
  readonly parentSessionId?: string | undefined;
  /** Ids of the sessions that must be completed before. */
  readonly dependsOn?: readonly string[] | undefined;
  readonly metadata?: JsonObject | undefined;
}

/** A session, as far as its shape is published. */
export interface Session extends Open {
  readonly session_id: string;
  readonly status: string;
}

/** A new session. */
export interface CreateSessionReply extends Reply, Session {
  readonly type?: string | undefined;
  readonly created_at?: string | undefined;
}

/** A session. */
export interface GetSessionReply extends Reply {
  readonly session: Session;
}

/** Options of `listSessions`. */
export interface ListSessionsOptions extends RequestOptions {
  readonly status?: string | undefined;
  readonly parentSessionId?: string | undefined;
  readonly limit?: number | undefined;
}

/** Sessions. */
export interface ListSessionsReply extends Reply {
  readonly sessions: readonly Session[];
}

/** Options of `postSessionMessage`. */
export interface PostMessageOptions extends WriteOptions {
  readonly contentType?: string | undefined;
}

/** Where a message is in its session. */
export interface PostMessageReply extends Reply {
  readonly message_id: string;
  readonly seq: number;
}

/** Options of `listSessionMessages`. */
export interface ListMessagesOptions extends RequestOptions {
  /** Only messages with a higher `seq`. Default: all. */
  readonly since?: number | undefined;
  readonly limit?: number | undefined;
}

/** A message of a session. */
export interface SessionMessage extends Open {
  readonly seq: number;
  readonly role: AnyOf<'user' | 'assistant' | 'system' | 'tool'>;
  readonly content: unknown;
  readonly content_type?: string | undefined;
}

/** Messages of a session. */
export interface ListMessagesReply extends Reply {
  readonly messages: readonly SessionMessage[];
}

/** Options of `getSessionFeed`. */
export interface SessionFeedOptions extends RequestOptions {
  readonly limit?: number | undefined;
}

/** What happened in a session. */
export interface SessionFeedReply extends Reply {
  readonly feed: readonly Open[];
}

/** Options of `completeSession`. */
export interface CompleteSessionOptions extends WriteOptions {
  readonly result?: JsonObject | undefined;
}

/** A session that is completed. */
export interface CompleteSessionReply extends Reply, Session {}

/** Sessions: logs of messages that several agents share (AXME contract §2.17). What they write is sent once, never again. */
export interface SessionMethods {
  /** Opens a session. */
  createSession(options?: CreateSessionOptions): Promise<CreateSessionReply>;
  /** One session. */
  getSession(sessionId: string, options?: RequestOptions): Promise<GetSessionReply>;
  /** The sessions that there are. */
  listSessions(options?: ListSessionsOptions): Promise<ListSessionsReply>;
  /** Adds a message. Its content is any JSON value. */
  postSessionMessage(
    sessionId: string,
    role: string,
    content: unknown,
    options?: PostMessageOptions,
  ): Promise<PostMessageReply>;
  /** The messages of a session. */
  listSessionMessages(sessionId: string, options?: ListMessagesOptions): Promise<ListMessagesReply>;
  /** What happened in a session: its messages, and how it went. */
  getSessionFeed(sessionId: string, options?: SessionFeedOptions): Promise<SessionFeedReply>;
  /** Completes a session. */
  completeSession(sessionId: string, options?: CompleteSessionOptions): Promise<CompleteSessionReply>;
}

const path = '/v1/sessions';
const ONCE = { verb: 'POST', repeatable: 'never' } as const;

export const sessions: Family<SessionMethods> = {
  createSession: { ...ONCE, path, body: ['type', 'project_id', 'parent_session_id', 'depends_on', 'metadata'] },
  getSession: { verb: 'GET', path: `${path}/{session_id}` },
  listSessions: { verb: 'GET', path, query: ['status', 'parent_session_id', 'limit'] },
  postSessionMessage: {
    ...ONCE,
    path: `${path}/{session_id}/messages`,
    args: ['role', 'content'],
    json: ['content'],
    body: ['role', 'content', 'content_type'],
  },
  listSessionMessages: { verb: 'GET', path: `${path}/{session_id}/messages`, query: ['since', 'limit'] },
  getSessionFeed: { verb: 'GET', path: `${path}/{session_id}/feed`, query: ['limit'] },
  completeSession: { ...ONCE, path: `${path}/{session_id}/complete`, body: ['result'] },
};
