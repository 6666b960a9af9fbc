import { dateTime } from '../time.js';
import type { HumanTask } from './human-task.js';
import { type IntentStatus, legacyStatusOf, type WaitingReason } from './status.js';

/** When those who are waited for are reminded, and who is told in the end (AXME contract §8). */
export interface Reminding {
  readonly remindAfterSeconds?: number | undefined;
  readonly remindIntervalSeconds?: number | undefined;
  readonly maxReminders?: number | undefined;
  readonly escalateTo?: string | undefined;
}

/** Whose turn it is. */
export interface PendingWith {
  readonly type: 'agent' | 'human' | 'internal';
  readonly ref?: string | undefined;
  readonly name?: string | undefined;
}

/** What an intent is created with. */
export interface NewIntent extends Reminding {
  readonly intentType: string;
  readonly correlationId: string;
  readonly fromAgent: string;
  readonly toAgent: string;
  readonly replyTo?: string | undefined;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch. */
  readonly deadlineAt?: number | undefined;
  readonly maxDeliveryAttempts?: number | undefined;
  readonly humanTask?: HumanTask | undefined;
  readonly scenarioId?: string | undefined;
}

/** IntentEvent of AXME contract §2.3, as it is on the wire. */
export interface IntentEvent {
  readonly intent_id: string;
  readonly seq: number;
  readonly event_type: string;
  readonly status: IntentStatus;
  readonly waiting_reason: WaitingReason | null;
  readonly handler: string | null;
  readonly actor: string;
  readonly at: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly pending_with?: PendingWith | undefined;
}

/** What may be steered while an intent lives (AXME contract §2.5). */
export interface Policy {
  generation: number;
  controls: Readonly<Record<string, unknown>>;
  grants: Readonly<Record<string, unknown>>;
  envelope: Readonly<Record<string, unknown>>;
}

/** An intent, and where it is. */
export interface Intent extends NewIntent {
  readonly intentId: string;
  readonly createdAt: number;
  updatedAt: number;
  deadlineAt: number | undefined;
  humanTask: HumanTask | undefined;
  status: IntentStatus;
  waitingReason: WaitingReason | undefined;
  /** When it last came to be waiting, in milliseconds since the epoch. */
  waitingSince: number | undefined;
  handler: string | undefined;
  pendingWith: PendingWith | undefined;
  remindCount: number;
  deliveryAttempt: number;
  /** How often its work has failed and was tried again. */
  retries: number;
  readonly policy: Policy;
  /** Oldest first; the oldest are dropped when there are too many. */
  readonly events: IntentEvent[];
  lastSeq: number;
  /** What is to happen by itself, by name; called, it is taken back. */
  readonly timers: Map<string, () => void>;
}

/** Intent of AXME contract §2.3. */
export function intentBody(intent: Intent, legacyStatus: boolean): object {
  const { policy } = intent;
  return {
    intent_id: intent.intentId,
    status: intent.status,
    ...(legacyStatus ? { legacy_status: legacyStatusOf(intent.status) } : {}),
    ...(intent.waitingReason === undefined ? {} : { waiting_reason: intent.waitingReason }),
    created_at: dateTime(intent.createdAt),
    updated_at: dateTime(intent.updatedAt),
    intent_type: intent.intentType,
    correlation_id: intent.correlationId,
    from_agent: intent.fromAgent,
    to_agent: intent.toAgent,
    reply_to: intent.replyTo,
    payload: intent.payload,
    deadline_at: intent.deadlineAt === undefined ? undefined : dateTime(intent.deadlineAt),
    remind_after_seconds: intent.remindAfterSeconds,
    remind_interval_seconds: intent.remindIntervalSeconds,
    max_reminders: intent.maxReminders,
    remind_count: intent.remindCount,
    escalate_to: intent.escalateTo,
    max_delivery_attempts: intent.maxDeliveryAttempts,
    delivery_attempt: intent.deliveryAttempt,
    human_task: intent.humanTask,
    pending_with: intent.pendingWith,
    handler: intent.handler,
    scenario_id: intent.scenarioId,
    policy_generation: policy.generation,
    controls: policy.controls,
    policy: { grants: policy.grants, envelope: policy.envelope },
  };
}
