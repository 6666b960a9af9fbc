import { type Clock, systemClock } from '../../../runtime/clock.js';

/** A login that a browser has begun. JSON, so that any store can hold it. */
export interface PendingLogin {
  /** The digest of the browser's secret. */
  readonly browser: string;
  readonly status: 'PENDING' | 'APPROVED' | 'EXPIRED' | 'FAILED';
  /** Until when the agent may log in, in milliseconds since 1970. */
  readonly expiresAt: number;
  /** Of the verified passport, once it is `APPROVED`. */
  readonly agentId?: string | undefined;
  readonly userId?: string | null | undefined;
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
  /** Why it has `FAILED`. */
  readonly code?: string | undefined;
}

/** Where logins are between their beginning and their session. Several processes of a site must share one. */
export interface PendingLoginStore {
  /** Keeps a login for `ttlSeconds`, instead of an older state of it. `false`: there is no room. */
  set(requestId: string, login: PendingLogin, ttlSeconds: number): Promise<boolean | undefined> | boolean | undefined;
  get(requestId: string): Promise<PendingLogin | undefined> | PendingLogin | undefined;
  /** Removes a login and returns it. It must be atomic: of two who ask at once, one gets it. */
  take(requestId: string): Promise<PendingLogin | undefined> | PendingLogin | undefined;
}

/** A store for one process. */
export class MemoryPendingLogins implements PendingLoginStore {
  readonly #maxEntries: number;
  readonly #clock: Clock;
  readonly #entries = new Map<string, { readonly login: PendingLogin; readonly until: number }>();

  /** `maxEntries` defaults to 10,000. */
  constructor({ maxEntries = 10_000, clock = systemClock }: { maxEntries?: number; clock?: Clock | undefined } = {}) {
    this.#maxEntries = maxEntries;
    this.#clock = clock;
  }

  set(requestId: string, login: PendingLogin, ttlSeconds: number): boolean {
    const now = this.#clock.monotonic();
    if (!this.#entries.has(requestId) && this.#entries.size >= this.#maxEntries) this.#sweep(now);
    if (!this.#entries.has(requestId) && this.#entries.size >= this.#maxEntries) return false;
    this.#entries.set(requestId, { login, until: now + ttlSeconds * 1000 });
    return true;
  }

  get(requestId: string): PendingLogin | undefined {
    const entry = this.#entries.get(requestId);
    return entry && entry.until > this.#clock.monotonic() ? entry.login : undefined;
  }

  take(requestId: string): PendingLogin | undefined {
    const login = this.get(requestId);
    this.#entries.delete(requestId);
    return login;
  }

  #sweep(now: number): void {
    for (const [requestId, { until }] of this.#entries) if (until <= now) this.#entries.delete(requestId);
  }
}
