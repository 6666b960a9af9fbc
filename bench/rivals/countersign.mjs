// Ours, as its users call it: through a solver with its threads, slices and messages, for a fixed number of hashes.
import { createSolver } from '../../dist/pow.js';
import { CHALLENGE } from '../message.mjs';

// Nobody finds this, and only digest word 0 is looked at in the inner loop, as in every solve.
const NEVER = 200;
const FIRST_HASHES = 200_000;

/** @param {{ kernel: string, threads: number, challenge?: string, solver?: object }} options */
export function countersign({ kernel, threads, challenge = CHALLENGE, solver = createSolver({ threads }) }) {
  let rate = 0;
  return {
    solver: `countersign-${kernel}`,
    threads,
    close: () => solver.close(),
    async run(ms) {
      const maxHashes = rate > 0 ? Math.ceil((rate * ms) / 1000) : FIRST_HASHES;
      const done = await hash(solver, { challenge, kernel, threads, maxHashes });
      rate = (done.hashes * 1000) / done.ms;
      return done;
    },
  };
}

async function hash(solver, { challenge, kernel, threads, maxHashes }) {
  try {
    await solver.solve({ challenge, kernel, threads, maxHashes, difficulty: NEVER, maxDifficulty: NEVER });
  } catch (error) {
    if (error.code === 'POW_TIMEOUT') return { hashes: error.hashes, ms: error.elapsedMs };
    throw error;
  }
  throw new Error('A digest with 200 leading zero bits was found. Tell the world.');
}
