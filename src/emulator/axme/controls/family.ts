import * as v from 'valibot';
import type { AxmeCall } from '../call.js';
import type { Core } from '../core.js';
import type { Family } from '../family.js';
import { int, text } from '../input.js';
import { isNegative, taskResultSchema } from '../intents/human-task.js';
import { type Intent, intentBody } from '../intents/intent.js';
import type { Lifecycle } from '../intents/lifecycle.js';
import { checkGeneration, staleAnswer } from '../intents/stale.js';
import { isTerminal } from '../intents/status.js';
import { conflict, invalid } from '../refusal.js';
import type { AxmeRouter } from '../router.js';
import { mergePatch } from './merge-patch.js';
import { controlsPatch, envelopePatch, grantsPatch } from './patches.js';
import { type Operation, permit } from './permission.js';
import type { Steering } from './steering.js';

const common = {
  actor: v.nullish(text(3, 255)),
  reason: v.nullish(text(0, 2000)),
  expected_policy_generation: v.nullish(int(0)),
};

const resumeFields = {
  ...common,
  approve_current_step: v.nullish(v.boolean()),
  task_result: v.nullish(taskResultSchema),
  action: v.nullish(v.picklist(['complete', 'fail'])),
  outcome: v.nullish(text(1, 64)),
  result: v.nullish(v.unknown()),
  error: v.nullish(v.unknown()),
};

const controlsFields = { ...common, controls_patch: v.nullish(controlsPatch) };

const policyFields = { ...common, grants_patch: v.nullish(grantsPatch), envelope_patch: v.nullish(envelopePatch) };

/** Resume, controls, policy (AXME contract §2.5). */
export class Controls implements Family {
  readonly #core: Core;
  readonly #lifecycle: Lifecycle;
  readonly #steering: Steering;

  constructor(core: Core, lifecycle: Lifecycle, steering: Steering) {
    this.#core = core;
    this.#lifecycle = lifecycle;
    this.#steering = steering;
  }

  routes(router: AxmeRouter): void {
    router.machine('/v1/intents/:id/resume', { POST: (call) => this.#resume(call) });
    router.machine('/v1/intents/:id/controls', { POST: (call) => this.#updateControls(call) });
    router.machine('/v1/intents/:id/policy', { POST: (call) => this.#updatePolicy(call) });
  }

  reset(): void {}

  #resume(call: AxmeCall): object {
    const { known, rest } = call.openBody(resumeFields);
    const intent = this.#open(call, 'resume');
    if (!checkGeneration(intent, known.expected_policy_generation)) return staleAnswer(this.#core, intent);
    const actor = actorOf(call, known.actor);
    const { task_result, action, outcome, reason } = known;
    if (task_result) {
      this.#steering.answerTask(intent, task_result, actor);
    } else if (action || outcome) {
      const success = action ? action === 'complete' : !isNegative(outcome as string);
      const result = known.result ?? { ...(outcome ? { outcome } : {}), ...rest };
      const error = known.error ?? (reason ? { code: 'work_failed', message: reason, ...rest } : undefined);
      this.#steering.endWork(intent, { success, actor, result, error });
    } else if (known.approve_current_step === false && intent.status === 'WAITING') {
      return { ...this.#result(intent), applied: false, reason: 'current_step_not_approved' };
    } else {
      this.#steering.goOn(intent, actor, reason ? { reason } : {});
    }
    return this.#result(intent);
  }

  #updateControls(call: AxmeCall): object {
    const body = call.body(controlsFields);
    const intent = this.#open(call, 'update_controls');
    if (!checkGeneration(intent, body.expected_policy_generation)) return staleAnswer(this.#core, intent);
    const patch = body.controls_patch ?? {};
    intent.policy.controls = mergePatch(intent.policy.controls, patch);
    this.#changed(intent);
    this.#steering.enact(intent, 'controls', patch);
    return this.#result(intent);
  }

  #updatePolicy(call: AxmeCall): object {
    const body = call.body(policyFields);
    const intent = this.#open(call, 'update_policy');
    if (!body.grants_patch && !body.envelope_patch) {
      throw invalid(['body'], 'grants_patch or envelope_patch is required', 'missing');
    }
    if (!checkGeneration(intent, body.expected_policy_generation)) return staleAnswer(this.#core, intent);
    const { policy } = intent;
    policy.grants = mergePatch(policy.grants, body.grants_patch ?? {});
    policy.envelope = mergePatch(policy.envelope, body.envelope_patch ?? {});
    this.#changed(intent);
    this.#steering.enact(intent, 'envelope', body.envelope_patch ?? {});
    return this.#result(intent);
  }

  #open(call: AxmeCall, operation: Operation): Intent {
    const intent = this.#lifecycle.store.get(call.param('id'));
    permit(call, intent, operation);
    if (isTerminal(intent.status)) throw conflict(`intent is already ${intent.status}`);
    return intent;
  }

  #changed(intent: Intent): void {
    intent.policy.generation += 1;
    intent.updatedAt = this.#core.time.now();
  }

  /** ControlResult of AXME contract §2.5.1. */
  #result(intent: Intent): object {
    return {
      ok: true,
      applied: true,
      policy_generation: intent.policy.generation,
      intent: intentBody(intent, this.#core.settings.now.legacyStatus),
    };
  }
}

/** Who acts: as the body says, else whoever the credentials speak for. */
export function actorOf(call: AxmeCall, named?: string | null): string {
  return named ?? call.caller.actor?.actorId ?? call.owner ?? call.caller.apiKey.agentAddress;
}
