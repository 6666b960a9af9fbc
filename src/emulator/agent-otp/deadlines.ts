import type { Clock } from '../../runtime/clock.js';

/** What is to be done at a time, by the emulator's clock; one thing a key. None keeps the process alive. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, AbortController>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Does `act` at `atMs`, milliseconds since the epoch, in place of what `key` was to be done. */
  set(key: string, atMs: number, act: () => void): void {
    this.cancel(key);
    const abort = new AbortController();
    this.#waiting.set(key, abort);
    void this.#wait(atMs, abort.signal).then(
      () => {
        this.#waiting.delete(key);
        act();
      },
      () => {},
    );
  }

  cancel(key: string): void {
    this.#waiting.get(key)?.abort();
    this.#waiting.delete(key);
  }

  clear(): void {
    for (const key of this.#waiting.keys()) this.cancel(key);
  }

  async #wait(atMs: number, signal: AbortSignal): Promise<void> {
    // A timer may be early by a fraction.
    for (let left = atMs - this.#clock.now(); left > 0; left = atMs - this.#clock.now()) {
      await this.#clock.sleep(left, { signal, background: true });
    }
    signal.throwIfAborted();
  }
}
