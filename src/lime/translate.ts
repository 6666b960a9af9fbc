import { HttpError, HttpInputError } from '../http/index.js';
import { LimeError, LimeInputError } from './errors.js';

/** `error` as one of LIME's tree, with itself as the cause: whatever a method throws is a `LimeError`. */
export function toLimeError(error: unknown, requestId?: string | undefined): LimeError {
  if (error instanceof LimeError) return error;
  const about = { cause: error, requestId };
  if (error instanceof HttpInputError) return new LimeInputError('INVALID_INPUT', error.message, about);
  if (error instanceof HttpError) {
    const { code, message, status, retryable } = error;
    return new LimeError(code, message, { ...about, status, retryable });
  }
  return new LimeError('UNEXPECTED_FAILURE', 'Something failed that never should; the cause says what.', about);
}
