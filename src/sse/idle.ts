import type { Clock } from '../runtime/clock.js';

/**
 * Watches for silence: calls `onIdle` once a wait has taken `timeoutMs`. Only waiting counts, not what the consumer does
 * between two waits. One timer serves all waits, since events may come faster than timers are made.
 */
export class IdleWatch {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #stopped = new AbortController();
  #waitingSince: number | undefined;

  constructor(clock: Clock, timeoutMs: number, onIdle: () => void) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#watch(onIdle).catch(() => {});
  }

  async wait<T>(promise: Promise<T>): Promise<T> {
    this.#waitingSince = this.#clock.monotonic();
    try {
      return await promise;
    } finally {
      this.#waitingSince = undefined;
    }
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #watch(onIdle: () => void): Promise<void> {
    for (let left = this.#timeoutMs; left > 0; ) {
      await this.#clock.sleep(left, { signal: this.#stopped.signal });
      const now = this.#clock.monotonic();
      left = (this.#waitingSince ?? now) + this.#timeoutMs - now;
    }
    onIdle();
  }
}
