import type { Kernel, KernelName } from './kernel.js';
import type { KernelReport, KernelSet } from './kernel-set.js';
import { layouts } from './layout.js';
import { puzzleOf } from './puzzle.js';
import { PIECE_HASHES, solutions } from './search.js';

// An engine first runs a kernel in quick, slow code and compiles it well in the background: V8 takes 10 to 50 ms for
// that, so that a shorter measurement tells nothing. It is done in steps, and waits between them while there is other work.
const KERNEL_MS = 50;
/** Steps at least: on a busy machine the first alone may take longer than all should. */
const FEWEST_STEPS = 10;
/** A step at least. Clocks of browsers move in ticks of up to a millisecond, and a step lasts from one tick to another. */
const STEP_MS = 3;
/** Hashes after which a clock that has not moved stands still, or ticks so seldom that it measures nothing. */
const MOST_HASHES = 1_000_000;
/** How much faster than the one before it in the list a kernel must be to be taken instead. */
const CLEARLY = 1.1;

/**
 * Measures the kernels and tells which is best: SIMD wins on V8 and may lose on JavaScriptCore. Plain JavaScript is
 * measured only where it is alone; it never clearly beats WebAssembly. `pause` is awaited between the steps.
 */
export async function calibrate({ kernels, report }: KernelSet, pause: () => Promise<void>): Promise<KernelReport> {
  const { available } = report;
  const rates: Partial<Record<KernelName, number>> = {};
  for (const name of available) {
    if (name !== 'js' || available.length === 1) rates[name] = await measure(kernels.get(name)!, pause);
  }
  const best = available.reduce((one, other) => ((rates[other] ?? 0) > CLEARLY * (rates[one] ?? 0) ? other : one));
  return { ...report, best, rates };
}

/** Hashes a second in the best step; 0 where the clock stands still. */
async function measure(kernel: Kernel, pause: () => Promise<void>): Promise<number> {
  const puzzle = puzzleOf(new Uint8Array(32), 255);
  const layout = layouts(puzzle.tail.length)[0]!;
  const search = solutions(kernel, puzzle, { layout, firstRow: 0, rows: layout.rows }, PIECE_HASHES);
  let tried = 0;
  /** Tries nonces until the clock has moved by `ms`, and tells by how much it has. */
  const until = (ms: number) => {
    const start = performance.now();
    let elapsedMs = 0;
    for (const most = tried + MOST_HASHES; elapsedMs < ms && tried < most; elapsedMs = performance.now() - start) {
      // What other work has left in the kernel's memory makes it no slower.
      tried = search.next().value.hashes;
    }
    return elapsedMs;
  };
  let best = 0;
  for (let spentMs = 0, step = 0; spentMs < KERNEL_MS || step < FEWEST_STEPS; step++) {
    until(Number.MIN_VALUE);
    const before = tried;
    const elapsedMs = until(STEP_MS);
    if (elapsedMs < STEP_MS) break;
    spentMs += elapsedMs;
    best = Math.max(best, ((tried - before) * 1000) / elapsedMs);
    await pause();
  }
  return Math.round(best);
}
