import type { Clock } from '../runtime/clock.js';

export interface IdleOptions<Item> {
  readonly clock: Clock;
  readonly idleMs: number;
  readonly most: number;
  /** It is not kept any longer. */
  readonly onOver: (item: Item) => void;
}

/** Keeps what is idle for a while, and no more than so many; what has waited longest goes first. */
export class Idle<Item> {
  readonly #since = new Map<Item, number>();
  readonly #options: IdleOptions<Item>;
  #sweeping: AbortController | undefined;

  constructor(options: IdleOptions<Item>) {
    this.#options = options;
  }

  add(item: Item): void {
    const { clock, most } = this.#options;
    this.#since.set(item, clock.monotonic());
    while (this.#since.size > most) this.#let(this.#since.keys().next().value!);
    if (this.#since.size > 0 && this.#sweeping === undefined) void this.#sweep();
  }

  /** It is in use again. */
  delete(item: Item): void {
    this.#since.delete(item);
  }

  clear(): void {
    this.#since.clear();
    this.#sweeping?.abort();
  }

  #let(item: Item): void {
    this.#since.delete(item);
    this.#options.onOver(item);
  }

  async #sweep(): Promise<void> {
    const { clock, idleMs } = this.#options;
    const sweeping = new AbortController();
    this.#sweeping = sweeping;
    try {
      for (;;) {
        for (const [item, since] of this.#since) if (since + idleMs <= clock.monotonic()) this.#let(item);
        const [oldest] = this.#since.values();
        if (oldest === undefined) return;
        // Nothing that is idle keeps a process alive.
        await clock.sleep(oldest + idleMs - clock.monotonic(), { signal: sweeping.signal, background: true });
      }
    } catch {
    } finally {
      this.#sweeping = undefined;
    }
  }
}
