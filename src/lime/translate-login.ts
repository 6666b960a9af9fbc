import { isCountersignError } from '../errors.js';
import type { PowDifficultyError as PowRefusal, PowTimeoutError as PowTimeout } from '../pow/index.js';
import { LimeError, PowDifficultyError, PowTimeoutError } from './errors.js';
import { toLimeError } from './translate.js';

/** What a login throws, as one of LIME's tree. */
export function toLoginError(error: unknown, requestId: string, powTimeoutMs: number): LimeError {
  if (error instanceof LimeError || !isCountersignError(error)) return toLimeError(error, requestId);
  const about = { cause: error, requestId };
  // By its code, not its class: the solver may be another copy's of the package.
  if (error.code === 'POW_TIMEOUT') {
    const { difficulty, hashes } = error as PowTimeout;
    return new PowTimeoutError(
      'POW_TIMEOUT',
      `No proof of work of difficulty ${difficulty} was found within ${powTimeoutMs} ms (powTimeoutMs), after ${hashes} hashes. Log in again, or allow more time.`,
      { ...about, retryable: true },
    );
  }
  if (error.code === 'POW_DIFFICULTY') {
    const { difficulty, maxDifficulty } = error as PowRefusal;
    return new PowDifficultyError(
      'POW_DIFFICULTY',
      `LIME asks for a proof of work of difficulty ${difficulty}, which would take far too long: above ${maxDifficulty} none is begun. Check that baseUrl is LIME's API root, and ask the platform why.`,
      about,
    );
  }
  if (error.code.startsWith('POW_')) {
    return new LimeError('POW_FAILED', `The proof of work could not be computed: ${error.message}`, about);
  }
  return toLimeError(error, requestId);
}
