import type { Family } from '../family.js';
import type { AnyOf, JsonObject, Open, Reply } from '../open.js';
import type { OwnerOptions, OwnerWriteOptions, WriteOptions } from '../options.js';

/** What a subscription may be about (AXME contract §2.11). */
export type WebhookEventType = AnyOf<
  'inbox.thread_created' | 'inbox.thread_updated' | 'inbox.reply_received' | 'invite.accepted' | 'auth.session_revoked'
>;

/** A subscription to create or change. */
export interface UpsertWebhookRequest extends Open {
  readonly callback_url: string;
  readonly event_types: readonly WebhookEventType[];
  /** Signs the deliveries; 16 to 128 characters. It is never shown again. */
  readonly secret?: string | undefined;
  readonly active?: boolean | undefined;
  readonly description?: string | undefined;
}

/** A subscription. */
export interface WebhookSubscription extends Open {
  readonly subscription_id: string;
  readonly owner_agent: string;
  readonly callback_url: string;
  readonly event_types: readonly WebhookEventType[];
  readonly active: boolean;
  readonly description?: string | null | undefined;
  readonly created_at: string;
  readonly updated_at: string;
  readonly revoked_at: string | null;
  readonly secret_hint: string | null;
}

/** A subscription as it is now. */
export interface UpsertWebhookReply extends Reply {
  readonly subscription: WebhookSubscription;
}

/** Subscriptions. */
export interface ListWebhooksReply extends Reply {
  readonly subscriptions: readonly WebhookSubscription[];
}

/** A subscription that has ended. */
export interface DeleteWebhookReply extends Reply {
  readonly subscription_id: string;
  readonly revoked_at: string;
}

/** An event to deliver. */
export interface PublishWebhookRequest extends Open {
  readonly event_type: WebhookEventType;
  readonly source: string;
  readonly payload: JsonObject;
}

/** What became of the deliveries of an event. */
export interface WebhookDeliveryCounts extends Reply {
  readonly event_id: string;
  readonly owner_agent: string;
  readonly event_type: WebhookEventType;
  readonly queued_deliveries: number;
  readonly processed_deliveries: number;
  readonly delivered: number;
  readonly pending: number;
  readonly dead_lettered: number;
}

/** An event that was accepted. */
export interface PublishWebhookReply extends WebhookDeliveryCounts {
  readonly accepted_at: string;
  readonly source: string;
}

/** An event that is delivered again. */
export interface ReplayWebhookReply extends WebhookDeliveryCounts {
  readonly replayed_at: string;
}

/** Webhooks (AXME contract §2.11). */
export interface WebhookMethods {
  /** Creates or changes a subscription, by its owner and `callback_url`. */
  upsertWebhookSubscription(payload: UpsertWebhookRequest, options?: WriteOptions): Promise<UpsertWebhookReply>;
  /** The active subscriptions. */
  listWebhookSubscriptions(options?: OwnerOptions): Promise<ListWebhooksReply>;
  /** Ends a subscription. */
  deleteWebhookSubscription(subscriptionId: string, options?: OwnerWriteOptions): Promise<DeleteWebhookReply>;
  /** Sends an event to the subscriptions that ask for its type. */
  publishWebhookEvent(payload: PublishWebhookRequest, options?: OwnerWriteOptions): Promise<PublishWebhookReply>;
  /** Delivers an event again. */
  replayWebhookEvent(eventId: string, options?: OwnerWriteOptions): Promise<ReplayWebhookReply>;
}

const query = ['owner_agent'];

export const webhooks: Family<WebhookMethods> = {
  upsertWebhookSubscription: { verb: 'POST', path: '/v1/webhooks/subscriptions', args: ['payload'] },
  listWebhookSubscriptions: { verb: 'GET', path: '/v1/webhooks/subscriptions', query },
  deleteWebhookSubscription: { verb: 'DELETE', path: '/v1/webhooks/subscriptions/{subscription_id}', query },
  publishWebhookEvent: { verb: 'POST', path: '/v1/webhooks/events', args: ['payload'], query },
  replayWebhookEvent: { verb: 'POST', path: '/v1/webhooks/events/{event_id}/replay', query },
};
