import { quietly } from '../http/index.js';
import type { PowAlgorithm, PowProgress, Solution } from '../pow/index.js';
import type { PowSolver } from './options.js';
import type { Challenge } from './wire.js';

/** How a proof of work was found. The challenge and the nonce are nobody else's business. */
export interface ProofOfWork extends Omit<Solution, 'nonce'> {
  /** Leading zero bits that the platform asked for. */
  readonly difficulty: number;
  readonly algorithm: PowAlgorithm;
}

/** How far a proof of work has come. Another algorithm begins again at 0. */
export interface LoginProgress extends PowProgress {
  readonly difficulty: number;
  readonly algorithm: PowAlgorithm;
}

/** Solves the challenge. What `onProgress` throws is ignored. @throws what `solve` throws. */
export async function prove(
  { challenge, difficulty }: Challenge,
  algorithm: PowAlgorithm,
  options: {
    readonly solver: PowSolver;
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
    readonly onProgress: ((progress: LoginProgress) => void) | undefined;
  },
): Promise<{ readonly nonce: string; readonly proofOfWork: ProofOfWork }> {
  const { solver, onProgress, ...limits } = options;
  const { nonce, ...story } = await solver.solve({
    challenge,
    difficulty,
    algorithm,
    ...limits,
    onProgress: onProgress && ((progress) => quietly(() => onProgress({ ...progress, difficulty, algorithm }))),
  });
  return { nonce, proofOfWork: Object.freeze({ difficulty, algorithm, ...story }) };
}
