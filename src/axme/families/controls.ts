import type { Family } from '../family.js';
import type { AnyOf, JsonObject, Open } from '../open.js';
import type { ControlOptions } from '../options.js';
import { steer } from '../steer.js';
import type { Intent } from './intents.js';

/** What every call that steers an intent may say. */
export interface SteeringRequest extends Open {
  readonly actor?: string | undefined;
  readonly reason?: string | undefined;
  /** Applies only if the intent's generation is this one. 0 is that of a new intent. */
  readonly expected_policy_generation?: number | undefined;
}

/** A person's answer to a human task (AXME contract §2.5.2). */
export interface TaskResult extends Open {
  readonly outcome: string;
  readonly comment?: string | undefined;
  readonly data?: JsonObject | undefined;
}

/** Which of its three uses a resume is, shows in which fields it has (AXME contract §2.5.2). */
export interface ResumeIntentRequest extends SteeringRequest {
  /** Whether the step that waits is approved. Default of the service: `true`. */
  readonly approve_current_step?: boolean | undefined;
  /** A person's answer to the intent's human task. */
  readonly task_result?: TaskResult | undefined;
  /** How an agent ends the work that it was handed. */
  readonly action?: AnyOf<'complete' | 'fail'> | undefined;
  readonly outcome?: string | undefined;
  readonly result?: unknown | undefined;
}

/** A reminder, so many seconds after it was set. */
export interface Reminder extends Open {
  readonly offset_seconds: number;
  readonly note?: string | undefined;
}

/** A merge patch of an intent's controls: `null` removes, what is not named stays. */
export interface ControlsPatch extends Open {
  readonly timeout_seconds?: number | null | undefined;
  readonly max_retries?: number | null | undefined;
  readonly retry_delay_seconds?: number | null | undefined;
  /** Replaces all of them. */
  readonly reminders?: readonly Reminder[] | null | undefined;
}

/** A change of the controls. */
export interface UpdateControlsRequest extends SteeringRequest {
  readonly controls_patch?: ControlsPatch | undefined;
}

/** What a grantee may do. */
export interface Grant extends Open {
  readonly allow: readonly AnyOf<'resume' | 'update_controls' | 'update_policy'>[];
}

/** A merge patch of an intent's grants, by grantee, such as `delegate:agent://acme/ops/bob`: `null` revokes. */
export type GrantsPatch = Readonly<Record<string, Grant | null>>;

/** A merge patch of an intent's limits. Durations are in seconds. */
export interface EnvelopePatch extends Open {
  readonly max_retry_count?: number | null | undefined;
  readonly retry_backoff_seconds?: number | null | undefined;
  readonly execution_timeout_seconds?: number | null | undefined;
  readonly ttl_seconds?: number | null | undefined;
  /** RFC 3339. */
  readonly expires_at?: string | null | undefined;
}

/** A change of the policy: at least one of the two patches. */
export interface UpdatePolicyRequest extends SteeringRequest {
  readonly grants_patch?: GrantsPatch | null | undefined;
  readonly envelope_patch?: EnvelopePatch | null | undefined;
}

/** What became of a call that steers an intent (AXME contract §2.5.1). */
export interface ControlResult extends Open {
  readonly ok: boolean;
  readonly applied: boolean;
  /** Why it was not applied. */
  readonly reason?: string | undefined;
  /** Grows by one with each change that was applied. */
  readonly policy_generation?: number | undefined;
  readonly intent?: Intent | undefined;
}

/**
 * Steering an intent that is under way (AXME contract §2.5). Each method throws an `AxmeConflictError` if
 * `expected_policy_generation` is stale, in whichever of its two ways the service says so.
 */
export interface ControlMethods {
  /** Lets a waiting intent go on, answers its human task, or ends a step of a workflow. */
  resumeIntent(intentId: string, payload: ResumeIntentRequest, options?: ControlOptions): Promise<ControlResult>;
  /** Changes an intent's timeout, retries and reminders. */
  updateIntentControls(
    intentId: string,
    payload: UpdateControlsRequest,
    options?: ControlOptions,
  ): Promise<ControlResult>;
  /** Changes who may steer an intent, and its limits. */
  updateIntentPolicy(intentId: string, payload: UpdatePolicyRequest, options?: ControlOptions): Promise<ControlResult>;
}

export const controls: Family<ControlMethods> = {
  resumeIntent: (gateway, ...args) => steer(gateway, 'resumeIntent', '/v1/intents/{intent_id}/resume', args),
  updateIntentControls: (gateway, ...args) =>
    steer(gateway, 'updateIntentControls', '/v1/intents/{intent_id}/controls', args),
  updateIntentPolicy: (gateway, ...args) =>
    steer(gateway, 'updateIntentPolicy', '/v1/intents/{intent_id}/policy', args),
};
