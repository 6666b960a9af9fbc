import { isCountersignError } from '../errors.js';

/** A connection that was not made, or broke. */
export interface Failure {
  readonly error: unknown;
  /** Whether it would be the same the next time. */
  readonly final: boolean;
  readonly retryAfterMs: number | undefined;
}

export function failureOf(error: unknown): Failure {
  const { retryable, retryAfterMs } = isCountersignError(error) ? error : { retryable: false, retryAfterMs: undefined };
  return { error, final: !retryable, retryAfterMs };
}
