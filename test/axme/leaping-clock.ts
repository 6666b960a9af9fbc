import { ManualClock } from '../http/manual-clock.js';

/** Time limits are longer in these tests, waits shorter. */
const LONGEST_WAIT_MS = 12_000;

/** A clock that leaps over every wait, and stands still under time limits. `waits` has what it leapt over. */
export class LeapingClock extends ManualClock {
  readonly waits: number[] = [];

  override sleep(ms: number, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    const slept = super.sleep(ms, options);
    if (ms <= LONGEST_WAIT_MS) {
      this.waits.push(ms);
      queueMicrotask(() => this.advance(ms));
    }
    return slept;
  }
}
