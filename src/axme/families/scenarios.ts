import { readOptions, readPayload } from '../arguments.js';
import type { Family } from '../family.js';
import type { AnyOf, JsonObject, Open, Reply } from '../open.js';
import type { RequestOptions, WriteOptions } from '../options.js';
import type { HumanTask, IntentTiming } from './intents.js';

/** An agent that takes part in a scenario. */
export interface ScenarioAgent extends Open {
  readonly role: string;
  readonly address: string;
  /** Default `false`. */
  readonly create_if_missing?: boolean | undefined;
  readonly display_name?: string | undefined;
}

/** A person who takes part in a scenario. */
export interface ScenarioHuman extends Open {
  readonly role: string;
  readonly contact?: string | undefined;
  readonly display_name?: string | undefined;
}

/** A step of a workflow. Durations are in seconds. */
export interface ScenarioStep extends Open {
  readonly step_id: string;
  readonly tool_id?: string | undefined;
  readonly runtime_type?:
    | AnyOf<'human_approval' | 'timeout' | 'reminder' | 'delay' | 'escalation' | 'notification'>
    | undefined;
  readonly runtime_config?: JsonObject | undefined;
  /** The role that does it. */
  readonly assigned_to?: string | undefined;
  /** Default `false`. */
  readonly requires_approval?: boolean | undefined;
  readonly step_deadline_seconds?: number | undefined;
  readonly retry?: ScenarioRetry | undefined;
  readonly human_task?: HumanTask | undefined;
  readonly remind_after_seconds?: number | undefined;
  readonly remind_interval_seconds?: number | undefined;
  readonly max_reminders?: number | undefined;
  readonly escalate_to?: string | undefined;
  /** `step_id` of the next step. */
  readonly on_success?: string | undefined;
  /** `step_id` of the next step. */
  readonly on_failure?: string | undefined;
}

/** How often a step is tried again. */
export interface ScenarioRetry extends Open {
  readonly max_retries?: number | undefined;
  readonly retry_delay_seconds?: number | undefined;
}

/** Steps, or the macro that makes them. */
export interface ScenarioWorkflow extends Open {
  readonly macro_id?: string | undefined;
  readonly steps?: readonly ScenarioStep[] | undefined;
}

/** The intent that a scenario begins with. */
export interface ScenarioIntent extends IntentTiming {
  readonly type: string;
  readonly payload?: JsonObject | undefined;
}

/** Agents, people, steps and the intent that sets them going (AXME contract §2.4). */
export interface ScenarioBundle extends Open {
  readonly scenario_id: string;
  readonly description?: string | undefined;
  /** Default: the call's `idempotencyKey`. */
  readonly idempotency_key?: string | undefined;
  readonly agents?: readonly ScenarioAgent[] | undefined;
  readonly humans?: readonly ScenarioHuman[] | undefined;
  readonly workflow?: ScenarioWorkflow | undefined;
  readonly intent: ScenarioIntent;
}

/** What came of a bundle. Gateways differ in which fields they have (AXME contract §2.4). */
export interface ApplyScenarioReply extends Open {
  readonly ok?: boolean | undefined;
  readonly intent_id: string;
  readonly scenario_id?: string | undefined;
  readonly status?: AnyOf<'DELIVERED' | 'IN_PROGRESS' | 'WAITING'> | undefined;
  readonly pending_with?: string | undefined;
  readonly workflow_compile_id?: string | undefined;
  readonly compile_id?: string | undefined;
  /** Whether an earlier call with the same key made it. */
  readonly idempotent?: boolean | undefined;
  readonly agents?: readonly Open[] | undefined;
  readonly agents_provisioned?: readonly unknown[] | undefined;
  readonly deadline_at?: string | null | undefined;
  readonly created_at?: string | undefined;
}

/** Whether a bundle could be applied. */
export interface ValidateScenarioReply extends Reply {
  readonly valid: boolean;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

/** Scenarios: whole workflows in one document (AXME contract §2.4). */
export interface ScenarioMethods {
  /** Creates what a bundle describes and starts it. The idempotency key goes along as header and in the bundle. */
  applyScenario(bundle: ScenarioBundle, options?: WriteOptions): Promise<ApplyScenarioReply>;
  /** Checks a bundle and changes nothing. Mistakes are in the reply's `errors`; they are not thrown. */
  validateScenario(bundle: ScenarioBundle, options?: RequestOptions): Promise<ValidateScenarioReply>;
}

const APPLY = { verb: 'POST', path: '/v1/scenarios/apply' } as const;

export const scenarios: Family<ScenarioMethods> = {
  async applyScenario(gateway, bundle, given) {
    const options = readOptions('applyScenario', given) as WriteOptions;
    const { idempotency_key: own, ...rest } = readPayload('applyScenario', bundle);
    const idempotencyKey = gateway.keyFor(APPLY, options);
    return gateway.call(APPLY, {
      body: { ...rest, idempotency_key: own ?? idempotencyKey },
      idempotencyKey,
      options,
    });
  },
  validateScenario: { verb: 'POST', path: '/v1/scenarios/validate', args: ['payload'], repeatable: 'always' },
};
