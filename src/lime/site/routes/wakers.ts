import { follow } from '../../../http/index.js';
import type { Clock } from '../../../runtime/clock.js';

/** Wakes those who wait for a login to change, as soon as this process has changed it. */
export class Wakers {
  readonly #sleepers = new Map<string, Set<AbortController>>();

  wake(requestId: string): void {
    for (const sleeper of this.#sleepers.get(requestId) ?? []) sleeper.abort();
  }

  /** Resolves after `ms`, when it is woken, or when the signal aborts. */
  async sleep(requestId: string, ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
    const sleeper = new AbortController();
    const unfollow = follow(signal, sleeper);
    const sleepers = this.#sleepers.get(requestId) ?? new Set();
    this.#sleepers.set(requestId, sleepers.add(sleeper));
    await clock.sleep(ms, { signal: sleeper.signal }).catch(() => {});
    unfollow();
    sleepers.delete(sleeper);
    if (sleepers.size === 0) this.#sleepers.delete(requestId);
  }
}
