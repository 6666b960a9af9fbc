/** Time, as everything in the package sees it. Tests and the emulator hand in one that they move themselves. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes backwards. */
  monotonic(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, options?: SleepOptions): Promise<void>;
}

export interface SleepOptions {
  readonly signal?: AbortSignal | undefined;
  /** A wait that need not keep the process alive, where the runtime has such timers. Default `false`. */
  readonly background?: boolean | undefined;
}

// Timers take a signed 32-bit number of milliseconds; a longer wait would fire at once.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The runtime's own clock and timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, options = {}) {
    let left = ms;
    for (; left > LONGEST_TIMER_MS; left -= LONGEST_TIMER_MS) await timer(LONGEST_TIMER_MS, options);
    await timer(left, options);
  },
};

function timer(ms: number, { signal, background }: SleepOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const onAbort = () => {
      clearTimeout(id);
      reject(signal?.reason);
    };
    const id = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (background) release(id);
  });
}

/** Lets the process end before the timer does: Node's and Bun's timers have a method for that, Deno has a function. */
function release(id: unknown): void {
  const { Deno } = globalThis as { Deno?: { unrefTimer?: (id: unknown) => void } };
  (id as { unref?: () => void }).unref?.();
  Deno?.unrefTimer?.(id);
}
