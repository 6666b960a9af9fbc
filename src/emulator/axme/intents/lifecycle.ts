import { fullAddress } from '../agents.js';
import type { Core } from '../core.js';
import { Threads } from '../inbox/threads.js';
import { AgentFeeds } from './feeds.js';
import type { HumanTask } from './human-task.js';
import type { Intent, IntentEvent, NewIntent, Reminding } from './intent.js';
import { deliveryLimit, retryDelayMs, retryLimit } from './policy.js';
import { type IntentStatus, isTerminal, mayMove, type TerminalStatus, type WaitingReason } from './status.js';
import { IntentStore, PLATFORM } from './store.js';

/** What `completion_delivery` says (AXME contract §2.3). */
export type CompletionDelivery = Readonly<Record<string, unknown>>;

/** Reminders without an end of their own stop after so many. */
const MAX_REMINDERS = 100;

/** What happens to intents, whoever asks for it (AXME contract §3.2, §8). */
export class Lifecycle {
  readonly store: IntentStore;
  readonly feeds: AgentFeeds = new AgentFeeds();
  readonly threads: Threads;
  readonly #core: Core;
  /** What was told to `reply_to`, by intent. */
  readonly #completions = new WeakMap<Intent, CompletionDelivery>();

  constructor(core: Core) {
    this.#core = core;
    this.store = new IntentStore(core);
    this.threads = new Threads(core);
    this.store.onEvent((intent, event) => this.#mirror(intent, event));
  }

  /** Creates it, hands it to its agent, and to people when it has a task for them. */
  create(given: NewIntent, actor: string): Intent {
    const intent = this.#start(given, actor);
    this.handTo(intent, intent.toAgent);
    if (intent.humanTask !== undefined) this.assignToHuman(intent, intent.humanTask, given, PLATFORM);
    else this.armReminders(intent, given);
    return intent;
  }

  /** Creates one whose work is given out step by step. */
  createForWorkflow(given: NewIntent, actor: string): Intent {
    return this.#start(given, actor);
  }

  /** Puts it on the agent's stream; if nobody takes it up, again and again as the policy says. */
  handTo(intent: Intent, agent: string): void {
    intent.deliveryAttempt += 1;
    this.feeds.add(agent, intent.intentId);
    this.armRedelivery(intent, agent);
  }

  /** The agent's stream has taken it. */
  taken(intent: Intent, agent: string): void {
    if (intent.status !== 'SUBMITTED') return;
    this.store.append(intent, { status: 'DELIVERED', actor: PLATFORM, handler: fullAddress(agent) });
  }

  /** Hands it over again after a while, if nobody takes it up and it may be. */
  armRedelivery(intent: Intent, agent: string): void {
    const limit = deliveryLimit(intent);
    const due =
      limit === undefined || !isUntouched(intent)
        ? undefined
        : this.#core.time.now() + retryDelayMs(intent, this.#core.settings.now.redeliveryMs);
    this.store.schedule(intent, 'redelivery', due, () => {
      if (isUntouched(intent)) this.failDelivery(intent, agent);
    });
  }

  /** A delivery came to nothing: the next is tried, or it was the last. */
  failDelivery(intent: Intent, agent: string): void {
    const attempt = intent.deliveryAttempt;
    const type = 'intent.delivery_failed';
    const limit = deliveryLimit(intent);
    if (limit !== undefined && attempt >= limit) {
      const error = { code: 'delivery_failed', message: `not taken up in ${attempt} attempts` };
      this.finish(intent, 'FAILED', { type, actor: PLATFORM, details: { error, attempt } });
      return;
    }
    this.store.append(intent, { type, actor: PLATFORM, details: { attempt } });
    this.handTo(intent, agent);
  }

  /** Gives the intent to people: it waits for them. */
  assignToHuman(intent: Intent, task: HumanTask, reminding: Reminding, actor: string): void {
    intent.humanTask = task;
    const [assignee] = task.assignees ?? [];
    this.store.append(intent, {
      type: 'intent.human_task_assigned',
      status: 'WAITING',
      waitingReason: 'WAITING_FOR_HUMAN',
      actor,
      pendingWith: { type: 'human', ref: assignee ?? intent.toAgent, name: assignee },
      details: { human_task: task },
    });
    for (const owner of task.assignees ?? []) this.#openThread(intent, owner, 'intent.human_task_assigned');
    this.armReminders(intent, reminding);
  }

  /** Lets it wait. */
  wait(intent: Intent, reason: WaitingReason, happening: Parameters<IntentStore['append']>[1]): void {
    this.store.append(intent, { ...happening, status: 'WAITING', waitingReason: reason });
  }

  /** Moves it to IN_PROGRESS if it may; else nothing. */
  proceed(intent: Intent, actor: string, details: Readonly<Record<string, unknown>> = {}): IntentEvent | undefined {
    if (!mayMove(intent.status, 'IN_PROGRESS')) return undefined;
    for (const name of ['reminder', 'redelivery', 'retry']) this.store.schedule(intent, name, undefined, () => {});
    const pendingWith = { type: 'agent', ref: intent.handler ?? intent.toAgent } as const;
    return this.store.append(intent, { status: 'IN_PROGRESS', actor, pendingWith, details });
  }

  /** Ends it, over IN_PROGRESS where the way leads there, and tells `reply_to`. */
  finishByWay(intent: Intent, status: TerminalStatus, happening: Parameters<IntentStore['append']>[1]): IntentEvent {
    if (!mayMove(intent.status, status)) this.proceed(intent, happening.actor);
    return this.finish(intent, status, happening);
  }

  /** Ends it from any state, and tells `reply_to`. */
  finish(intent: Intent, status: TerminalStatus, happening: Parameters<IntentStore['append']>[1]): IntentEvent {
    const event = this.store.append(intent, { ...happening, status });
    this.#completions.set(intent, this.#complete(intent, event));
    return event;
  }

  /** What was told to `reply_to` when it ended. */
  completionOf(intent: Intent): CompletionDelivery {
    return this.#completions.get(intent) ?? { delivered: false, reason: 'not_finished' };
  }

  /** Sets when it runs out of time, in milliseconds since the epoch; `undefined`: never. */
  setDeadline(intent: Intent, due: number | undefined): void {
    intent.deadlineAt = due;
    this.store.schedule(intent, 'deadline', due, () => {
      this.finish(intent, 'TIMED_OUT', { actor: PLATFORM, details: { reason: 'deadline_exceeded' } });
    });
  }

  /** Does its work again later, if its policy allows another try. Says whether it does. */
  retry(intent: Intent, agent: string, actor: string, error: unknown): boolean {
    const limit = retryLimit(intent);
    if (limit === undefined || intent.retries >= limit) return false;
    intent.retries += 1;
    this.retryAfter(intent, retryDelayMs(intent, this.#core.settings.now.redeliveryMs), actor, error, () => {
      this.handTo(intent, agent);
    });
    return true;
  }

  /** Waits, then calls `again` when the intent still waits. */
  retryAfter(intent: Intent, delayMs: number, actor: string, error: unknown, again: () => void): void {
    this.wait(intent, 'WAITING_FOR_TIME', { actor, details: { error, retry: intent.retries } });
    this.store.schedule(intent, 'retry', this.#core.time.now() + delayMs, () => {
      this.proceed(intent, PLATFORM, { retry: intent.retries });
      again();
    });
  }

  /** Says that something is still to be done. */
  remind(intent: Intent, details: Readonly<Record<string, unknown>>): void {
    intent.remindCount += 1;
    this.store.append(intent, {
      type: 'intent.reminder',
      actor: PLATFORM,
      details: { ...details, remind_count: intent.remindCount },
    });
  }

  /** Tells someone else that nobody does it. */
  escalate(intent: Intent, escalateTo: string): void {
    this.store.append(intent, {
      type: 'intent.escalated',
      actor: PLATFORM,
      pendingWith: { type: intent.pendingWith?.type ?? 'agent', ref: escalateTo },
      details: { escalate_to: escalateTo },
    });
    this.#openThread(intent, escalateTo, 'intent.escalated');
  }

  clear(): void {
    this.store.clear();
    this.feeds.clear();
    this.threads.clear();
  }

  #start(given: NewIntent, actor: string): Intent {
    const intent = this.store.add(given);
    this.store.append(intent, { status: 'CREATED', actor });
    this.store.append(intent, { status: 'SUBMITTED', actor });
    this.#openThread(intent, intent.toAgent, 'intent.submitted');
    this.setDeadline(intent, intent.deadlineAt);
    return intent;
  }

  /** After `remindAfterSeconds`, then in intervals, and in the end whoever it is escalated to (AXME contract §8). */
  armReminders(intent: Intent, reminding: Reminding): void {
    const { remindAfterSeconds: after, remindIntervalSeconds: interval, escalateTo } = reminding;
    const most = reminding.maxReminders ?? (interval === undefined ? 1 : MAX_REMINDERS);
    if (after === undefined) return;
    const arm = (seconds: number, sent: number) => {
      this.store.schedule(intent, 'reminder', this.#core.time.now() + seconds * 1000, () => {
        if (sent < most) {
          this.remind(intent, {});
          arm(interval ?? after, sent + 1);
        } else if (escalateTo !== undefined) {
          this.escalate(intent, escalateTo);
        }
      });
    };
    arm(after, 0);
  }

  #openThread(intent: Intent, owner: string, eventType: string): void {
    const { intentId, fromAgent, toAgent } = intent;
    this.threads.open(
      { threadId: intentId, intentId, ownerAgent: owner, fromAgent, toAgent },
      { eventType, actor: fromAgent, details: { intent_type: intent.intentType, payload: intent.payload } },
    );
  }

  /** Threads of those who work on it say how it goes. */
  #mirror(intent: Intent, event: IntentEvent): void {
    const owners = new Set([intent.toAgent, ...(intent.humanTask?.assignees ?? [])].map(fullAddress));
    for (const thread of this.threads.ofIntent(intent.intentId, [...owners])) {
      const goesOn = event.status === 'IN_PROGRESS' && thread.status === 'pending';
      this.threads.add(thread, {
        eventType: event.event_type,
        actor: event.actor,
        details: event.details,
        status: isTerminal(event.status) ? 'done' : goesOn ? 'active' : undefined,
      });
    }
  }

  #complete(intent: Intent, event: IntentEvent): CompletionDelivery {
    const { intentId, replyTo, toAgent } = intent;
    if (replyTo === undefined) return { delivered: false, reason: 'reply_to_not_set' };
    const completion = { type: event.event_type, intent_id: intentId, status: event.status };
    const { entry } = this.threads.open(
      { threadId: intentId, intentId, ownerAgent: replyTo, fromAgent: toAgent, toAgent: replyTo },
      {
        eventType: 'intent_completion_delivered',
        actor: PLATFORM,
        details: { completion, ...event.details },
        status: 'done',
      },
    );
    return { delivered: true, reply_to: replyTo, thread_id: intentId, message_id: entry.eventId, completion };
  }
}

/** Whether no agent has begun with it. */
function isUntouched({ status }: { readonly status: IntentStatus }): boolean {
  return status === 'SUBMITTED' || status === 'DELIVERED';
}
