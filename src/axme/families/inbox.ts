import type { Family } from '../family.js';
import { invoke } from '../invoke.js';
import type { AnyOf, JsonObject, Open, Reply } from '../open.js';
import type { Operation } from '../operation.js';
import type { OwnerOptions, OwnerWriteOptions } from '../options.js';

/** What happened in a thread. */
export interface TimelineEntry extends Open {
  readonly event_id: string;
  readonly event_type: string;
  readonly actor: string;
  readonly at: string;
  readonly details: JsonObject;
}

/** A thread of an agent's inbox: an intent that was delivered to it, or the end of one (AXME contract §2.7). */
export interface InboxThread extends Open {
  readonly thread_id: string;
  readonly intent_id: string;
  readonly status: AnyOf<'pending' | 'active' | 'done'>;
  readonly owner_agent: string;
  readonly from_agent: string;
  readonly to_agent: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly timeline: readonly TimelineEntry[];
}

/** Threads of an inbox. */
export interface ListInboxReply extends Reply {
  readonly threads: readonly InboxThread[];
  /**
   * `threads` under the name that AXME's public page has for it. JSON does not have it.
   *
   * @deprecated The service's name is `threads`.
   */
  readonly items: readonly InboxThread[];
}

/** A thread as it is after the call. */
export interface ThreadReply extends Reply {
  readonly thread: InboxThread;
}

/** Options of `listInboxChanges`. */
export interface InboxChangesOptions extends OwnerOptions {
  /** `next_cursor` of the reply before. Default: from the beginning. */
  readonly cursor?: string | undefined;
  /** Default of the service: 50. */
  readonly limit?: number | undefined;
}

/** A thread that has changed. */
export interface InboxChange extends Open {
  readonly cursor: string;
  readonly thread: InboxThread;
}

/** A page of changes. */
export interface InboxChangesReply extends Reply {
  readonly changes: readonly InboxChange[];
  /** Where to go on. Keep it even where `has_more` is `false`. */
  readonly next_cursor: string | null;
  readonly has_more: boolean;
}

/** To whom a thread goes. */
export interface DelegateThreadRequest extends Open {
  readonly delegate_to?: string | undefined;
  readonly note?: string | undefined;
}

/** What the owner says of a decision. */
export interface DecideThreadRequest extends Open {
  readonly comment?: string | undefined;
}

/** Which messages to delete: those of `message_ids`, or the newest `limit`; each at most 100. */
export interface DeleteMessagesRequest extends Open {
  /** `self` hides them from the caller, `both` removes them for all. */
  readonly mode: AnyOf<'self' | 'both'>;
  readonly message_ids?: readonly string[] | undefined;
  readonly limit?: number | undefined;
}

/** Which messages are gone. */
export interface DeleteMessagesReply extends ThreadReply {
  readonly mode: AnyOf<'self' | 'both'>;
  readonly deleted_count: number;
  readonly message_ids: readonly string[];
}

/** An agent's inbox. Acting on a thread that is done gives an `AxmeConflictError` (AXME contract §2.7, §8). */
export interface InboxMethods {
  /** The threads of an inbox. */
  listInbox(options?: OwnerOptions): Promise<ListInboxReply>;
  /** One thread. */
  getInboxThread(threadId: string, options?: OwnerOptions): Promise<ThreadReply>;
  /** What has changed in an inbox, page by page. */
  listInboxChanges(options?: InboxChangesOptions): Promise<InboxChangesReply>;
  /** Adds a message to a thread. */
  replyInboxThread(threadId: string, message: string, options?: OwnerWriteOptions): Promise<ThreadReply>;
  /** Hands a thread on. */
  delegateInboxThread(
    threadId: string,
    payload: DelegateThreadRequest,
    options?: OwnerWriteOptions,
  ): Promise<ThreadReply>;
  /** Approves a thread, and so resumes the intent that waits for it. */
  approveInboxThread(threadId: string, payload: DecideThreadRequest, options?: OwnerWriteOptions): Promise<ThreadReply>;
  /** Rejects a thread, and so cancels the intent that waits for it. */
  rejectInboxThread(threadId: string, payload: DecideThreadRequest, options?: OwnerWriteOptions): Promise<ThreadReply>;
  /** Deletes messages of a thread. */
  deleteInboxMessages(
    threadId: string,
    payload: DeleteMessagesRequest,
    options?: OwnerWriteOptions,
  ): Promise<DeleteMessagesReply>;
}

const query = ['owner_agent'];
const LIST: Operation = { verb: 'GET', path: '/v1/inbox', query };

export const inbox: Family<InboxMethods> = {
  async listInbox(gateway, options) {
    const reply = await invoke<ListInboxReply>(gateway, 'listInbox', LIST, [options]);
    return Object.defineProperty(reply, 'items', { get: () => reply.threads, configurable: true });
  },
  getInboxThread: { verb: 'GET', path: '/v1/inbox/{thread_id}', query },
  listInboxChanges: { verb: 'GET', path: '/v1/inbox/changes', query: [...query, 'cursor', 'limit'] },
  replyInboxThread: { verb: 'POST', path: '/v1/inbox/{thread_id}/reply', args: ['message'], body: ['message'], query },
  delegateInboxThread: { verb: 'POST', path: '/v1/inbox/{thread_id}/delegate', args: ['payload'], query },
  approveInboxThread: { verb: 'POST', path: '/v1/inbox/{thread_id}/approve', args: ['payload'], query },
  rejectInboxThread: { verb: 'POST', path: '/v1/inbox/{thread_id}/reject', args: ['payload'], query },
  deleteInboxMessages: { verb: 'POST', path: '/v1/inbox/{thread_id}/messages/delete', args: ['payload'], query },
};
