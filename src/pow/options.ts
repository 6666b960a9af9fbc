import { clockStandsStill } from '../runtime/identity.js';
import { PowInputError } from './errors.js';
import { checkQuestion, kindOf, type PowQuestion } from './input.js';
import type { KernelName } from './kernel.js';
import type { PowAlgorithm } from './prefix.js';
import type { SolveOptions } from './solution.js';

/** The options of `solve`, checked and with their defaults. */
export interface CheckedOptions {
  readonly question: Required<PowQuestion> & { readonly algorithm: PowAlgorithm };
  readonly kernel: KernelName | 'auto';
  readonly threads: number | undefined;
  readonly timeoutMs: number;
  readonly maxHashes: number;
  readonly maxDifficulty: number;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: SolveOptions['onProgress'];
}

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_DIFFICULTY = 30;
const MOST_THREADS = 64;
const KERNELS: readonly unknown[] = ['auto', 'simd', 'scalar', 'js'];

/** A careful guess where no rate was measured, hashes a second. */
export const UNMEASURED_RATE = 1_000_000;

/** @throws {PowInputError} */
export function checkSolveOptions(options: SolveOptions): CheckedOptions {
  const question = checkQuestion(options);
  const { kernel = 'auto', timeoutMs = DEFAULT_TIMEOUT_MS, maxDifficulty = DEFAULT_MAX_DIFFICULTY } = options;
  checkAmount('timeoutMs', timeoutMs);
  checkAmount('maxDifficulty', maxDifficulty);
  const { maxHashes = clockStandsStill() ? (timeoutMs * UNMEASURED_RATE) / 1000 : Infinity } = options;
  checkAmount('maxHashes', maxHashes);
  if (!KERNELS.includes(kernel)) throw new PowInputError("kernel must be 'auto', 'simd', 'scalar' or 'js'.");
  const { signal, onProgress } = options;
  return {
    question,
    kernel,
    threads: checkThreads(options.threads),
    timeoutMs,
    maxHashes,
    maxDifficulty,
    signal,
    onProgress,
  };
}

/** @throws {PowInputError} */
export function checkThreads(threads: unknown): number | undefined {
  if (threads === undefined) return undefined;
  if (!Number.isInteger(threads) || (threads as number) < 1 || (threads as number) > MOST_THREADS) {
    throw new PowInputError(`threads must be an integer from 1 to ${MOST_THREADS}, not ${kindOf(threads)}.`);
  }
  return threads as number;
}

function checkAmount(field: string, value: unknown): void {
  if (typeof value !== 'number' || Number.isNaN(value)) {
    throw new PowInputError(`${field} must be a number, not ${kindOf(value)}.`);
  }
}
