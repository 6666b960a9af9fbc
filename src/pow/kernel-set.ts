import type { KernelBinaries } from '../runtime/kernel-binaries.js';
import { jsKernel } from './js-kernel.js';
import type { Kernel, KernelName } from './kernel.js';
import { wasmKernel } from './wasm-kernel.js';

/** What can be run here, which of it is taken, and how that is known. Plain data: it travels from workers. */
export interface KernelReport {
  readonly available: readonly KernelName[];
  /** What `auto` takes: the fastest that was measured; before that SIMD, else scalar, else JavaScript. */
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

/** Makes every kernel that this thread allows. */
export async function loadKernels(binaries: KernelBinaries): Promise<KernelSet> {
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
  return { kernels, report: { available, best: available[0]!, rates: {}, failures } };
}
