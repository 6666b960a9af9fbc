// countersign/pow: challenge in, nonce out.
import {
  createSolver,
  type Diagnosis,
  diagnose,
  type Estimate,
  estimate,
  type KernelName,
  type PowAlgorithm,
  PowDifficultyError,
  PowInputError,
  type PowProgress,
  PowTimeoutError,
  type Solution,
  type SolveOptions,
  type Solver,
  solve,
  verify,
  warmUp,
} from 'countersign/pow';

export async function prove(challenge: string, signal: AbortSignal): Promise<string> {
  const seen: PowProgress[] = [];
  const kernel: KernelName | 'auto' = 'auto';
  const algorithm: PowAlgorithm = 'r14';
  const options: SolveOptions = {
    challenge,
    difficulty: 12,
    algorithm,
    kernel,
    signal,
    onProgress: (progress) => void seen.push(progress),
  };
  await warmUp();
  const solution: Solution = await solve(options);
  return verify({ challenge, difficulty: 12, algorithm, nonce: solution.nonce }) ? solution.nonce : '';
}

export async function own(workerUrl: URL): Promise<number> {
  const solver: Solver = createSolver({ threads: 2, workerUrl });
  const { hashes } = await solver.solve({ challenge: '', difficulty: 1 });
  await solver.close();
  return hashes;
}

export async function machine(): Promise<[Diagnosis, Estimate]> {
  return [await diagnose(), await estimate(15)];
}

export function inWords(error: unknown): string {
  if (error instanceof PowTimeoutError) return `${error.hashes} hashes were not enough`;
  return error instanceof PowDifficultyError || error instanceof PowInputError ? error.code : '';
}
