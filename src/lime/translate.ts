import { HttpError, HttpInputError } from '../http/index.js';
import { PowError, PowDifficultyError as PowRefusal, PowTimeoutError as PowTimeout } from '../pow/index.js';
import { LimeError, LimeInputError, PowDifficultyError, PowTimeoutError } from './errors.js';

/** `error` as one of LIME's tree, with itself as the cause: whatever a method throws is a `LimeError`. */
export function toLimeError(error: unknown, requestId: string, powTimeoutMs: number): LimeError {
  if (error instanceof LimeError) return error;
  const about = { cause: error, requestId };
  if (error instanceof HttpInputError) return new LimeInputError('INVALID_INPUT', error.message, about);
  if (error instanceof HttpError) {
    const { code, message, status, retryable } = error;
    return new LimeError(code, message, { ...about, status, retryable });
  }
  if (error instanceof PowTimeout) {
    return new PowTimeoutError(
      'POW_TIMEOUT',
      `No proof of work of difficulty ${error.difficulty} was found within ${powTimeoutMs} ms (powTimeoutMs), after ${error.hashes} hashes. Log in again, or allow more time.`,
      { ...about, retryable: true },
    );
  }
  if (error instanceof PowRefusal) {
    return new PowDifficultyError(
      'POW_DIFFICULTY',
      `LIME asks for a proof of work of difficulty ${error.difficulty}, which would take far too long: above ${error.maxDifficulty} none is begun. Check that baseUrl is LIME's API root, and ask the platform why.`,
      about,
    );
  }
  if (error instanceof PowError) {
    return new LimeError('POW_FAILED', `The proof of work could not be computed: ${error.message}`, about);
  }
  return new LimeError('UNEXPECTED_FAILURE', 'Something failed that never should; the cause says what.', about);
}
