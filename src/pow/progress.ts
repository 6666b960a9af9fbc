import { probability } from './expectation.js';
import type { PowProgress } from './solution.js';

const EVERY_MS = 100;

/**
 * Tells `onProgress` how far a solve has come, when it was not told for a while. A listener must not be able to break
 * what it listens to: what it throws is ignored.
 */
export function progressReporter(
  difficulty: number,
  onProgress: ((progress: PowProgress) => void) | undefined,
): (hashes: number, elapsedMs: number) => void {
  let reportedMs = 0;
  return (hashes, elapsedMs) => {
    if (!onProgress || elapsedMs - reportedMs < EVERY_MS) return;
    reportedMs = elapsedMs;
    const hashesPerSecond = Math.round((hashes * 1000) / elapsedMs);
    try {
      onProgress({ hashes, elapsedMs, hashesPerSecond, probability: probability(difficulty, hashes) });
    } catch {}
  };
}
