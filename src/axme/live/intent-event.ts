import type { AnyOf, JsonObject, Open } from '../open.js';

/** The states of an intent (AXME contract §3.1). */
export type IntentState = AnyOf<
  | 'CREATED'
  | 'SUBMITTED'
  | 'DELIVERED'
  | 'ACKNOWLEDGED'
  | 'IN_PROGRESS'
  | 'WAITING'
  | 'COMPLETED'
  | 'FAILED'
  | 'CANCELED'
  | 'TIMED_OUT'
>;

/** Something that happened to an intent (AXME contract §3.4). */
export interface IntentEvent extends Open {
  readonly intent_id: string;
  /** From 1, rising within the intent. */
  readonly seq: number;
  /** `intent.created`, `intent.completed`, … (AXME contract §3.3). */
  readonly event_type: string;
  readonly status: IntentState;
  /** What a WAITING intent waits for. */
  readonly waiting_reason?:
    | AnyOf<'WAITING_FOR_HUMAN' | 'WAITING_FOR_TOOL' | 'WAITING_FOR_AGENT' | 'WAITING_FOR_TIME'>
    | null
    | undefined;
  readonly handler?: string | null | undefined;
  readonly actor?: string | undefined;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** `result` of a completed intent, `error` of a failed one, `reason` of a canceled one. */
  readonly details?: JsonObject | undefined;
}
