import { HttpClosedError, HttpError, HttpInputError, HttpTransportError } from '../http/index.js';
import {
  AxmeClosedError,
  AxmeError,
  AxmeInputError,
  AxmeNetworkError,
  AxmeOutcomeUnknownError,
  AxmeTimeoutError,
} from './errors.js';

/** A call that changes something and may not simply be made again. */
export interface Write {
  readonly idempotencyKey: string | undefined;
}

/**
 * `error` as one of AXME's tree, with itself as the cause: whatever a method throws is an `AxmeError`.
 *
 * @param write - Set if an attempt that was lost may have changed something.
 */
export function toAxmeError(error: unknown, write?: Write | undefined): AxmeError {
  if (error instanceof AxmeError) return error;
  if (error instanceof HttpInputError) {
    // Its messages begin with the name of what is wrong, where it has one.
    return new AxmeInputError(error.message, { cause: error, field: /^[a-z]\w*/.exec(error.message)?.[0] });
  }
  if (error instanceof HttpClosedError) return new AxmeClosedError();
  if (error instanceof HttpTransportError) {
    const { code, message, status } = error;
    if (write && error.attempts.some(({ lost }) => lost)) return outcomeUnknown(error, status, write);
    const TransportError = code === 'TIMEOUT' ? AxmeTimeoutError : AxmeNetworkError;
    return new TransportError(message, { cause: error, status });
  }
  if (error instanceof HttpError) {
    const { code, message, status, retryable } = error;
    return new AxmeError(code, message, { cause: error, status, retryable });
  }
  return new AxmeError('UNEXPECTED_FAILURE', 'Something failed that never should; the cause says what.', {
    cause: error,
  });
}

/** The error for a write whose answer was lost; `cause` is what came instead of it. */
export function outcomeUnknown(cause: Error, status: number | undefined, write: Write): AxmeOutcomeUnknownError {
  const { idempotencyKey } = write;
  const advice =
    idempotencyKey === undefined
      ? 'Read the object that it was about before you make it again.'
      : 'Make the same call again with the idempotencyKey of this error, or read the object that it was about.';
  return new AxmeOutcomeUnknownError(
    `The call may have been carried out: it was sent, and its answer was lost (${cause.message}) ${advice}`,
    { cause, status, idempotencyKey },
  );
}
