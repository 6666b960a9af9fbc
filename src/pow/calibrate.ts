import type { Kernel, KernelName } from './kernel.js';
import type { KernelReport, KernelSet } from './kernel-set.js';
import { layouts } from './layout.js';
import { puzzleOf } from './puzzle.js';
import { searchSlice } from './search.js';

// An engine first runs a kernel in quick, slow code and compiles it well in the background: V8 takes 10 to 50 ms for
// that, so that a shorter measurement tells nothing. It is done in steps, and waits between them while there is other work.
const KERNEL_MS = 50;
/** Steps at least: on a busy machine the first alone may take longer than all should. */
const FEWEST_STEPS = 10;
const MOST_STEPS = 1_000;
const STEP_HASHES = 2_000;
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
  const rows = Math.ceil(STEP_HASHES / 10 ** layout.varying);
  let best = 0;
  for (let spent = 0, step = 0; (spent < KERNEL_MS || step < FEWEST_STEPS) && step < MOST_STEPS; step++) {
    const start = performance.now();
    const { hashes } = searchSlice(kernel, puzzle, { layout, firstRow: step * rows, rows });
    const elapsedMs = performance.now() - start;
    if (elapsedMs <= 0) return 0;
    spent += elapsedMs;
    best = Math.max(best, (hashes * 1000) / elapsedMs);
    await pause();
  }
  return Math.round(best);
}
