import * as v from 'valibot';
import { milliseconds } from '../input.js';
import { Settings } from '../settings.js';
import { type DeliveryStatus, deliveryStatus } from './administration/addressing/delivery-status.js';

/** What can be set on the emulated AXME, at the start and at any time after. */
export interface AxmeOptions {
  /**
   * Whether the gateway insists: actor tokens on the routes that want one, no unknown names in bodies and queries, known
   * agents only, known approvals only, actors only see what is theirs. Default `false`,
   * with which the public conformance suite passes.
   */
  readonly strict?: boolean | undefined;
  /** How a stale `expected_policy_generation` is told: 409, or 200 with `applied` false. Default `conflict`. */
  readonly staleGeneration?: 'conflict' | 'not_applied' | undefined;
  /** Whether event streams exist; else they are answered 404. Default `true`. */
  readonly streams?: boolean | undefined;
  /** Whether `action: "complete"` completes a plain intent too, and not only a step of a workflow. Default `false`. */
  readonly completePlainIntents?: boolean | undefined;
  /** Whether a thread that is done takes no further reply, delegation or decision: 409. Default `false`. */
  readonly closeThreads?: boolean | undefined;
  /** Whether intents have the older `legacy_status` beside `status`. Default `true`. */
  readonly legacyStatus?: boolean | undefined;
  /** Milliseconds between two comments that keep an idle stream alive; `null`: none. Default 5000. */
  readonly keepaliveMs?: number | null | undefined;
  /** Milliseconds until an intent that nobody took up is handed over again, unless a policy says. Default 30,000. */
  readonly redeliveryMs?: number | undefined;
  /** What becomes of deliveries that are submitted or replayed; none is really sent. Default `delivered`. */
  readonly deliveryOutcome?: DeliveryStatus | undefined;
  /** Whether webhooks are really sent. Default `true`. */
  readonly sendWebhooks?: boolean | undefined;
  /** How often a webhook is tried before it is given up. Default 5. */
  readonly webhookAttempts?: number | undefined;
  /** Milliseconds until the second try, doubled with each further one. Default 1000. */
  readonly webhookRetryMs?: number | undefined;
  /** Milliseconds between two heartbeats of an agent, by which its health is told. Default 30,000. */
  readonly heartbeatMs?: number | undefined;
}

const span = v.pipe(milliseconds, v.minValue(1));

const schema = v.strictObject({
  strict: v.optional(v.boolean(), false),
  staleGeneration: v.optional(v.picklist(['conflict', 'not_applied']), 'conflict'),
  streams: v.optional(v.boolean(), true),
  completePlainIntents: v.optional(v.boolean(), false),
  closeThreads: v.optional(v.boolean(), false),
  legacyStatus: v.optional(v.boolean(), true),
  keepaliveMs: v.optional(v.nullable(span), 5000),
  redeliveryMs: v.optional(span, 30_000),
  deliveryOutcome: v.optional(deliveryStatus, 'delivered'),
  sendWebhooks: v.optional(v.boolean(), true),
  webhookAttempts: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)), 5),
  webhookRetryMs: v.optional(span, 1000),
  heartbeatMs: v.optional(span, 30_000),
});

export type AxmeSettings = Settings<typeof schema>;

/** @throws {EmulatorInputError} an option has the wrong type or range. */
export function createAxmeSettings(options: AxmeOptions): AxmeSettings {
  return new Settings(schema, options, 'axme');
}
