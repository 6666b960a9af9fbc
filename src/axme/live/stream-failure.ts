import { isCountersignError } from '../../errors.js';
import { EventStreamContentTypeError } from '../../sse/index.js';

/** Statuses with which a gateway says that it has no such stream (AXME contract §4.2). */
const NO_STREAM: readonly unknown[] = [404, 405, 501];

/** Whether polls are to be used instead of the stream: the gateway has none, or what is between answers with a page of its own. */
export function isUnsupported(error: unknown): boolean {
  return (
    error instanceof EventStreamContentTypeError || (isCountersignError(error) && NO_STREAM.includes(error.status))
  );
}

/** Whether the same request may fare better later: the connection was lost, or the service is busy or has failed. */
export function isTransient(error: unknown): boolean {
  return isCountersignError(error) && error.retryable && error.status !== 501;
}

/** What the service asked us to wait, in milliseconds. A poll or a window is worth no longer wait than an hour. */
export function retryAfterOf(error: unknown): number {
  return isCountersignError(error) ? Math.min(error.retryAfterMs ?? 0, 3_600_000) : 0;
}
