import { dateTime } from '../time.js';

/** An entry of a session's feed: a message, or what became of the session. Its numbers rise within the session. */
export interface FeedEntry {
  readonly seq: number;
  readonly type: 'session.created' | 'session.message' | 'session.completed';
  readonly at: number;
  /** Further members on the wire. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A session (AXME contract §2.17). */
export interface Session {
  readonly sessionId: string;
  readonly type: string;
  readonly projectId: string | undefined;
  readonly parentSessionId: string | undefined;
  readonly dependsOn: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: number;
  status: 'ACTIVE' | 'COMPLETED';
  updatedAt: number;
  result: unknown;
  lastSeq: number;
  readonly feed: FeedEntry[];
}

/** A session as it is on the wire. */
export function sessionBody(session: Session): object {
  return {
    session_id: session.sessionId,
    status: session.status,
    type: session.type,
    project_id: session.projectId,
    parent_session_id: session.parentSessionId,
    depends_on: session.dependsOn,
    metadata: session.metadata,
    created_at: dateTime(session.createdAt),
    updated_at: dateTime(session.updatedAt),
    ...(session.result === undefined ? {} : { result: session.result }),
  };
}

/** A feed entry as it is on the wire. */
export function entryBody(session: Session, { seq, type, at, fields }: FeedEntry): object {
  return { session_id: session.sessionId, seq, type, at: dateTime(at), ...fields };
}
