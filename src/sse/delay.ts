import { type Backoff, backoffMs } from '../http/index.js';

/** The least time between two connections, so that no stream of luck and short delays becomes a loop. */
const LEAST_DELAY_MS = 100;
/** The longest reconnection time that a stream may ask for with `retry`. */
const LONGEST_RETRY_MS = 60_000;
/** The longest `Retry-After` that is waited for. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/**
 * Milliseconds to the next attempt. What the server asks for is a minimum and the jitter comes on top, so that clients that
 * lost their connections together do not return together.
 */
export function delayMs(
  init: {
    /** Attempts since the last event, without the first. */
    readonly retry: number;
    /** The last `retry` field. */
    readonly retryMs: number | undefined;
    readonly retryAfterMs: number | undefined;
  },
  backoff: Backoff,
  random: () => number,
): number {
  const least = Math.max(
    Math.min(init.retryMs ?? 0, LONGEST_RETRY_MS),
    Math.min(init.retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS),
  );
  return Math.max(LEAST_DELAY_MS, least + backoffMs(init.retry, backoff, random));
}
