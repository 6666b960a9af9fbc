import { ClaimedIds } from '../runtime/claimed-ids.js';
import type { Clock } from '../runtime/clock.js';
import type { ReplayStore } from '../runtime/replay-store.js';
import { WebhookError, WebhookInputError } from './errors.js';

export type { ReplayStore };

/** A replay store for one process. */
export class MemoryReplayStore implements ReplayStore {
  readonly #ids: ClaimedIds;

  /** `maxEntries` defaults to 100,000. */
  constructor({ maxEntries = 100_000, clock }: { maxEntries?: number; clock?: Clock } = {}) {
    if (!Number.isSafeInteger(maxEntries) || maxEntries < 1) {
      throw new WebhookInputError('maxEntries must be an integer of 1 or more.');
    }
    this.#ids = new ClaimedIds(maxEntries, clock);
  }

  /** @throws {WebhookError} `REPLAY_STORE_FAILED`: all ids are still taken. To forget one of them would let it in again. */
  claim(id: string, ttlSeconds: number): boolean {
    const claimed = this.#ids.claim(id, ttlSeconds);
    if (claimed !== 'full') return claimed;
    throw new WebhookError('REPLAY_STORE_FAILED', 'The replay store is full of ids that have not expired.', {
      retryable: true,
    });
  }
}
