import { kernelBinaries } from '../runtime/kernel-binaries.js';
import { nextTask } from '../runtime/task.js';
import { unavailableKernel } from './errors.js';
import type { Job, Worker } from './job.js';
import { type KernelSet, loadKernels } from './kernel-set.js';
import { searchSlice } from './search.js';
import { SliceSize } from './slice-size.js';

// Shorter than in a worker: everything else on this thread waits for it.
const SLICE_MS = 8;

let loaded: KernelSet | undefined;

/**
 * The kernels of this thread. Only the finished set is shared, never the promise of it: on Cloudflare Workers a promise
 * of one request must not be awaited in another.
 */
export async function kernelsHere(): Promise<KernelSet> {
  loaded ??= await loadKernels(kernelBinaries());
  return loaded;
}

/** Works on a job in slices on this thread, with everything else getting its turn in between. */
export async function workHere(job: Job): Promise<void> {
  const { kernels, report } = await kernelsHere();
  const name = job.limits.kernel === 'auto' ? report.best : job.limits.kernel;
  const kernel = kernels.get(name);
  if (!kernel) return job.fail(unavailableKernel(name, report.failures[name]));
  const worker: Worker = { transport: 'same-thread', kernel: name };
  const size = new SliceSize(SLICE_MS);
  for (let slice = job.take(worker, size.hashes); slice; slice = job.take(worker, size.hashes)) {
    const start = performance.now();
    const result = searchSlice(kernel, job.puzzle, slice);
    size.observe(result.hashes, performance.now() - start);
    job.done(result);
    await nextTask();
  }
}
