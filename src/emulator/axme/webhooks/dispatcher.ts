import type { Core } from '../core.js';
import { dateTime } from '../time.js';
import { signatureOf } from './signature.js';
import type { Subscription } from './subscription.js';

/** Something that subscriptions are told of. */
export interface WebhookEvent {
  readonly eventId: string;
  readonly eventType: string;
  readonly ownerAgent: string;
  readonly source: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly acceptedAt: number;
}

/** A webhook on its way to one subscription. */
export interface WebhookDelivery {
  readonly deliveryId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly subscriptionId: string;
  readonly callbackUrl: string;
  readonly status: 'pending' | 'delivered' | 'dead_lettered';
  readonly attempts: number;
  /** The status of the latest answer; `undefined`: there was none. */
  readonly lastStatus: number | undefined;
}

interface Task {
  delivery: WebhookDelivery;
  readonly secret: string | undefined;
  readonly body: string;
}

/** At most so many deliveries are remembered; then the oldest is dropped. */
const MAX_DELIVERIES = 1000;
/** How long a receiver may take. */
const TIMEOUT_MS = 10_000;

/** Sends webhooks, for real, until they are taken or given up (AXME contract §2.11). */
export class Dispatcher {
  readonly #core: Core;
  readonly #tasks = new Map<string, Task>();
  #open = new AbortController();

  constructor(core: Core) {
    this.#core = core;
  }

  /** Sends the event to these. */
  send(event: WebhookEvent, subscriptions: readonly Subscription[]): readonly WebhookDelivery[] {
    const body = JSON.stringify({
      event_id: event.eventId,
      event_type: event.eventType,
      owner_agent: event.ownerAgent,
      source: event.source,
      payload: event.payload,
      accepted_at: dateTime(event.acceptedAt),
    });
    return subscriptions.map(({ subscriptionId, workspaceId, callbackUrl, secret }) => {
      this.#core.activity.usage.count(workspaceId, 'webhook_deliveries_per_day');
      const delivery: WebhookDelivery = Object.freeze({
        deliveryId: this.#core.ids.uuid(),
        eventId: event.eventId,
        eventType: event.eventType,
        subscriptionId,
        callbackUrl,
        status: 'pending',
        attempts: 0,
        lastStatus: undefined,
      });
      this.#tasks.set(delivery.deliveryId, { delivery, secret, body });
      if (this.#tasks.size > MAX_DELIVERIES) this.#tasks.delete(this.#tasks.keys().next().value as string);
      if (this.#core.settings.now.sendWebhooks) void this.#attempt(delivery.deliveryId);
      return delivery;
    });
  }

  /** Oldest first. */
  list(): readonly WebhookDelivery[] {
    return Array.from(this.#tasks.values(), ({ delivery }) => delivery);
  }

  /** Ends what is under way. */
  close(): void {
    this.#open.abort();
    this.#open = new AbortController();
  }

  clear(): void {
    this.close();
    this.#tasks.clear();
  }

  async #attempt(deliveryId: string): Promise<void> {
    const task = this.#tasks.get(deliveryId);
    if (task === undefined) return;
    const { signal } = this.#open;
    const lastStatus = await this.#post(task, signal);
    // What was ended or forgotten meanwhile stays as it is.
    if (signal.aborted || !this.#tasks.has(deliveryId)) return;
    const { webhookAttempts, webhookRetryMs } = this.#core.settings.now;
    const attempts = task.delivery.attempts + 1;
    const delivered = lastStatus !== undefined && lastStatus >= 200 && lastStatus < 300;
    const givenUp = !delivered && attempts >= webhookAttempts;
    const status = delivered ? 'delivered' : givenUp ? 'dead_lettered' : 'pending';
    task.delivery = Object.freeze({ ...task.delivery, status, attempts, lastStatus });
    if (status !== 'pending') return;
    const due = this.#core.time.now() + webhookRetryMs * 2 ** (attempts - 1);
    this.#core.time.at(due, () => void this.#attempt(deliveryId));
  }

  /** The status of the answer; `undefined`: there was none. */
  async #post({ delivery, secret, body }: Task, closed: AbortSignal): Promise<number | undefined> {
    const timeout = new AbortController();
    const abort = () => timeout.abort();
    closed.addEventListener('abort', abort, { once: true });
    this.#core.clock.sleep(TIMEOUT_MS, { signal: timeout.signal, background: true }).then(abort, () => {});
    try {
      const signature = secret === undefined ? {} : { 'X-Axme-Signature': await signatureOf(secret, body) };
      const response = await fetch(delivery.callbackUrl, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...signature },
        body,
        redirect: 'manual',
        signal: timeout.signal,
      });
      await response.body?.cancel();
      return response.status;
    } catch {
      return undefined;
    } finally {
      closed.removeEventListener('abort', abort);
      abort();
    }
  }
}
