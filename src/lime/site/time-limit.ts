import type { Clock } from '../../runtime/clock.js';

/**
 * Bounds how long each of many works may take, one at a time. One timer serves them all: works may be short and come
 * faster than timers are made.
 */
export class TimeLimit {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #stopped = new AbortController();
  #current: { readonly startedAt: number; readonly expire: () => void } | undefined;
  #watching = false;

  constructor(clock: Clock, limitMs: number) {
    this.#clock = clock;
    this.#limitMs = limitMs;
  }

  /** What `work` comes to, or a rejection with `expired()`; the work is then left to itself. */
  run<T>(work: PromiseLike<T>, expired: () => Error): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#current = { startedAt: this.#clock.monotonic(), expire: () => reject(expired()) };
      work.then(resolve, reject);
      this.#watch();
    });
  }

  /** Nothing runs for now. */
  rest(): void {
    this.#current = undefined;
  }

  /** Ends the timer. */
  stop(): void {
    this.#stopped.abort();
  }

  #watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    this.#untilRest().catch(() => {});
  }

  async #untilRest(): Promise<void> {
    try {
      while (this.#current !== undefined) {
        const { startedAt, expire } = this.#current;
        const left = startedAt + this.#limitMs - this.#clock.monotonic();
        if (left > 0) await this.#clock.sleep(left, { signal: this.#stopped.signal });
        else {
          this.#current = undefined;
          expire();
        }
      }
    } finally {
      this.#watching = false;
    }
  }
}
