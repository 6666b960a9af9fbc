import { type PowAlgorithm, type Solver, solve, warmUp } from '../pow/index.js';
import { LimeInputError } from './errors.js';
import type { PlatformOptions } from './platform-options.js';

/** What solves the proofs of work of a client. */
export type PowSolver = Pick<Solver, 'solve' | 'warmUp'>;

/** Options of LIME's agent clients (LIME contract §8.6). */
export interface LimeLoginOptions extends PlatformOptions {
  /** The agent's secret. Default: the environment variable `LIME_AGENT_TOKEN`. */
  readonly agentToken?: string | undefined;
  /** Milliseconds for each proof of work. Default 10,000. */
  readonly powTimeoutMs?: number | undefined;
  /**
   * Which digest the platform wants (LIME contract §4). Default `'auto'`: `legacy`, and if that is refused `r14`, once;
   * what was accepted is what the client begins with from then on.
   */
  readonly powAlgorithm?: PowAlgorithm | 'auto' | undefined;
  /**
   * Solves the proofs of work: one made by `createSolver`, with its own threads, or with the worker's file that a page
   * with a strict policy hosts. It stays the caller's to close. Default: the one that all clients share.
   */
  readonly solver?: PowSolver | undefined;
}

/** @throws {LimeInputError} it is not a number. */
export function resolvePowTimeout({ powTimeoutMs = 10_000 }: LimeLoginOptions): number {
  if (typeof powTimeoutMs === 'number' && !Number.isNaN(powTimeoutMs)) return powTimeoutMs;
  throw new LimeInputError('INVALID_INPUT', 'powTimeoutMs must be a number of milliseconds.');
}

/** The digests to try, in order. @throws {LimeInputError} it is none of the three. */
export function resolvePowAlgorithms({ powAlgorithm = 'auto' }: LimeLoginOptions): readonly PowAlgorithm[] {
  if (powAlgorithm === 'auto') return ['legacy', 'r14'];
  if (powAlgorithm === 'legacy' || powAlgorithm === 'r14') return [powAlgorithm];
  throw new LimeInputError('INVALID_INPUT', "powAlgorithm must be 'auto', 'legacy' or 'r14'.");
}

/** @throws {LimeInputError} it cannot solve. */
export function resolveSolver({ solver = { solve, warmUp } }: LimeLoginOptions): PowSolver {
  if (typeof solver?.solve === 'function' && typeof solver.warmUp === 'function') return solver;
  throw new LimeInputError('INVALID_INPUT', 'solver must be one that createSolver of countersign/pow has made.');
}
