import { fullAddress } from '../agents.js';
import { dateTime } from '../time.js';

/** Who wants to hear of what, and where. */
export interface Subscription {
  readonly subscriptionId: string;
  readonly ownerAgent: string;
  /** Whether nobody was named as its owner: then it is everyone's (AXME contract §10.2). */
  readonly everyones: boolean;
  /** Whose quota its deliveries use. */
  readonly workspaceId: string;
  readonly callbackUrl: string;
  readonly eventTypes: readonly string[];
  readonly secret: string | undefined;
  readonly active: boolean;
  readonly description: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly revokedAt: number | undefined;
}

/** Whether the owner sees it; nobody in particular sees all. */
export function isOf({ ownerAgent, everyones }: Subscription, owner: string | undefined): boolean {
  return everyones || owner === undefined || fullAddress(ownerAgent) === fullAddress(owner);
}

/** WebhookSubscription of AXME contract §2.11. */
export function subscriptionBody(subscription: Subscription): object {
  const { secret, revokedAt } = subscription;
  return {
    subscription_id: subscription.subscriptionId,
    owner_agent: subscription.ownerAgent,
    callback_url: subscription.callbackUrl,
    event_types: subscription.eventTypes,
    active: subscription.active,
    description: subscription.description,
    created_at: dateTime(subscription.createdAt),
    updated_at: dateTime(subscription.updatedAt),
    revoked_at: revokedAt === undefined ? null : dateTime(revokedAt),
    secret_hint: secret === undefined ? null : `…${secret.slice(-4)}`,
  };
}
