import { coreCount } from '../runtime/cores.js';
import { type RuntimeName, runtimeName } from '../runtime/identity.js';
import { PowInputError } from './errors.js';
import { expectedHashes, p95Hashes } from './expectation.js';
import { kindOf } from './input.js';
import type { KernelReport } from './kernel-set.js';
import type { Solution, SolveOptions, Transport } from './solution.js';
import { Solver } from './solver.js';

let solver: Solver | undefined;

/** The solver that all callers of this copy of the package share. Idle, it never keeps a process alive. */
function shared(): Solver {
  solver ??= new Solver();
  return solver;
}

/** `Solver.solve` on the threads that all callers share. */
export function solve(options: SolveOptions): Promise<Solution> {
  return shared().solve(options);
}

/** Starts the shared solver's first thread ahead of its first use. Never rejects. */
export function warmUp(): Promise<void> {
  return shared().warmUp();
}

/** What a difficulty costs here. Frozen. */
export interface Estimate {
  readonly difficulty: number;
  /** Hashes on average: 2^difficulty. */
  readonly expectedHashes: number;
  /** At one thread, as measured here; a million where nothing can be measured. */
  readonly hashesPerSecond: number;
  /** Time on average, milliseconds, on one thread. */
  readonly expectedMs: number;
  /** The time within which 95 of 100 solves end, milliseconds, on one thread. */
  readonly p95Ms: number;
}

/**
 * What a difficulty costs here. Measures the solver first, where that has not been done: some milliseconds.
 *
 * @throws {PowInputError} the difficulty is not an integer.
 */
export async function estimate(difficulty: number): Promise<Estimate> {
  if (!Number.isSafeInteger(difficulty)) {
    throw new PowInputError(`difficulty must be an integer number of bits, not ${kindOf(difficulty)}.`);
  }
  const { hashesPerSecond } = await shared().findings();
  const time = (hashes: number) => (hashes * 1000) / hashesPerSecond;
  return Object.freeze({
    difficulty,
    expectedHashes: expectedHashes(difficulty),
    hashesPerSecond,
    expectedMs: time(expectedHashes(difficulty)),
    p95Ms: time(p95Hashes(difficulty)),
  });
}

/** How proofs of work are solved here, and why in that way. Frozen. */
export interface Diagnosis {
  readonly runtime: RuntimeName;
  readonly cores: number;
  /** Kernels that run, the one that `auto` takes, rates as far as measured, and why others do not run. */
  readonly kernels: KernelReport;
  readonly transport: Transport;
  readonly threads: number;
  /** Why work is done on the caller's thread, where it is. */
  readonly why: string | undefined;
}

/** Finds out how proofs of work are solved here. Starts the shared solver. */
export async function diagnose(): Promise<Diagnosis> {
  const { transport, threads, why, ...found } = await shared().findings();
  // A copy: the original is what this process goes by.
  const kernels = Object.freeze(structuredClone(found.kernels));
  return Object.freeze({ runtime: runtimeName(), cores: coreCount(), kernels, transport, threads, why });
}
