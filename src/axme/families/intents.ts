import { checkObject, checkText, inputError, readOptions, readPayload } from '../arguments.js';
import { AxmeProtocolError } from '../errors.js';
import type { Family } from '../family.js';
import type { Gateway } from '../gateway.js';
import type { AnyOf, JsonObject, Open, Reply } from '../open.js';
import type { ControlOptions, RequestOptions, WriteOptions } from '../options.js';
import { checkValue, REFUSED_STATES } from '../spellings.js';
import { steer } from '../steer.js';
import { uuid, uuidOf } from '../uuid.js';

/** The ten states of an intent (AXME contract §3.1). `CANCELED` has one L. */
export type IntentStatus = AnyOf<
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

/** What an intent in `WAITING` waits for. */
export type WaitingReason = AnyOf<'WAITING_FOR_HUMAN' | 'WAITING_FOR_TOOL' | 'WAITING_FOR_AGENT' | 'WAITING_FOR_TIME'>;

/** What a person is asked to do, as part of an intent or of a step (AXME contract §2.3). */
export interface HumanTask extends Open {
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly task_type?:
    | AnyOf<
        | 'approval'
        | 'form'
        | 'review'
        | 'clarification'
        | 'provide_data'
        | 'attach_file'
        | 'manual_action'
        | 'confirmation'
        | 'validate_real_world'
        | 'validate_output'
        | 'assignment'
        | 'delegation'
        | 'reroute'
        | 'override'
        | 'escalate'
      >
    | undefined;
  /** What the answer's `outcome` may be. */
  readonly allowed_outcomes?: readonly string[] | undefined;
  /** Default `false`. */
  readonly required_comment?: boolean | undefined;
  readonly assignees?: readonly string[] | undefined;
  /** Default `false`. */
  readonly evidence_required?: boolean | undefined;
  /** JSON Schema of the answer. */
  readonly form_schema?: JsonObject | undefined;
  readonly notify_email?: string | undefined;
}

/** When an intent ends by itself, and whom it reminds. Durations are in seconds. */
export interface IntentTiming extends Open {
  /** RFC 3339; after it the intent is `TIMED_OUT`. */
  readonly deadline_at?: string | undefined;
  readonly remind_after_seconds?: number | undefined;
  readonly remind_interval_seconds?: number | undefined;
  readonly max_reminders?: number | undefined;
  /** Agent address that is told after the last reminder. */
  readonly escalate_to?: string | undefined;
  readonly max_delivery_attempts?: number | undefined;
  readonly human_task?: HumanTask | undefined;
}

/** What `createIntent` creates (AXME contract §2.2). */
export interface CreateIntentRequest extends IntentTiming {
  /** `<name>.v<number>`, such as `orders.place.v1`. */
  readonly intent_type: string;
  /** Default: the option `correlationId`, else a new v4 UUID. */
  readonly correlation_id?: string | undefined;
  /** Agent address of the sender; some gateways require it. */
  readonly from_agent?: string | undefined;
  /** Agent address of the recipient. */
  readonly to_agent: string;
  /** Agent address that gets a thread in its inbox when the intent is finished. */
  readonly reply_to?: string | undefined;
  readonly payload: JsonObject;
}

/** Options of `createIntent` and `sendIntent`. */
export interface CreateIntentOptions extends WriteOptions {
  /**
   * Ties together the intents of one workflow; a UUID. Default: that of the payload, else a new one, and with an
   * `idempotencyKey` the one that belongs to the key, so that the call made again is the same request.
   */
  readonly correlationId?: string | undefined;
}

/** A new intent. Its `status` may be any already. */
export interface CreateIntentReply extends Reply {
  readonly intent_id: string;
  readonly status: IntentStatus;
  readonly created_at: string;
}

/** Who has the next move. */
export interface PendingWith extends Open {
  readonly type?: AnyOf<'agent' | 'human' | 'internal'> | undefined;
  readonly ref?: string | undefined;
  readonly name?: string | undefined;
}

/** An intent (AXME contract §2.3). */
export interface Intent extends IntentTiming {
  readonly intent_id: string;
  readonly status: IntentStatus;
  /** Of older gateways. Base nothing on it. */
  readonly legacy_status?: AnyOf<'accepted' | 'running' | 'blocked' | 'done' | 'failed'> | undefined;
  readonly created_at: string;
  readonly updated_at?: string | undefined;
  readonly intent_type: string;
  readonly correlation_id: string;
  readonly from_agent: string;
  readonly to_agent: string;
  readonly reply_to?: string | undefined;
  readonly payload: JsonObject;
  readonly remind_count?: number | undefined;
  readonly delivery_attempt?: number | undefined;
  readonly pending_with?: PendingWith | undefined;
}

/** An intent. */
export interface GetIntentReply extends Reply {
  readonly intent: Intent;
}

/** One step in the life of an intent (AXME contract §3.4). */
export interface IntentEvent extends Open {
  readonly intent_id: string;
  /** 1 for the first; rises within the intent. */
  readonly seq: number;
  readonly event_type: AnyOf<
    | 'intent.created'
    | 'intent.submitted'
    | 'intent.delivered'
    | 'intent.acknowledged'
    | 'intent.in_progress'
    | 'intent.waiting'
    | 'intent.completed'
    | 'intent.failed'
    | 'intent.canceled'
    | 'intent.timed_out'
    | 'intent.transfer'
    | 'intent.reminder'
    | 'intent.escalated'
    | 'intent.delivery_failed'
    | 'intent.human_task_assigned'
  >;
  readonly status: IntentStatus;
  readonly waiting_reason?: WaitingReason | null | undefined;
  readonly handler?: string | null | undefined;
  readonly actor?: string | undefined;
  readonly at: string;
  readonly details?: JsonObject | undefined;
  readonly pending_with?: PendingWith | undefined;
}

/** How an intent ends (AXME contract §2.2). */
export interface ResolveIntentRequest extends Open {
  readonly status: AnyOf<'COMPLETED' | 'FAILED' | 'CANCELED'>;
  readonly actor?: string | undefined;
  /** Goes with `COMPLETED`. */
  readonly result?: JsonObject | undefined;
  /** Goes with `FAILED`. */
  readonly error?: JsonObject | undefined;
  /** Goes with `CANCELED`. */
  readonly reason?: string | undefined;
  /** Resolves only if the intent's generation is this one. 0 is that of a new intent. */
  readonly expected_policy_generation?: number | undefined;
}

/** What became of the reply to `reply_to`. */
export interface CompletionDelivery extends Open {
  readonly delivered: boolean;
  /** Why not, such as `reply_to_not_set`. */
  readonly reason?: string | undefined;
  readonly reply_to?: string | undefined;
  readonly thread_id?: string | undefined;
  readonly message_id?: string | undefined;
  readonly completion?: Open | undefined;
}

/** An intent that has ended. */
export interface ResolveIntentReply extends Reply {
  readonly intent: Intent;
  readonly event: IntentEvent;
  readonly completion_delivery: CompletionDelivery;
  readonly applied?: boolean | undefined;
  readonly policy_generation?: number | undefined;
}

/** Why an intent is canceled. */
export interface CancelIntentRequest extends Open {
  readonly reason: string;
  readonly actor?: string | undefined;
  /** Cancels only if the intent's generation is this one. */
  readonly expected_policy_generation?: number | undefined;
}

/** Intents: durable requests from one agent to another (AXME contract §2.2). */
export interface IntentMethods {
  /**
   * Creates an intent. The client makes an idempotency key if there is none, so that a lost answer is asked for again and
   * never creates two.
   *
   * @throws {AxmeConflictError} the key was used with another request.
   */
  createIntent(payload: CreateIntentRequest, options?: CreateIntentOptions): Promise<CreateIntentReply>;
  /** `createIntent`, for its `intent_id` alone. */
  sendIntent(payload: CreateIntentRequest, options?: CreateIntentOptions): Promise<string>;
  /** The intent as it is now. It is in the field `intent`. */
  getIntent(intentId: string, options?: RequestOptions): Promise<GetIntentReply>;
  /**
   * Ends an intent.
   *
   * @throws {AxmeConflictError} it has ended already, or `expected_policy_generation` is stale.
   */
  resolveIntent(intentId: string, payload: ResolveIntentRequest, options?: ControlOptions): Promise<ResolveIntentReply>;
  /**
   * Cancels an intent: `resolveIntent` with the status `CANCELED`.
   *
   * The service publishes no way to pause an intent. The nearest is one that is left in `WAITING`, until `resumeIntent`.
   *
   * @throws {AxmeConflictError} it has ended already, or `expected_policy_generation` is stale.
   */
  cancelIntent(intentId: string, payload: CancelIntentRequest, options?: ControlOptions): Promise<ResolveIntentReply>;
}

const CREATE = { verb: 'POST', path: '/v1/intents', declaresKey: true } as const;

export const intents: Family<IntentMethods> = {
  createIntent: (gateway, payload, options) => createIntent(gateway, 'createIntent', payload, options),

  async sendIntent(gateway, payload, options) {
    const { intent_id: id } = await createIntent(gateway, 'sendIntent', payload, options);
    if (typeof id === 'string' && id !== '') return id;
    throw new AxmeProtocolError('the answer has no intent_id, so what became of the intent is unknown.');
  },

  getIntent: { verb: 'GET', path: '/v1/intents/{intent_id}' },

  resolveIntent: (gateway, ...args) => resolveIntent(gateway, 'resolveIntent', ...args),

  async cancelIntent(gateway, intentId, payload, options) {
    checkText('reason', readPayload('cancelIntent', payload)['reason']);
    return resolveIntent(gateway, 'cancelIntent', intentId, { ...payload, status: 'CANCELED' }, options);
  },
};

async function createIntent(
  gateway: Gateway,
  method: 'createIntent' | 'sendIntent',
  payload: CreateIntentRequest,
  given: CreateIntentOptions | undefined,
): Promise<CreateIntentReply> {
  const options = readOptions(method, given) as CreateIntentOptions;
  const body = readPayload(method, payload);
  for (const name of ['intent_type', 'to_agent']) checkText(name, body[name]);
  checkObject('payload', body['payload']);

  const idempotencyKey = gateway.keyFor(CREATE, options);
  // Under the same key it must be the same request, from whichever process.
  const correlationId = correlationOf(body, options) ?? (idempotencyKey ? await uuidOf(idempotencyKey) : uuid());
  return gateway.call(CREATE, {
    body: { ...body, correlation_id: correlationId },
    headers: gateway.settings.correlationHeader ? { 'X-Correlation-Id': correlationId } : undefined,
    idempotencyKey,
    options,
  });
}

/** The correlation id that the caller gives, in the one place or the other. */
function correlationOf(body: JsonObject, { correlationId }: CreateIntentOptions): string | undefined {
  const { correlation_id: inBody = correlationId } = body;
  if (inBody === undefined) return undefined;
  checkText('correlation_id', inBody);
  if (correlationId === undefined || correlationId === inBody) return inBody;
  throw inputError('correlation_id', 'of the payload and the option correlationId differ: pass one of them');
}

async function resolveIntent(
  gateway: Gateway,
  method: string,
  intentId: string,
  payload: ResolveIntentRequest,
  options: ControlOptions | undefined,
): Promise<ResolveIntentReply> {
  const { status } = readPayload(method, payload);
  checkText('status', status);
  checkValue('status', status, REFUSED_STATES);
  return steer(gateway, method, '/v1/intents/{intent_id}/resolve', [intentId, payload, options]);
}
