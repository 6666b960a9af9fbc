import type { Clock } from '../../runtime/clock.js';

/** What one request left of its limit. */
export interface RateState {
  readonly limit: number;
  readonly remaining: number;
  /** When the window ends, in milliseconds since the epoch. */
  readonly resetMs: number;
  readonly exceeded: boolean;
}

const WINDOW_MS = 60_000;
/** At most so many are counted apart in a window; whoever comes after them shares one count. */
const MAX_COUNTED = 10_000;

/** Counts requests in windows of a minute that are aligned to the epoch (Agent OTP contract §5). */
export class RateLimits {
  readonly #clock: Clock;
  readonly #counts = new Map<string, number>();
  #windowEndMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a request of `who`. */
  count(who: string, limit: number): RateState {
    const now = this.#clock.now();
    const resetMs = (Math.floor(now / WINDOW_MS) + 1) * WINDOW_MS;
    if (resetMs !== this.#windowEndMs) this.#counts.clear();
    this.#windowEndMs = resetMs;
    const counted = this.#counts.has(who) || this.#counts.size < MAX_COUNTED ? who : '';
    const count = (this.#counts.get(counted) ?? 0) + 1;
    this.#counts.set(counted, count);
    return { limit, remaining: Math.max(0, limit - count), resetMs, exceeded: count > limit };
  }

  clear(): void {
    this.#counts.clear();
  }
}

/** `X-RateLimit-*`, and `Retry-After` when it was exceeded. */
export function rateHeaders({ limit, remaining, resetMs, exceeded }: RateState, nowMs: number): Record<string, string> {
  return {
    'X-RateLimit-Limit': String(limit),
    'X-RateLimit-Remaining': String(remaining),
    'X-RateLimit-Reset': String(resetMs),
    ...(exceeded ? { 'Retry-After': String(Math.ceil((resetMs - nowMs) / 1000)) } : {}),
  };
}
