import { PowError, PowDifficultyError as PowRefusal, PowTimeoutError as PowTimeout } from '../pow/index.js';
import { LimeError, PowDifficultyError, PowTimeoutError } from './errors.js';
import { toLimeError } from './translate.js';

/** What a login throws, as one of LIME's tree. */
export function toLoginError(error: unknown, requestId: string, powTimeoutMs: number): LimeError {
  const about = { cause: error, requestId };
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
  return toLimeError(error, requestId);
}
