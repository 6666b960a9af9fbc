import type { Clock } from '../../src/runtime/clock.js';

/** A clock that stands still; who sleeps on it sleeps until aborted. */
export class ManualClock implements Clock {
  readonly #start: number;
  /** How many are asleep. */
  sleeping = 0;

  constructor(start: number) {
    this.#start = start;
  }

  now(): number {
    return this.#start;
  }

  monotonic(): number {
    return 0;
  }

  sleep(_ms: number, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    this.sleeping += 1;
    return new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => {
        this.sleeping -= 1;
        reject(signal.reason);
      });
    });
  }
}
