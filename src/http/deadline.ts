import type { Clock } from '../runtime/clock.js';
import { follow } from './abort.js';

/**
 * Runs `work` with a signal that aborts with the outer signal's reason, or with `expired()` after `timeoutMs`. It leaves
 * no timer and no listener behind.
 */
export async function withDeadline<T>(
  options: {
    readonly clock: Clock;
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
    readonly expired: () => Error;
  },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const unfollow = follow(options.signal, controller);
  const finished = new AbortController();
  options.clock.sleep(options.timeoutMs, { signal: finished.signal }).then(
    () => controller.abort(options.expired()),
    () => {},
  );
  try {
    return await work(controller.signal);
  } finally {
    finished.abort();
    unfollow();
  }
}
