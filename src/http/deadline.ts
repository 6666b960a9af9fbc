import type { Clock } from '../runtime/clock.js';

/** Aborts `controller` with `expired()` if `work` takes longer than `timeoutMs`. It leaves no timer behind. */
export async function withDeadline<T>(
  options: {
    readonly clock: Clock;
    readonly timeoutMs: number;
    readonly controller: AbortController;
    readonly expired: () => Error;
  },
  work: () => Promise<T>,
): Promise<T> {
  const finished = new AbortController();
  options.clock.sleep(options.timeoutMs, { signal: finished.signal }).then(
    () => options.controller.abort(options.expired()),
    () => {},
  );
  try {
    return await work();
  } finally {
    finished.abort();
  }
}
