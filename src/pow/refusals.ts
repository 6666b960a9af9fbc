import { PowDifficultyError, PowTimeoutError } from './errors.js';
import { expectedHashes, hashesInWords, timeInWords } from './expectation.js';

/** Hashes a second on one thread. */
export interface Rate {
  readonly hashesPerSecond: number;
  /** `false` for a careful guess. */
  readonly measured: boolean;
}

/** Nothing is tried: the difficulty is above the limit. */
export function tooDifficult(difficulty: number, maxDifficulty: number, rate: Rate): PowDifficultyError {
  return new PowDifficultyError(
    `Difficulty ${difficulty} is above the limit of ${maxDifficulty}: ${price(difficulty, rate)} Raise maxDifficulty if you want that.`,
    { difficulty, maxDifficulty },
  );
}

/** `budget` (such as `500 ms`) is used up. */
export function outOfBudget(
  budget: string,
  {
    difficulty,
    hashes,
    elapsedMs,
  }: { readonly difficulty: number; readonly hashes: number; readonly elapsedMs: number },
  rate: Rate,
): PowTimeoutError {
  const tried = `${hashesInWords(hashes)} in ${timeInWords(elapsedMs)}`;
  return new PowTimeoutError(
    `No nonce of difficulty ${difficulty} was found within ${budget} (${tried}): ${price(difficulty, rate)} Allow more, or try again.`,
    { difficulty, hashes, elapsedMs },
  );
}

function price(difficulty: number, { hashesPerSecond, measured }: Rate): string {
  const hashes = expectedHashes(difficulty);
  const time = timeInWords((hashes * 1000) / hashesPerSecond);
  const rate = `${measured ? 'the measured' : 'an assumed'} ${(hashesPerSecond / 1e6).toFixed(1)}`;
  return `it takes ${hashesInWords(hashes)} on average, ${time} at ${rate} million hashes a second on one thread.`;
}
