import { type Clock, systemClock } from '../runtime/clock.js';
import { JwtInputError, ReplayStoreFullError } from './errors.js';

/** Remembers ids, so that what bears one is used once. */
export interface ReplayStore {
  /**
   * Takes `id` for `ttlSeconds`: `true` for the first who asks, `false` for all others until then. It must be atomic: of two who
   * ask at once, one gets it (`SET key 1 NX EX ttl` in Redis).
   */
  claim(id: string, ttlSeconds: number): Promise<boolean> | boolean;
}

/** A replay store for one process. */
export class MemoryReplayStore implements ReplayStore {
  readonly #maxEntries: number;
  readonly #clock: Clock;
  /** When each id expires, in milliseconds of the monotonic clock. */
  readonly #expiries = new Map<string, number>();

  /** `maxEntries` defaults to 100,000. */
  constructor({ maxEntries = 100_000, clock = systemClock }: { maxEntries?: number; clock?: Clock } = {}) {
    if (!Number.isSafeInteger(maxEntries) || maxEntries < 1) {
      throw new JwtInputError('maxEntries must be an integer of 1 or more.');
    }
    this.#maxEntries = maxEntries;
    this.#clock = clock;
  }

  /**
   * @throws {ReplayStoreFullError} all ids are still taken. To forget one of them would let it in again.
   * @throws {JwtInputError} `ttlSeconds` is not a finite number above 0.
   */
  claim(id: string, ttlSeconds: number): boolean {
    if (!Number.isFinite(ttlSeconds) || ttlSeconds <= 0) {
      throw new JwtInputError('ttlSeconds must be a finite number above 0.');
    }
    const now = this.#clock.monotonic();
    if ((this.#expiries.get(id) ?? Number.NEGATIVE_INFINITY) > now) return false;
    if (this.#expiries.size >= this.#maxEntries) this.#sweep(now);
    if (this.#expiries.size >= this.#maxEntries) throw new ReplayStoreFullError(this.#maxEntries);
    this.#expiries.set(id, now + ttlSeconds * 1000);
    return true;
  }

  #sweep(now: number): void {
    for (const [id, expiry] of this.#expiries) if (expiry <= now) this.#expiries.delete(id);
  }
}
