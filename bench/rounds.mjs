// Interleaved rounds: each contender has a short turn, then the next, so that a change of the machine's clock or of its
// other load meets all of them alike.
import { median, quantile, spread } from './statistics.mjs';

/** What a contender does undisturbed: hardly any round is faster. On a busy machine this tells more than the median. */
const BEST = 0.95;

/**
 * @typedef {object} Contender
 * @property {string} solver
 * @property {number} [threads]
 * @property {(ms: number) => Promise<{ hashes: number, ms: number }>} run works for about so long
 * @property {() => void} [close]
 */

/**
 * @param {Contender[]} contenders
 * @returns the contenders with their rates: hashes a second of each round, their median, spread and best.
 */
export async function measure(contenders, { rounds, ms, warmUpMs }) {
  // In several turns: an engine replaces slow code between calls, not within one.
  for (const contender of contenders) for (let i = 0; i < 4; i++) await contender.run(warmUpMs / 4);
  const turns = await takeTurns(contenders, rounds, (contender) => contender.run(ms));
  return contenders.map(({ run, close, threads = 1, ...contender }, i) => {
    close?.();
    const rates = ratesOf(turns[i].map(({ hashes, ms }) => (hashes * 1000) / ms));
    return { ...contender, threads, hashesPerSecond: rates.median, spread: rates.spread, best: rates.best };
  });
}

/** What each contender's turns gave, in order. */
export async function takeTurns(contenders, rounds, turn) {
  const turns = contenders.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, contender] of contenders.entries()) turns[i].push(await turn(contender, round));
  }
  return turns;
}

/** The figures of a result: so many a second in each round. */
export function ratesOf(perSecond) {
  return {
    median: Math.round(median(perSecond)),
    spread: Number(spread(perSecond).toFixed(4)),
    best: Math.round(quantile(perSecond, BEST)),
  };
}

/** A contender's `run` for work on this thread: `batch` hashes some nonces and returns how many. */
export function untilTimeIsUp(batch) {
  return async (ms) => {
    const start = performance.now();
    let hashes = 0;
    let elapsed = 0;
    while (elapsed < ms) {
      hashes += await batch();
      elapsed = performance.now() - start;
    }
    return { hashes, ms: elapsed };
  };
}
