import type { Core } from '../core.js';
import type { Intent } from '../intents/intent.js';
import type { Lifecycle } from '../intents/lifecycle.js';
import { numberOf } from '../intents/policy.js';
import { isTerminal } from '../intents/status.js';
import { PLATFORM } from '../intents/store.js';
import { addressOf, type Bundle, type Step } from './bundle.js';

/** An intent on its way through the steps. */
interface Run {
  readonly bundle: Bundle;
  readonly steps: readonly Step[];
  step: Step;
  retries: number;
  /** How many steps it has entered. */
  entered: number;
}

/** How a step ended. */
export interface StepEnd {
  readonly success: boolean;
  readonly actor: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Steps that lead in a circle without anyone's doing end here. */
const MAX_STEPS = 1000;

/** Takes intents through the steps of their scenarios (AXME contract §2.4). */
export class Workflows {
  readonly #core: Core;
  readonly #lifecycle: Lifecycle;
  readonly #runs = new WeakMap<Intent, Run>();

  constructor(core: Core, lifecycle: Lifecycle) {
    this.#core = core;
    this.#lifecycle = lifecycle;
  }

  /** Enters the first of the bundle's steps. */
  start(intent: Intent, bundle: Bundle): void {
    const steps = bundle.workflow?.steps ?? [];
    const [first] = steps;
    if (first === undefined) {
      this.#lifecycle.handTo(intent, intent.toAgent);
      this.#markDelivered(intent, intent.toAgent);
      return;
    }
    this.#runs.set(intent, { bundle, steps, step: first, retries: 0, entered: 0 });
    this.#enter(intent, first);
  }

  /** Whether the intent is on a step. */
  isRunning(intent: Intent): boolean {
    return this.#runs.has(intent) && !isTerminal(intent.status);
  }

  /** The step that it is on came to an end: the next is entered, the step is tried again, or the intent ends. */
  finishStep(intent: Intent, end: StepEnd): void {
    const run = this.#runs.get(intent);
    if (run === undefined || isTerminal(intent.status)) return;
    for (const timer of ['step', 'step deadline', 'retry']) {
      this.#lifecycle.store.schedule(intent, timer, undefined, () => {});
    }
    const { step } = run;
    if (!end.success && this.#retry(intent, run, end)) return;
    this.#lifecycle.proceed(intent, end.actor, { step_id: step.step_id, ...end.details });
    intent.humanTask = undefined;
    const next = this.#next(run, end.success);
    if (next !== undefined && run.entered < MAX_STEPS) {
      run.step = next;
      run.retries = 0;
      this.#enter(intent, next);
    } else {
      const status = end.success && next === undefined ? 'COMPLETED' : 'FAILED';
      this.#lifecycle.finishByWay(intent, status, {
        actor: end.actor,
        details: { step_id: step.step_id, ...end.details },
      });
    }
  }

  #next({ steps, step }: Run, success: boolean): Step | undefined {
    const target = success ? step.on_success : step.on_failure;
    if (target) return steps.find(({ step_id }) => step_id === target);
    return success ? steps[steps.indexOf(step) + 1] : undefined;
  }

  #retry(intent: Intent, run: Run, { actor, details }: StepEnd): boolean {
    const { retry } = run.step;
    if (run.retries >= (retry?.max_retries ?? 0)) return false;
    run.retries += 1;
    intent.retries += 1;
    const delayMs = (retry?.retry_delay_seconds ?? 1) * 1000;
    this.#lifecycle.proceed(intent, actor, details);
    this.#lifecycle.retryAfter(intent, delayMs, actor, details['error'], () => this.#enter(intent, run.step));
    return true;
  }

  #enter(intent: Intent, step: Step): void {
    const run = this.#runs.get(intent) as Run;
    run.entered += 1;
    if (step.step_deadline_seconds) {
      const error = { code: 'intent_timeout', message: `step ${step.step_id} ran out of time` };
      this.#after(intent, 'step deadline', step.step_deadline_seconds, { success: false, details: { error } });
    }
    const assignee = step.assigned_to ? addressOf(run.bundle, step.assigned_to) : undefined;
    if (step.requires_approval || step.human_task || step.runtime_type === 'human_approval') {
      this.#askHuman(intent, step, assignee);
    } else if (step.runtime_type) {
      this.#enterInternal(intent, step, step.runtime_type, assignee);
    } else {
      this.#handTo(intent, step, assignee ?? intent.toAgent);
    }
  }

  #askHuman(intent: Intent, step: Step, assignee: string | undefined): void {
    const task = step.human_task ?? { title: step.step_id, task_type: 'approval' };
    const assignees = task.assignees ?? (assignee === undefined ? undefined : [assignee]);
    this.#lifecycle.assignToHuman(intent, { ...task, assignees }, remindingOf(step), PLATFORM);
  }

  #handTo(intent: Intent, step: Step, agent: string): void {
    if (intent.status === 'SUBMITTED') {
      this.#lifecycle.handTo(intent, agent);
      this.#markDelivered(intent, agent);
    } else {
      const details = { step_id: step.step_id };
      this.#lifecycle.wait(intent, 'WAITING_FOR_AGENT', {
        actor: PLATFORM,
        handler: agent,
        pendingWith: { type: 'agent', ref: agent },
        details,
      });
      this.#lifecycle.handTo(intent, agent);
    }
    this.#lifecycle.armReminders(intent, remindingOf(step));
  }

  #markDelivered(intent: Intent, agent: string): void {
    this.#lifecycle.taken(intent, agent);
  }

  #enterInternal(
    intent: Intent,
    step: Step,
    kind: NonNullable<Step['runtime_type']>,
    assignee: string | undefined,
  ): void {
    const config = step.runtime_config ?? {};
    const details = { step_id: step.step_id, ...config };
    if (kind === 'delay' || kind === 'timeout') {
      const seconds = ['delay_seconds', 'timeout_seconds', 'duration_seconds', 'seconds'].flatMap(
        (name) => numberOf(config[name]) ?? [],
      )[0];
      this.#lifecycle.wait(intent, 'WAITING_FOR_TIME', {
        actor: PLATFORM,
        pendingWith: { type: 'internal', ref: step.step_id },
        details,
      });
      const error = { code: 'intent_timeout', message: `step ${step.step_id} ran out of time` };
      const success = kind === 'delay';
      this.#after(intent, 'step', seconds ?? 0, { success, details: success ? {} : { error } });
      return;
    }
    if (kind === 'escalation') {
      const to = step.escalate_to ?? assignee ?? intent.escalateTo ?? intent.fromAgent;
      this.#lifecycle.escalate(intent, to);
    } else {
      this.#lifecycle.remind(intent, { kind, ...details });
    }
    // Not at once, so that steps that lead in a circle do not call each other.
    this.#after(intent, 'step', 0, { success: true, details: {} });
  }

  #after(intent: Intent, timer: string, seconds: number, end: Omit<StepEnd, 'actor'>): void {
    const due = this.#core.time.now() + seconds * 1000;
    this.#lifecycle.store.schedule(intent, timer, due, () => {
      this.finishStep(intent, { ...end, actor: PLATFORM });
    });
  }
}

function remindingOf(step: Step) {
  return {
    remindAfterSeconds: step.remind_after_seconds ?? undefined,
    remindIntervalSeconds: step.remind_interval_seconds ?? undefined,
    maxReminders: step.max_reminders ?? undefined,
    escalateTo: step.escalate_to ?? undefined,
  };
}
