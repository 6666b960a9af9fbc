import type { Clock } from '../runtime/clock.js';

const MOST = 3;
const WITHIN_MS = 60_000;

/**
 * How often workers were lost lately. One that dies is replaced, but not for ever: something may kill each of them.
 * What was long ago is forgotten, or a server that runs for months would end without workers.
 */
export class Losses {
  readonly #clock: Clock;
  #times: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(): void {
    this.#times.push(this.#clock.monotonic());
  }

  get tooMany(): boolean {
    const now = this.#clock.monotonic();
    this.#times = this.#times.filter((time) => now - time < WITHIN_MS);
    return this.#times.length > MOST;
  }
}
