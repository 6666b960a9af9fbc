import type { Clock } from '../runtime/clock.js';
import { checkInput, milliseconds } from './input.js';

/** A clock that runs with real time and that a test can put forward. */
export interface EmulatorClock extends Clock {
  /**
   * Puts the clock forward by `ms` milliseconds. Whoever sleeps on it wakes if the time has come.
   *
   * @throws {EmulatorInputError} `ms` is negative or not a number: time does not run backwards.
   */
  advance(ms: number): void;
}

/** A clock that is ahead of `base` by what it was advanced. `reset` takes the date back to the base's. */
export function createEmulatorClock(base: Clock): EmulatorClock & { reset(): void } {
  let ahead = 0;
  // A reset takes back the date only: a monotonic clock may not.
  let monotonicAhead = 0;
  const sleepers = new Set<() => void>();
  const monotonic = () => base.monotonic() + monotonicAhead;

  return {
    now: () => base.now() + ahead,
    monotonic,
    async sleep(ms, { signal, background } = {}) {
      const until = monotonic() + ms;
      signal?.throwIfAborted();
      for (let left = ms; left > 0; left = until - monotonic()) {
        const nap = new AbortController();
        const wake = () => nap.abort();
        sleepers.add(wake);
        signal?.addEventListener('abort', wake, { once: true });
        try {
          await base.sleep(left, { signal: nap.signal, background });
        } catch (error) {
          if (!nap.signal.aborted) throw error;
        } finally {
          sleepers.delete(wake);
          signal?.removeEventListener('abort', wake);
        }
        signal?.throwIfAborted();
      }
    },
    advance(ms) {
      const step = checkInput(milliseconds, ms, 'advance');
      ahead += step;
      monotonicAhead += step;
      for (const wake of sleepers) wake();
    },
    reset() {
      ahead = 0;
    },
  };
}
