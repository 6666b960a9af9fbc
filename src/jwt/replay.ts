import { ClaimedIds } from '../runtime/claimed-ids.js';
import type { Clock } from '../runtime/clock.js';
import type { ReplayStore } from '../runtime/replay-store.js';
import { JwtInputError, ReplayStoreFullError } from './errors.js';

export type { ReplayStore };

/** A replay store for one process. */
export class MemoryReplayStore implements ReplayStore {
  readonly #maxEntries: number;
  readonly #ids: ClaimedIds;

  /** `maxEntries` defaults to 100,000. */
  constructor({ maxEntries = 100_000, clock }: { maxEntries?: number; clock?: Clock } = {}) {
    if (!Number.isSafeInteger(maxEntries) || maxEntries < 1) {
      throw new JwtInputError('maxEntries must be an integer of 1 or more.');
    }
    this.#maxEntries = maxEntries;
    this.#ids = new ClaimedIds(maxEntries, clock);
  }

  /**
   * @throws {ReplayStoreFullError} all ids are still taken. To forget one of them would let it in again.
   * @throws {JwtInputError} `ttlSeconds` is not a finite number above 0.
   */
  claim(id: string, ttlSeconds: number): boolean {
    if (!Number.isFinite(ttlSeconds) || ttlSeconds <= 0) {
      throw new JwtInputError('ttlSeconds must be a finite number above 0.');
    }
    const claimed = this.#ids.claim(id, ttlSeconds);
    if (claimed === 'full') throw new ReplayStoreFullError(this.#maxEntries);
    return claimed;
  }
}
