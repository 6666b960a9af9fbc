import { PowInputError } from './errors.js';
import type { PowAlgorithm } from './prefix.js';

/** The question, as `solve` and `verify` are asked it. */
export interface PowQuestion {
  /** The server's challenge, used as it is: not trimmed, not normalised. */
  readonly challenge: string;
  /** Leading zero bits that the digest must have. An integer; 0 or less accepts every nonce. */
  readonly difficulty: number;
  /** Which bytes are hashed. Default `'legacy'`. */
  readonly algorithm?: PowAlgorithm | undefined;
}

export function checkQuestion({ challenge, difficulty, algorithm = 'legacy' }: PowQuestion): Required<PowQuestion> & {
  readonly algorithm: PowAlgorithm;
} {
  if (typeof challenge !== 'string') throw new PowInputError(`challenge must be a string, not ${kindOf(challenge)}.`);
  if (!Number.isSafeInteger(difficulty)) {
    throw new PowInputError(`difficulty must be an integer number of bits, not ${kindOf(difficulty)}.`);
  }
  if (algorithm !== 'legacy' && algorithm !== 'r14') {
    throw new PowInputError(`algorithm must be 'legacy' or 'r14'.`);
  }
  return { challenge, difficulty, algorithm };
}

/** What `value` is, for a message. Values are named only where they are numbers: a string may be a secret. */
export function kindOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return value === null ? 'null' : typeof value;
}
