import type { Clock } from '../runtime/clock.js';

/** What may fall silent. */
export interface Audible {
  /** When it has been silent for too long, by the monotonic clock. */
  readonly silentAt: number;
  timeOut(): void;
}

/** Finds what has been silent for too long: one timer for all calls of a session, since most of them need none. */
export class Silence {
  readonly #clock: Clock;
  readonly #watched = new Set<Audible>();
  #sleep: { readonly until: number; readonly controller: AbortController } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  watch(audible: Audible): void {
    this.#watched.add(audible);
    if (this.#sleep !== undefined && this.#sleep.until <= audible.silentAt) return;
    this.#sleep?.controller.abort();
    void this.#listen();
  }

  forget(audible: Audible): void {
    this.#watched.delete(audible);
  }

  close(): void {
    this.#watched.clear();
    this.#sleep?.controller.abort();
    this.#sleep = undefined;
  }

  async #listen(): Promise<void> {
    for (;;) {
      const now = this.#clock.monotonic();
      let until = Number.POSITIVE_INFINITY;
      for (const audible of this.#watched) {
        if (audible.silentAt > now) {
          until = Math.min(until, audible.silentAt);
        } else {
          this.#watched.delete(audible);
          audible.timeOut();
        }
      }
      if (until === Number.POSITIVE_INFINITY) {
        this.#sleep = undefined;
        return;
      }
      const controller = new AbortController();
      this.#sleep = { until, controller };
      try {
        await this.#clock.sleep(until - now, { signal: controller.signal, background: true });
      } catch {
        return; // Whoever aborted it goes on.
      }
    }
  }
}
