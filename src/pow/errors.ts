import { CountersignError, type CountersignErrorInit } from '../errors.js';

/** The `code` of every error that `countersign/pow` throws. */
export type PowErrorCode =
  | 'POW_INVALID_INPUT'
  | 'POW_DIFFICULTY'
  | 'POW_TIMEOUT'
  | 'POW_KERNEL'
  | 'POW_WRONG_NONCE'
  | 'POW_CLOSED';

/** The base of every error that `countersign/pow` throws. */
export class PowError extends CountersignError<PowErrorCode> {
  override readonly name: string = 'PowError';
}

/** An argument has the wrong type or range; the message names it. Code `POW_INVALID_INPUT`. */
export class PowInputError extends PowError {
  override readonly name = 'PowInputError';

  constructor(message: string) {
    super('POW_INVALID_INPUT', message);
  }
}

export function unavailableKernel(name: string, reason: string | undefined): PowError {
  return new PowError(
    'POW_KERNEL',
    `The ${name} kernel cannot run here${reason ? `: ${reason}` : ''}. Use kernel: 'auto'.`,
  );
}

/** The difficulty is above `maxDifficulty`, so no work was begun. Code `POW_DIFFICULTY`. */
export class PowDifficultyError extends PowError {
  override readonly name = 'PowDifficultyError';
  readonly difficulty: number;
  readonly maxDifficulty: number;

  constructor(message: string, init: { readonly difficulty: number; readonly maxDifficulty: number }) {
    super('POW_DIFFICULTY', message);
    this.difficulty = init.difficulty;
    this.maxDifficulty = init.maxDifficulty;
  }
}

/**
 * The time (`timeoutMs`) or the work (`maxHashes`) that was allowed is used up. Code `POW_TIMEOUT`. Solving again is
 * allowed and starts afresh, hence `retryable`.
 */
export class PowTimeoutError extends PowError {
  override readonly name = 'PowTimeoutError';
  readonly difficulty: number;
  /** Hashes that were tried. */
  readonly hashes: number;
  readonly elapsedMs: number;

  constructor(
    message: string,
    init: CountersignErrorInit & { readonly difficulty: number; readonly hashes: number; readonly elapsedMs: number },
  ) {
    super('POW_TIMEOUT', message, { ...init, retryable: true });
    this.difficulty = init.difficulty;
    this.hashes = init.hashes;
    this.elapsedMs = init.elapsedMs;
  }
}
