import { canonicalJson } from './canonical.js';
import { conflict } from './refusal.js';
import type { Scheduler } from './scheduler.js';

/** An answer that is given again to the same request. */
export interface KeptAnswer {
  readonly status: number;
  readonly body: string;
}

interface Entry {
  readonly payload: string;
  readonly answer: Promise<KeptAnswer>;
  readonly expiresAt: number;
}

/** How long a key is remembered (AXME contract §1.7). */
export const KEY_LIFETIME_MS: number = 24 * 60 * 60 * 1000;

/** At most so many keys are remembered; then the oldest is dropped. */
const MAX_KEYS = 10_000;

/** Which request a key belongs to: keys of different senders and endpoints do not meet. */
export interface KeyScope {
  readonly credential: string;
  readonly method: string;
  readonly path: string;
  readonly key: string;
}

/** What was answered to requests with an `Idempotency-Key` (AXME contract §5.1). */
export class IdempotencyRecords {
  readonly #time: Scheduler;
  readonly #entries = new Map<string, Entry>();

  constructor(time: Scheduler) {
    this.#time = time;
  }

  /**
   * Acts once for each key: a request that comes again, or at the same time, gets the first one's answer. A refusal had no
   * effect and is not remembered.
   *
   * @throws {AxmeRefusal} 409: the key was used with another payload.
   */
  async once(scope: KeyScope, body: unknown, act: () => Promise<KeptAnswer>): Promise<KeptAnswer> {
    this.#forgetExpired();
    const name = JSON.stringify([scope.credential, scope.method, scope.path, scope.key]);
    const payload = canonicalJson(body ?? null);
    const known = this.#entries.get(name);
    if (known !== undefined) {
      if (known.payload !== payload) throw conflict('idempotency key reused with different payload');
      return known.answer;
    }
    const entry: Entry = { payload, answer: act(), expiresAt: this.#time.now() + KEY_LIFETIME_MS };
    this.#entries.set(name, entry);
    if (this.#entries.size > MAX_KEYS) this.#entries.delete(this.#entries.keys().next().value as string);
    try {
      return await entry.answer;
    } catch (error) {
      if (this.#entries.get(name) === entry) this.#entries.delete(name);
      throw error;
    }
  }

  clear(): void {
    this.#entries.clear();
  }

  #forgetExpired(): void {
    // All live equally long, so the oldest come first.
    for (const [name, { expiresAt }] of this.#entries) {
      if (expiresAt > this.#time.now()) return;
      this.#entries.delete(name);
    }
  }
}
