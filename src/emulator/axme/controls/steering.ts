import type { Core } from '../core.js';
import { checkTaskResult, isNegative, positiveOutcome, type TaskResult } from '../intents/human-task.js';
import type { Intent } from '../intents/intent.js';
import type { Lifecycle } from '../intents/lifecycle.js';
import { numberOf } from '../intents/policy.js';
import { invalid } from '../refusal.js';
import type { Workflows } from '../scenarios/workflows.js';
import { remindersOf } from './patches.js';

type Json = Readonly<Record<string, unknown>>;

/** What work came to. */
export interface WorkEnd {
  readonly success: boolean;
  readonly actor: string;
  /** With the success. */
  readonly result?: unknown;
  /** Without it. */
  readonly error?: unknown;
}

/** What those who work on an intent, and those whose it is, make of it (AXME contract §2.5, §8). */
export class Steering {
  readonly #core: Core;
  readonly #lifecycle: Lifecycle;
  readonly #workflows: Workflows;

  constructor(core: Core, lifecycle: Lifecycle, workflows: Workflows) {
    this.#core = core;
    this.#lifecycle = lifecycle;
    this.#workflows = workflows;
  }

  /** A person's answer to the task that the intent waits for. @throws {AxmeRefusal} 422. */
  answerTask(intent: Intent, result: TaskResult, actor: string): void {
    const { humanTask } = intent;
    if (humanTask === undefined || intent.waitingReason !== 'WAITING_FOR_HUMAN') {
      throw invalid(['body', 'task_result'], 'the intent waits for no human task');
    }
    checkTaskResult(humanTask, result);
    const success = !isNegative(result.outcome);
    const error = { code: 'human_task_negative', message: result.comment || result.outcome, task_result: result };
    const details = success ? { result: result as Json } : { error };
    if (this.#workflows.isRunning(intent)) this.#workflows.finishStep(intent, { success, actor, details });
    else this.#lifecycle.finishByWay(intent, success ? 'COMPLETED' : 'FAILED', { actor, details });
  }

  /** An agent is done with what it was handed. */
  endWork(intent: Intent, { success, actor, result = {}, error }: WorkEnd): void {
    const failure = error ?? { code: 'work_failed', message: 'the agent could not do it' };
    const details = success ? { result } : { error: failure };
    if (this.#workflows.isRunning(intent)) {
      this.#workflows.finishStep(intent, { success, actor, details });
    } else if (!success) {
      const agent = intent.handler ?? intent.toAgent;
      if (!this.#lifecycle.retry(intent, agent, actor, failure)) {
        this.#lifecycle.finishByWay(intent, 'FAILED', { actor, details });
      }
    } else if (this.#core.settings.now.completePlainIntents) {
      this.#lifecycle.finishByWay(intent, 'COMPLETED', { actor, details });
    } else {
      this.#lifecycle.proceed(intent, actor, details);
    }
  }

  /** Goes on; a step that waits for a person is done by that. */
  goOn(intent: Intent, actor: string, details: Json): void {
    const waitsForHuman = intent.waitingReason === 'WAITING_FOR_HUMAN';
    if (waitsForHuman && this.#workflows.isRunning(intent)) {
      this.#workflows.finishStep(intent, { success: true, actor, details });
    } else {
      this.#lifecycle.proceed(intent, actor, details);
    }
  }

  /** An owner says yes to what waits; for a task that is its positive outcome. @throws {AxmeRefusal} 422. */
  approve(intent: Intent, comment: string | undefined, actor: string): void {
    if (intent.status !== 'WAITING') return;
    const { humanTask } = intent;
    if (humanTask === undefined || intent.waitingReason !== 'WAITING_FOR_HUMAN') {
      this.goOn(intent, actor, comment === undefined ? {} : { reason: comment });
      return;
    }
    const outcome = positiveOutcome(humanTask);
    if (outcome === undefined) {
      throw invalid(['body'], 'no allowed outcome of the task says yes: answer it with resume and task_result');
    }
    this.answerTask(intent, { outcome, comment }, actor);
  }

  /** An owner says no to what waits: it is canceled. */
  reject(intent: Intent, comment: string | undefined, actor: string): void {
    if (intent.status !== 'WAITING') return;
    this.#lifecycle.finish(intent, 'CANCELED', { actor, details: { reason: comment || 'rejected' } });
  }

  /** Does what the policy, as it is now, says: deadline, reminders, tries. */
  enact(intent: Intent, changed: 'controls' | 'envelope', patch: Json): void {
    if (changed === 'controls') {
      if (Object.hasOwn(patch, 'timeout_seconds')) this.#setTimeout(intent, patch['timeout_seconds']);
      if (Object.hasOwn(patch, 'reminders')) this.#setReminders(intent);
    } else {
      for (const name of ['execution_timeout_seconds', 'ttl_seconds']) {
        if (Object.hasOwn(patch, name)) this.#setTimeout(intent, patch[name]);
      }
      if (Object.hasOwn(patch, 'expires_at')) {
        const at = patch['expires_at'];
        this.#lifecycle.setDeadline(intent, typeof at === 'string' ? Date.parse(at) : undefined);
      }
    }
    this.#lifecycle.armRedelivery(intent, intent.handler ?? intent.toAgent);
  }

  #setTimeout(intent: Intent, seconds: unknown): void {
    const ms = numberOf(seconds);
    this.#lifecycle.setDeadline(intent, ms === undefined ? undefined : this.#core.time.now() + ms * 1000);
  }

  /** The list as it is now, in place of the one before. */
  #setReminders(intent: Intent): void {
    const { store } = this.#lifecycle;
    for (const name of [...intent.timers.keys()]) {
      if (name.startsWith('control reminder ')) store.schedule(intent, name, undefined, () => {});
    }
    const now = this.#core.time.now();
    for (const [at, { offset_seconds, note }] of remindersOf(intent.policy.controls).entries()) {
      store.schedule(intent, `control reminder ${at}`, now + offset_seconds * 1000, () => {
        this.#lifecycle.remind(intent, { offset_seconds, ...(note ? { note } : {}) });
      });
    }
  }
}
