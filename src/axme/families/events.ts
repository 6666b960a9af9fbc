import { checkCount } from '../arguments.js';
import type { Family } from '../family.js';
import { invoke } from '../invoke.js';
import type { Reply } from '../open.js';
import type { Operation } from '../operation.js';
import type { RequestOptions } from '../options.js';
import type { IntentEvent } from './intents.js';

/** Options of `listIntentEvents`. */
export interface ListEventsOptions extends RequestOptions {
  /** Only events with a higher `seq`. Default: all. */
  readonly since?: number | undefined;
}

/** Events of an intent. */
export interface ListEventsReply extends Reply {
  /** In the order of their `seq`. */
  readonly events: readonly IntentEvent[];
}

/** The events of an intent (AXME contract §2.6). */
export interface EventMethods {
  /** The events of an intent so far. */
  listIntentEvents(intentId: string, options?: ListEventsOptions): Promise<ListEventsReply>;
}

export const events: Family<EventMethods> = {
  async listIntentEvents(gateway, intentId, options) {
    const since = options?.since;
    if (since !== undefined) checkCount('since', since);
    return invoke(gateway, 'listIntentEvents', LIST, [intentId, options]);
  },
};

const LIST: Operation = { verb: 'GET', path: '/v1/intents/{intent_id}/events', query: ['since'] };
