import type { Live } from './live.js';
import type { SessionSource } from './recovery.js';
import type { Slot } from './slot.js';

/** A session that somebody holds. Until the first answer in it there is nothing to lose, so that it may be replaced. */
export class Held implements SessionSource {
  readonly target: Slot['target'];
  readonly #slot: Slot;
  #live: Live | undefined;
  #settled = false;

  /** `live` is in use for the holder already. */
  constructor(slot: Slot, live: Live) {
    this.target = slot.target;
    this.#slot = slot;
    this.#live = live;
  }

  get replaceable(): boolean {
    return !this.#settled;
  }

  /** Something was answered in the session. */
  settle(): void {
    this.#settled = true;
  }

  async enter(signal: AbortSignal): Promise<Live> {
    if (this.#live === undefined) {
      const entered = await this.#slot.enter(signal);
      // Another call may have been faster, where calls do not take turns.
      if (this.#live === undefined) this.#live = entered;
      else entered.leave();
    }
    this.#live.use();
    return this.#live;
  }

  retire(live: Live): void {
    if (this.#settled || this.#live !== live) return;
    this.#slot.retire(live);
    this.release();
  }

  release(): void {
    this.#live?.leave();
    this.#live = undefined;
  }
}
