export { PowDifficultyError, PowError, type PowErrorCode, PowInputError, PowTimeoutError } from './errors.js';
export type { PowQuestion } from './input.js';
export type { KernelName } from './kernel.js';
export type { KernelReport } from './kernel-set.js';
export type { PowAlgorithm } from './prefix.js';
export { type Diagnosis, diagnose, type Estimate, estimate, solve, warmUp } from './shared.js';
export type { PowProgress, Solution, SolveOptions, Transport } from './solution.js';
export { createSolver, type Solver, type SolverOptions } from './solver.js';
export { verify } from './verify.js';
