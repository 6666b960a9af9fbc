import {
  ApiError,
  AuthenticationError,
  LimeError,
  LimeInputError,
  LoginOutcomeUnknownError,
  PowTimeoutError,
  RateLimitError,
} from '../lime/index.js';

/** What the program ends with, for scripts. */
export const EXIT = {
  ok: 0,
  /** Something that has no number of its own, such as an answer that is not LIME's. */
  failed: 1,
  /** The command line is wrong. Nothing was done. */
  usage: 2,
  /** There is no token, or it was refused. */
  authentication: 3,
  /** The platform refused the request: unknown, expired or approved already. */
  refused: 4,
  /** No proof of work was found in time, or the difficulty is above the limit. */
  proofOfWork: 5,
  /** The platform could not be reached, or asks to be left alone for a while. */
  unavailable: 6,
  /** The login may have been approved. Ask the site. */
  outcomeUnknown: 7,
  /** Ended by the user: 128 + SIGINT. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The command line is wrong, and how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError || error instanceof LimeInputError) return EXIT.usage;
  if (error instanceof LoginOutcomeUnknownError) return EXIT.outcomeUnknown;
  if (error instanceof AuthenticationError) return EXIT.authentication;
  if (error instanceof PowTimeoutError) return EXIT.proofOfWork;
  if (error instanceof RateLimitError) return EXIT.unavailable;
  if (error instanceof ApiError) return error.code === 'INVALID_REQUEST_ID' ? EXIT.usage : EXIT.refused;
  if (error instanceof LimeError && error.retryable) return EXIT.unavailable;
  return EXIT.failed;
}
