import { type Backoff, backoffMs } from './backoff.js';
import { HttpTransportError } from './errors.js';
import type { HttpResponse } from './response.js';

export interface RetryPolicy {
  readonly maxRetries: number;
  readonly statuses: readonly number[];
  readonly backoff: Backoff;
  readonly random: () => number;
}

/** Statuses with which a server says that it has not acted on the request. */
const NOT_ACTED_ON: readonly number[] = [408, 429, 503];

/** The longest `Retry-After` that is waited for. Beyond it the caller is told rather than kept. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/**
 * Milliseconds to wait before the next attempt, or `undefined` if this was the last. `Retry-After` is a minimum and the
 * jitter comes on top, so that clients that were turned away together do not return together.
 */
export function retryDelayMs(
  result: HttpResponse | HttpTransportError,
  repeatable: boolean,
  { maxRetries, statuses, backoff, random }: RetryPolicy,
): number | undefined {
  if (result instanceof HttpTransportError) {
    const retry = result.attempts.length - 1;
    const allowed = repeatable || !result.attempts.at(-1)?.lost;
    return allowed && retry < maxRetries ? backoffMs(retry, backoff, random) : undefined;
  }
  const { status, earlier, retryAfterMs = 0 } = result;
  const allowed = statuses.includes(status) && (repeatable || NOT_ACTED_ON.includes(status));
  if (!allowed || earlier.length >= maxRetries || retryAfterMs > LONGEST_RETRY_AFTER_MS) return undefined;
  return retryAfterMs + backoffMs(earlier.length, backoff, random);
}
