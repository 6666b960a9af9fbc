import * as v from 'valibot';
import { fullAddress } from '../agents.js';
import type { AxmeCall } from '../call.js';
import type { Core } from '../core.js';
import type { Family } from '../family.js';
import { jsonObject, queryBool, text } from '../input.js';
import { notFound } from '../refusal.js';
import type { AxmeRouter } from '../router.js';
import { dateTime } from '../time.js';
import { Dispatcher, type WebhookDelivery, type WebhookEvent } from './dispatcher.js';
import { isOf, type Subscription, subscriptionBody } from './subscription.js';

/** What a subscription may name (AXME contract §2.11). */
const EVENT_TYPES = [
  'inbox.thread_created',
  'inbox.thread_updated',
  'inbox.reply_received',
  'invite.accepted',
  'auth.session_revoked',
] as const;

const owner = { owner_agent: v.optional(text(1, 383)) };
const upsertFields = {
  callback_url: v.pipe(
    text(8, 2048),
    v.check((value) => /^https?:\/\//i.test(value) && URL.canParse(value), 'Expected an http or https URL'),
  ),
  event_types: v.pipe(v.array(v.picklist(EVENT_TYPES)), v.minLength(1), v.maxLength(32)),
  secret: v.nullish(text(16, 128)),
  active: v.nullish(v.boolean()),
  description: v.nullish(text(0, 255)),
};
const listQuery = { ...owner, include_inactive: v.optional(queryBool, 'false') };
const publishFields = { event_type: text(3, 100), source: text(2, 100), payload: jsonObject };

/** At most so many subscriptions and events are kept; then the oldest is dropped. */
const MAX_KEPT = 1000;

/** Webhooks: subscriptions, events, deliveries (AXME contract §2.11). */
export class Webhooks implements Family {
  readonly dispatcher: Dispatcher;
  readonly #core: Core;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #events = new Map<string, WebhookEvent>();

  constructor(core: Core) {
    this.#core = core;
    this.dispatcher = new Dispatcher(core);
    core.announcements.on((announcement) => {
      const { type, ownerAgent, source } = announcement;
      const to = this.#hearing(type, ownerAgent);
      if (to.length === 0) return;
      const event = this.#keep({ eventType: type, ownerAgent, source, payload: announcement.payload });
      this.dispatcher.send(event, to);
    });
  }

  routes(router: AxmeRouter): void {
    router.machine('/v1/webhooks/subscriptions', {
      POST: (call) => this.#upsert(call),
      GET: (call) => {
        const { include_inactive } = call.query(listQuery);
        const subscriptions = [...this.#subscriptions.values()]
          .filter((subscription) => isOf(subscription, call.owner))
          .filter(({ active, revokedAt }) => include_inactive || (active && revokedAt === undefined));
        return { ok: true, subscriptions: subscriptions.map(subscriptionBody) };
      },
    });
    router.machine('/v1/webhooks/subscriptions/:id', { DELETE: (call) => this.#revoke(call) });
    router.machine('/v1/webhooks/events', { POST: (call) => this.#publish(call) });
    router.machine('/v1/webhooks/events/:id/replay', { POST: (call) => this.#replay(call) });
  }

  reset(): void {
    this.dispatcher.clear();
    this.#subscriptions.clear();
    this.#events.clear();
  }

  /** One subscription an owner and callback URL. */
  #upsert(call: AxmeCall): object {
    const body = call.body(upsertFields);
    const ownerAgent = call.owner ?? call.caller.actor?.ownerAgent ?? call.caller.apiKey.agentAddress;
    const known = [...this.#subscriptions.values()].find(
      (candidate) =>
        candidate.callbackUrl === body.callback_url && fullAddress(candidate.ownerAgent) === fullAddress(ownerAgent),
    );
    const now = this.#core.time.now();
    const subscription: Subscription = Object.freeze({
      subscriptionId: known?.subscriptionId ?? this.#core.ids.uuid(),
      workspaceId: call.caller.apiKey.workspaceId,
      ownerAgent,
      everyones: call.owner === undefined,
      callbackUrl: body.callback_url,
      eventTypes: [...new Set(body.event_types)],
      secret: body.secret ?? known?.secret,
      active: body.active ?? true,
      description: body.description ?? null,
      createdAt: known?.createdAt ?? now,
      updatedAt: now,
      revokedAt: undefined,
    });
    keep(this.#subscriptions, subscription.subscriptionId, subscription);
    return { ok: true, subscription: subscriptionBody(subscription) };
  }

  #revoke(call: AxmeCall): object {
    const subscription = this.#subscriptions.get(call.param('id').toLowerCase());
    if (subscription === undefined || !isOf(subscription, call.owner)) throw notFound('subscription');
    const now = this.#core.time.now();
    // DELETE may come again, and then says the same.
    const revokedAt = subscription.revokedAt ?? now;
    this.#subscriptions.set(subscription.subscriptionId, { ...subscription, active: false, updatedAt: now, revokedAt });
    return { ok: true, subscription_id: subscription.subscriptionId, revoked_at: dateTime(revokedAt) };
  }

  #publish(call: AxmeCall): object {
    const { event_type, source, payload } = call.body(publishFields);
    const ownerAgent = call.owner ?? call.caller.actor?.ownerAgent ?? call.caller.apiKey.agentAddress;
    const event = this.#keep({ eventType: event_type, ownerAgent, source, payload });
    const sent = this.dispatcher.send(event, this.#hearing(event_type, ownerAgent));
    return {
      ok: true,
      accepted_at: dateTime(event.acceptedAt),
      event_type,
      source,
      owner_agent: ownerAgent,
      event_id: event.eventId,
      ...countersOf(sent),
    };
  }

  #replay(call: AxmeCall): object {
    const event = this.#events.get(call.param('id').toLowerCase());
    if (event === undefined) throw notFound('event');
    const sent = this.dispatcher.send(event, this.#hearing(event.eventType, event.ownerAgent));
    return {
      ok: true,
      event_id: event.eventId,
      owner_agent: event.ownerAgent,
      event_type: event.eventType,
      ...countersOf(sent),
      replayed_at: dateTime(this.#core.time.now()),
    };
  }

  #hearing(eventType: string, ownerAgent: string): Subscription[] {
    return [...this.#subscriptions.values()].filter(
      (subscription) =>
        subscription.active && subscription.eventTypes.includes(eventType) && isOf(subscription, ownerAgent),
    );
  }

  #keep(event: Omit<WebhookEvent, 'eventId' | 'acceptedAt'>): WebhookEvent {
    const kept = { ...event, eventId: this.#core.ids.uuid(), acceptedAt: this.#core.time.now() };
    keep(this.#events, kept.eventId, kept);
    return kept;
  }
}

/** What has become of the deliveries so far: they were only just sent. */
function countersOf(deliveries: readonly WebhookDelivery[]): object {
  const count = (status: WebhookDelivery['status']) =>
    deliveries.filter((delivery) => delivery.status === status).length;
  return {
    queued_deliveries: deliveries.length,
    processed_deliveries: deliveries.filter(({ attempts }) => attempts > 0).length,
    delivered: count('delivered'),
    pending: count('pending'),
    dead_lettered: count('dead_lettered'),
  };
}

function keep<Value>(map: Map<string, Value>, id: string, value: Value): void {
  map.set(id, value);
  if (map.size > MAX_KEPT) map.delete(map.keys().next().value as string);
}
