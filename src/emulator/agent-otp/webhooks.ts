import type { Clock } from '../../runtime/clock.js';
import type { Random } from '../random.js';

/** A webhook that was, or is being, sent. */
export interface WebhookDelivery {
  /** The `webhook-id`: the same at each attempt. */
  readonly webhookId: string;
  /** The permission, or the request for a code, that it is about. */
  readonly subjectId: string;
  readonly url: string;
  readonly type: string;
  /** The body, as it is sent. */
  readonly body: string;
  readonly status: 'pending' | 'delivered' | 'failed';
  readonly attempts: number;
  /** The HTTP status of the last answer; `null` while there is none. */
  readonly lastStatus: number | null;
}

/** What is to be sent, and to whom. */
export interface NewWebhook {
  readonly subjectId: string;
  readonly url: string;
  /** The receiver's key: `whsec_` and base64. */
  readonly secret: string;
  readonly type: string;
  readonly data: object;
}

/** Waits before each further attempt, in milliseconds of the emulator's clock. */
const RETRY_AFTER_MS: readonly number[] = [1000, 5000, 30_000];
/** How long a receiver may take to answer, in milliseconds. */
const ANSWER_WITHIN_MS = 5000;
/** At most so many are kept; then the oldest is forgotten, and given up. */
const MAX_DELIVERIES = 1000;

type Attempted = { -readonly [Name in keyof WebhookDelivery]: WebhookDelivery[Name] };

/** Sends webhooks in the format of Standard Webhooks, and tries again where that fails. */
export class Webhooks {
  readonly #clock: Clock;
  readonly #deliveries = new Map<Attempted, AbortController>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sends it in the background. */
  send({ subjectId, url, secret, type, data }: NewWebhook, random: Random): void {
    for (const [oldest, abort] of this.#deliveries) {
      if (this.#deliveries.size < MAX_DELIVERIES) break;
      this.#deliveries.delete(oldest);
      abort.abort();
    }
    const timestamp = new Date(this.#clock.now()).toISOString();
    const body = JSON.stringify({ type, timestamp, ...data });
    const webhookId = `msg_${random.hex(12)}`;
    const delivery: Attempted = {
      webhookId,
      subjectId,
      url,
      type,
      body,
      status: 'pending',
      attempts: 0,
      lastStatus: null,
    };
    const abort = new AbortController();
    this.#deliveries.set(delivery, abort);
    void this.#deliver(delivery, secret, abort.signal).catch(() => {});
  }

  /** Oldest first. */
  list(): readonly WebhookDelivery[] {
    return Array.from(this.#deliveries.keys(), (delivery) => Object.freeze({ ...delivery }));
  }

  /** Gives up what is not delivered yet. */
  close(): void {
    for (const [delivery, abort] of this.#deliveries) {
      abort.abort();
      if (delivery.status === 'pending') delivery.status = 'failed';
    }
  }

  clear(): void {
    this.close();
    this.#deliveries.clear();
  }

  async #deliver(delivery: Attempted, secret: string, signal: AbortSignal): Promise<void> {
    for (const waitMs of [0, ...RETRY_AFTER_MS]) {
      if (waitMs > 0) await this.#clock.sleep(waitMs, { signal, background: true });
      const status = await this.#attempt(delivery, secret, signal);
      signal.throwIfAborted();
      delivery.attempts += 1;
      delivery.lastStatus = status ?? delivery.lastStatus;
      if (status !== undefined && status >= 200 && status < 300) {
        delivery.status = 'delivered';
        return;
      }
    }
    delivery.status = 'failed';
  }

  /** The status of the answer, if there is one. */
  async #attempt(
    { webhookId, url, body }: Attempted,
    secret: string,
    closed: AbortSignal,
  ): Promise<number | undefined> {
    const timestamp = String(Math.floor(this.#clock.now() / 1000));
    const headers = {
      'Content-Type': 'application/json',
      'webhook-id': webhookId,
      'webhook-timestamp': timestamp,
      'webhook-signature': await signatureOf(`${webhookId}.${timestamp}.${body}`, secret),
    };
    closed.throwIfAborted();
    const over = new AbortController();
    const stop = () => over.abort();
    closed.addEventListener('abort', stop, { once: true });
    void this.#clock.sleep(ANSWER_WITHIN_MS, { signal: over.signal, background: true }).then(stop, () => {});
    try {
      // A redirect is an answer like any other, and no delivery.
      const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: over.signal });
      await answer.body?.cancel();
      return answer.status;
    } catch {
      return undefined;
    } finally {
      closed.removeEventListener('abort', stop);
      stop();
    }
  }
}

/** `v1,` and the base64 of HMAC-SHA-256. */
async function signatureOf(text: string, secret: string): Promise<string> {
  const bytes = Uint8Array.from(atob(secret.slice('whsec_'.length)), (unit) => unit.charCodeAt(0));
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const signature = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text));
  return `v1,${btoa(String.fromCharCode(...new Uint8Array(signature)))}`;
}
