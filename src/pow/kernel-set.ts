import type { KernelBinaries } from '../runtime/kernel-binaries.js';
import { jsKernel } from './js-kernel.js';
import type { Kernel, KernelName } from './kernel.js';
import { layouts } from './layout.js';
import { puzzleOf, searchSlice } from './search.js';
import { wasmKernel } from './wasm-kernel.js';

/** What can be run here, which of it is fastest, and how that is known. Plain data: it travels from workers. */
export interface KernelReport {
  readonly available: readonly KernelName[];
  readonly best: KernelName;
  /** Hashes a second on one thread, as far as they were measured. */
  readonly rates: Readonly<Partial<Record<KernelName, number>>>;
  /** Why a kernel cannot run here. */
  readonly failures: Readonly<Partial<Record<KernelName, string>>>;
}

/** The kernels of one thread. */
export interface KernelSet {
  readonly kernels: ReadonlyMap<KernelName, Kernel>;
  readonly report: KernelReport;
}

const PROBE_HASHES = 1_000;
const PROBE_MS = 2;

/**
 * Makes every kernel that this thread allows. `best` says which is fastest where that is known already; otherwise it is
 * measured, in about 2 ms a kernel: SIMD wins on V8, and loses on some other engines.
 */
export async function loadKernels(binaries: KernelBinaries, best?: KernelName): Promise<KernelSet> {
  const kernels = new Map<KernelName, Kernel>();
  const failures: Partial<Record<KernelName, string>> = {};
  for (const name of ['simd', 'scalar'] as const) {
    try {
      kernels.set(name, await wasmKernel(name, binaries[name]));
    } catch (error) {
      failures[name] = error instanceof Error ? error.message : String(error);
    }
  }
  kernels.set('js', jsKernel());
  const available = [...kernels.keys()];
  if (best && kernels.has(best)) return { kernels, report: { available, best, rates: {}, failures } };
  // Plain JavaScript is for where there is no WebAssembly; it never clearly beats it.
  const wanted = available.length > 1 ? available.filter((name) => name !== 'js') : available;
  const rates = Object.fromEntries(wanted.map((name) => [name, measure(kernels.get(name)!)]));
  const fastest = wanted.reduce((one, other) => (rates[other]! > rates[one]! ? other : one));
  return { kernels, report: { available, best: fastest, rates, failures } };
}

/** Hashes a second: the best of short runs, since the first ones are not compiled well yet. */
function measure(kernel: Kernel): number {
  const puzzle = puzzleOf(new Uint8Array(32), 255);
  const [layout] = layouts(puzzle.tail.length) as [ReturnType<typeof layouts>[number]];
  const rows = Math.ceil(PROBE_HASHES / 10 ** layout.varying);
  const start = performance.now();
  let best = 0;
  for (let run = 0; run < 100 && performance.now() - start < PROBE_MS; run++) {
    const begin = performance.now();
    const { hashes } = searchSlice(kernel, puzzle, { layout, firstRow: run * rows, rows });
    best = Math.max(best, (hashes * 1000) / (performance.now() - begin));
  }
  return Number.isFinite(best) ? Math.round(best) : 0;
}
