import * as v from 'valibot';
import { EmulatorInputError, EmulatorNotFoundError } from '../errors.js';
import { checkInput, milliseconds } from '../input.js';
import type { Actor, ActorOptions } from './actors.js';
import { type InvoiceOptions, invoiceOptions } from './administration/billing/invoice-options.js';
import type { Invoice } from './administration/billing/wire.js';
import { fullAddress } from './agents.js';
import type { Approval } from './inbox/approvals.js';
import { address, jsonObject, text } from './input.js';
import { humanTaskSchema, taskResultSchema } from './intents/human-task.js';
import type { Intent } from './intents/intent.js';
import {
  type IntentStatus,
  isTerminal,
  mayMove,
  STATUSES,
  WAITING_REASONS,
  type WaitingReason,
} from './intents/status.js';
import { PLATFORM } from './intents/store.js';
import type { AxmePlatform } from './platform.js';
import { AxmeRefusal } from './refusal.js';
import type { AxmeOptions } from './settings.js';
import type { WebhookDelivery } from './webhooks/dispatcher.js';

type Json = Readonly<Record<string, unknown>>;

/** Every setting of {@link AxmeOptions}, to be read and set at any time. */
export type AxmeSettingValues = { -readonly [Name in keyof AxmeOptions]-?: Exclude<AxmeOptions[Name], undefined> };

/** An intent as a test sees it. */
export interface AxmeIntent {
  readonly intentId: string;
  readonly intentType: string;
  readonly status: IntentStatus;
  readonly waitingReason: WaitingReason | undefined;
  readonly correlationId: string;
  readonly fromAgent: string;
  readonly toAgent: string;
  readonly payload: Json;
  readonly policyGeneration: number;
  readonly deliveryAttempt: number;
  /** The number of its latest event. */
  readonly lastSeq: number;
}

/** An intent that a test creates, as by another client. */
export interface NewAxmeIntent {
  /** Default: the agent of the first API key. */
  readonly toAgent?: string | undefined;
  /** Default: the agent of the first API key. */
  readonly fromAgent?: string | undefined;
  /** Default `intent.ask.v1`. */
  readonly intentType?: string | undefined;
  /** Default `{}`. */
  readonly payload?: Json | undefined;
  readonly replyTo?: string | undefined;
  /** Milliseconds until it runs out of time. Default: never. */
  readonly deadlineInMs?: number | undefined;
  /** As on the wire: `{title, allowed_outcomes, …}`. */
  readonly humanTask?: Json | undefined;
}

/** Where an intent is moved. */
export interface MoveOptions {
  readonly status: IntentStatus;
  /** With WAITING. Default `WAITING_FOR_AGENT`. */
  readonly waitingReason?: WaitingReason | undefined;
  readonly details?: Json | undefined;
}

/** How an intent is ended from outside. */
export interface ResolveOptions {
  /** Default `COMPLETED`. */
  readonly status?: 'COMPLETED' | 'FAILED' | 'CANCELED' | 'TIMED_OUT' | undefined;
  readonly details?: Json | undefined;
}

/** What a person answers, as on the wire. */
export interface TaskAnswer {
  readonly outcome: string;
  readonly comment?: string | undefined;
  readonly data?: Json | undefined;
}

/** Events that change nothing, as many clients and future platforms may write them. */
export interface AddEventsOptions {
  /** Default `intent.note`. */
  readonly eventType?: string | undefined;
  readonly details?: Json | undefined;
  /** How many. Default 1. */
  readonly times?: number | undefined;
}

/** An agent that is registered. */
export interface AddAgentOptions {
  /** `agent://<org>/<workspace>/<name>` */
  readonly address: string;
  readonly displayName?: string | undefined;
}

/** A thread in someone's inbox. */
export interface NewAxmeThread {
  readonly ownerAgent: string;
  /** Default: the agent of the first API key. */
  readonly fromAgent?: string | undefined;
  readonly details?: Json | undefined;
}

/** What tests and scripts may do to the emulated AXME beside its wire. Wrong input throws an `EmulatorInputError`. */
export interface AxmeControl extends AxmeSettingValues {
  /** A key that may do everything. */
  readonly apiKey: string;
  /** The token of an actor that may do everything. */
  readonly actorToken: string;
  /** The address of the API key's own agent. */
  readonly agentAddress: string;
  /** The organization that exists from the start. */
  readonly orgId: string;
  /** The workspace that exists from the start. */
  readonly workspaceId: string;
  /** The latest thousand webhooks, oldest first. */
  readonly webhookDeliveries: readonly WebhookDelivery[];
  /** How many event streams are open. */
  readonly openStreams: number;
  /** Sets what is given, all or nothing. */
  configure(settings: AxmeOptions): void;
  /** Another actor, until the next reset. */
  addActor(options?: ActorOptions): Actor;
  /** An invoice of a workspace, until the next reset. */
  addInvoice(options?: InvoiceOptions): Invoice;
  /** Registers an agent, until the next reset, with a key of its own, by which its heartbeats are told. */
  addAgent(options: AddAgentOptions): { readonly address: string; readonly apiKey: string };
  /** Oldest first. */
  listIntents(): readonly AxmeIntent[];
  /** @throws {EmulatorNotFoundError} the id is unknown, as with whatever takes an intent's id. */
  getIntent(intentId: string): AxmeIntent;
  createIntent(options?: NewAxmeIntent): AxmeIntent;
  /** Moves it as the platform would. @throws {EmulatorInputError} the transition is not legal (AXME contract §3.2). */
  moveIntent(intentId: string, options: MoveOptions): AxmeIntent;
  /** Ends it, from any state. @throws {EmulatorInputError} it is over already. */
  resolveIntent(intentId: string, options?: ResolveOptions): AxmeIntent;
  /** Answers the human task that it waits for. @throws {EmulatorInputError} it waits for none, or the answer does not fit. */
  answerTask(intentId: string, answer: TaskAnswer): AxmeIntent;
  /** Says yes to what waits, as by the inbox. */
  approveIntent(intentId: string, options?: { readonly comment?: string | undefined }): AxmeIntent;
  /** Says no to what waits, as by the inbox: it is canceled. */
  rejectIntent(intentId: string, options?: { readonly comment?: string | undefined }): AxmeIntent;
  /** Adds events that change nothing. @throws {EmulatorInputError} the intent is over. */
  addEvents(intentId: string, options?: AddEventsOptions): AxmeIntent;
  /** Its latest delivery came to nothing; it is tried again, or fails after the last attempt. */
  failDelivery(intentId: string): AxmeIntent;
  /** A thread that belongs to no intent. */
  openThread(options: NewAxmeThread): { readonly threadId: string };
  /** An approval that waits for a decision. */
  addApproval(): Approval;
  /** Oldest first. */
  listApprovals(): readonly Approval[];
  /** Breaks event streams that are open: `cut` the connection, or `end` it as should be. Default `cut`. Says how many. */
  dropStreams(options?: { readonly how?: 'cut' | 'end' | undefined }): number;
}

const details = v.optional(jsonObject, {});
const comment = v.strictObject({ comment: v.optional(text(0, 2000)) });
const actorOptions = v.strictObject({
  actorId: v.optional(v.string()),
  ownerAgent: v.optional(address),
  roles: v.optional(v.array(v.string())),
  orgId: v.optional(v.string()),
  workspaceId: v.optional(v.string()),
  scope: v.optional(v.string()),
  expiresInMs: v.optional(milliseconds),
});
const newIntent = v.strictObject({
  toAgent: v.optional(address),
  fromAgent: v.optional(address),
  intentType: v.optional(text(1, 255), 'intent.ask.v1'),
  payload: details,
  replyTo: v.optional(address),
  deadlineInMs: v.optional(milliseconds),
  humanTask: v.optional(humanTaskSchema),
});
const moveOptions = v.strictObject({
  status: v.picklist(STATUSES),
  waitingReason: v.optional(v.picklist(WAITING_REASONS)),
  details,
});
const resolveOptions = v.strictObject({
  status: v.optional(v.picklist(['COMPLETED', 'FAILED', 'CANCELED', 'TIMED_OUT']), 'COMPLETED'),
  details,
});
const eventsOptions = v.strictObject({
  eventType: v.optional(v.pipe(v.string(), v.regex(/^intent\.[a-z_]+$/)), 'intent.note'),
  details,
  times: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20_000)), 1),
});
const agentOptions = v.strictObject({ address: text(3, 383), displayName: v.optional(text(1, 255)) });
const threadOptions = v.strictObject({ ownerAgent: address, fromAgent: v.optional(address), details });
const dropOptions = v.strictObject({ how: v.optional(v.picklist(['cut', 'end']), 'cut') });

export function createAxmeControl(platform: AxmePlatform): AxmeControl {
  const { core, administration, lifecycle, steering, approvals, streams, webhooks } = platform;
  const { settings, keys, actors, home, time } = core;

  /** Does it to the intent, with whatever is due done before. */
  const act = (intentId: string, change: (intent: Intent) => void): AxmeIntent => {
    time.run();
    const intent = lifecycle.store.find(intentId);
    if (intent === undefined) throw new EmulatorNotFoundError('No intent has this id, or it was dropped.');
    try {
      change(intent);
    } catch (error) {
      throw error instanceof AxmeRefusal ? new EmulatorInputError(`intent: ${error.message}.`) : error;
    }
    return intentView(intent);
  };
  const live = (intent: Intent): void => {
    if (isTerminal(intent.status)) throw new EmulatorInputError(`intent: it is ${intent.status}.`);
  };

  const control = {
    apiKey: keys.first.token,
    actorToken: actors.first.token,
    agentAddress: home.agentAddress,
    orgId: home.orgId,
    workspaceId: home.workspaceId,
    get webhookDeliveries() {
      return webhooks.dispatcher.list();
    },
    get openStreams() {
      return streams.size;
    },
    configure: (options: AxmeOptions) => settings.update(options),
    addActor: (options: ActorOptions = {}) => actors.add(checkInput(actorOptions, options, 'actor'), core.ids),
    addInvoice(options: InvoiceOptions = {}) {
      const {
        orgId = home.orgId,
        workspaceId = home.workspaceId,
        ...given
      } = checkInput(invoiceOptions, options, 'invoice');
      return administration.ledger.addInvoice({ orgId, workspaceId, ...given });
    },
    addAgent(options: AddAgentOptions) {
      const { address: given, displayName } = checkInput(agentOptions, options, 'agent');
      const agentAddress = fullAddress(given);
      const account = core.ids.hex(8);
      const { orgId, workspaceId } = home;
      const serviceAccountId = `sa_${account}`;
      core.agents.register({
        address: agentAddress,
        serviceAccountId,
        serviceAccountName: agentAddress.split('/').at(-1) ?? agentAddress,
        displayName: displayName ?? null,
        orgId,
        workspaceId,
      });
      const apiKey = `axme_sa_${account}_${core.ids.hex(20)}`;
      keys.add({ token: apiKey, agentAddress, serviceAccountId, orgId, workspaceId });
      return { address: agentAddress, apiKey };
    },
    listIntents() {
      time.run();
      return lifecycle.store.list().map(intentView);
    },
    getIntent: (intentId: string) => act(intentId, () => {}),
    createIntent(options: NewAxmeIntent = {}) {
      const { deadlineInMs, ...given } = checkInput(newIntent, options, 'intent');
      const intent = lifecycle.create(
        {
          ...given,
          toAgent: given.toAgent ?? home.agentAddress,
          fromAgent: given.fromAgent ?? home.agentAddress,
          correlationId: core.ids.uuid(),
          deadlineAt: deadlineInMs === undefined ? undefined : time.now() + deadlineInMs,
        },
        PLATFORM,
      );
      return intentView(intent);
    },
    moveIntent: (intentId: string, options: MoveOptions) =>
      act(intentId, (intent) => {
        const { status, waitingReason, details: told } = checkInput(moveOptions, options, 'move');
        if (!mayMove(intent.status, status)) {
          throw new EmulatorInputError(`move.status: there is no way from ${intent.status} to ${status}.`);
        }
        if (isTerminal(status)) lifecycle.finish(intent, status, { actor: PLATFORM, details: told });
        else lifecycle.store.append(intent, { status, waitingReason, actor: PLATFORM, details: told });
      }),
    resolveIntent: (intentId: string, options: ResolveOptions = {}) =>
      act(intentId, (intent) => {
        const { status, details: told } = checkInput(resolveOptions, options, 'resolve');
        live(intent);
        lifecycle.finish(intent, status, { actor: PLATFORM, details: told });
      }),
    answerTask: (intentId: string, answer: TaskAnswer) =>
      act(intentId, (intent) => steering.answerTask(intent, checkInput(taskResultSchema, answer, 'answer'), PLATFORM)),
    approveIntent: (intentId: string, options: object = {}) =>
      act(intentId, (intent) => steering.approve(intent, checkInput(comment, options, 'approve').comment, PLATFORM)),
    rejectIntent: (intentId: string, options: object = {}) =>
      act(intentId, (intent) => steering.reject(intent, checkInput(comment, options, 'reject').comment, PLATFORM)),
    addEvents: (intentId: string, options: AddEventsOptions = {}) =>
      act(intentId, (intent) => {
        const { eventType, details: told, times } = checkInput(eventsOptions, options, 'events');
        live(intent);
        for (let i = 0; i < times; i++) {
          lifecycle.store.append(intent, { type: eventType, actor: PLATFORM, details: told });
        }
      }),
    failDelivery: (intentId: string) =>
      act(intentId, (intent) => {
        live(intent);
        lifecycle.failDelivery(intent, intent.handler ?? intent.toAgent);
      }),
    openThread(options: NewAxmeThread) {
      const given = checkInput(threadOptions, options, 'thread');
      const { ownerAgent } = given;
      const { thread } = lifecycle.threads.open(
        {
          threadId: core.ids.uuid(),
          intentId: core.ids.uuid(),
          ownerAgent,
          fromAgent: given.fromAgent ?? home.agentAddress,
          toAgent: ownerAgent,
        },
        { eventType: 'intent.submitted', actor: PLATFORM, details: given.details },
      );
      return { threadId: thread.threadId };
    },
    addApproval: () => approvals.add(),
    listApprovals: () => approvals.list(),
    dropStreams: (options: object = {}) => streams.drop(checkInput(dropOptions, options, 'drop').how),
  };
  return settings.on(control);
}

function intentView(intent: Intent): AxmeIntent {
  return Object.freeze({
    intentId: intent.intentId,
    intentType: intent.intentType,
    status: intent.status,
    waitingReason: intent.waitingReason,
    correlationId: intent.correlationId,
    fromAgent: intent.fromAgent,
    toAgent: intent.toAgent,
    payload: intent.payload,
    policyGeneration: intent.policy.generation,
    deliveryAttempt: intent.deliveryAttempt,
    lastSeq: intent.lastSeq,
  });
}
