import { type Clock, systemClock } from './clock.js';

/** Ids that are taken for a while, in the memory of one process. */
export class ClaimedIds {
  readonly #maxEntries: number;
  readonly #clock: Clock;
  /** When each id expires, in milliseconds of the monotonic clock. */
  readonly #expiries = new Map<string, number>();

  constructor(maxEntries: number, clock: Clock = systemClock) {
    this.#maxEntries = maxEntries;
    this.#clock = clock;
  }

  /** Takes `id` for `ttlSeconds`: whether it was free, or `'full'` if there is no room for another. None is forgotten early. */
  claim(id: string, ttlSeconds: number): boolean | 'full' {
    const now = this.#clock.monotonic();
    if ((this.#expiries.get(id) ?? Number.NEGATIVE_INFINITY) > now) return false;
    if (this.#expiries.size >= this.#maxEntries) this.#sweep(now);
    if (this.#expiries.size >= this.#maxEntries) return 'full';
    this.#expiries.set(id, now + ttlSeconds * 1000);
    return true;
  }

  #sweep(now: number): void {
    for (const [id, expiry] of this.#expiries) if (expiry <= now) this.#expiries.delete(id);
  }
}
