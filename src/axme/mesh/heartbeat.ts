import type { Clock } from '../../runtime/clock.js';

/** Does something at once and then once an interval, until it is stopped. It keeps no process alive while it waits. */
export class Heartbeat {
  readonly #clock: Clock;
  #running: AbortController | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Nothing happens if it is running. `beat` must not reject; one that takes longer than `intervalMs` delays the next. */
  start(intervalMs: number, beat: (signal: AbortSignal) => Promise<void>): void {
    if (this.#running !== undefined) return;
    this.#running = new AbortController();
    this.#run(intervalMs, beat, this.#running.signal).catch(() => {});
  }

  /** Breaks off a beat under way. May be called again. */
  stop(): void {
    this.#running?.abort();
    this.#running = undefined;
  }

  async #run(intervalMs: number, beat: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    for (;;) {
      const startedAt = this.#clock.monotonic();
      await beat(signal);
      const left = startedAt + intervalMs - this.#clock.monotonic();
      await this.#clock.sleep(Math.max(0, left), { signal, background: true });
    }
  }
}
