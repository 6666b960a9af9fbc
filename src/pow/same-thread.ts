import { clockStandsStill } from '../runtime/identity.js';
import { kernelBinaries } from '../runtime/kernel-binaries.js';
import { nextTask } from '../runtime/task.js';
import { calibrate } from './calibrate.js';
import { unavailableKernel } from './errors.js';
import type { Job, Worker } from './job.js';
import type { KernelName } from './kernel.js';
import { type KernelReport, type KernelSet, loadKernels } from './kernel-set.js';
import { PIECE_HASHES, solutions } from './search.js';
import { SliceSize } from './slice-size.js';

// Shorter than in a worker: everything else on this thread waits for it.
const SLICE_MS = 8;
// A kernel that the engine has yet to compile well may need seconds for what is a slice later, in plain JavaScript.
const LONG_SLICE_MS = 2 * SLICE_MS;

let loaded: KernelSet | undefined;
const workers = new Map<KernelName, Worker & { readonly size: SliceSize }>();

/**
 * The kernels of this thread. Only the finished set is shared, never the promise of it: on Cloudflare Workers a promise
 * of one request must not be awaited in another.
 */
export async function kernelsHere(): Promise<KernelSet> {
  loaded ??= await loadKernels(kernelBinaries());
  return loaded;
}

/** The kernels of this thread, measured once where there is a clock for it. */
export async function measuredHere(): Promise<KernelReport> {
  const { kernels, report } = await kernelsHere();
  if (clockStandsStill() || Object.keys(report.rates).length > 0) return report;
  loaded = { kernels, report: await calibrate({ kernels, report }, nextTask) };
  return loaded.report;
}

/** Hashes a second of the kernel that `auto` takes on this thread; 0 where it is not known. */
export function rateHere(): number {
  if (!loaded) return 0;
  const { best, rates } = loaded.report;
  return Math.max(rates[best] ?? 0, workers.get(best)?.size.rate ?? 0);
}

/** Works on a job in slices on this thread, with everything else getting its turn in between. */
export function workHere(job: Job): void {
  // On Cloudflare Workers a request's work ends with the request, so that none may do another's.
  const turns = clockStandsStill() ? new Turns() : shared;
  turns.add(job);
}

/** Jobs that take turns on this thread: one slice of one job a task, however many jobs there are. */
class Turns {
  readonly #jobs = new Set<Job>();
  #running = false;

  add(job: Job): void {
    this.#jobs.add(job);
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    // A job that is taken out and put back comes last, so that this loop goes round until no job is left.
    for (const job of this.#jobs) {
      this.#jobs.delete(job);
      if (job.settled) continue;
      this.#jobs.add(job);
      await trySlice(job).catch((error) => job.fail(error));
      await nextTask();
    }
    this.#running = false;
  }
}

const shared = new Turns();

/** Tries one slice of a job, in several tasks if it takes long. */
async function trySlice(job: Job): Promise<void> {
  const { kernels, report } = await kernelsHere();
  const name = job.limits.kernel === 'auto' ? report.best : job.limits.kernel;
  const kernel = kernels.get(name);
  if (!kernel) throw unavailableKernel(name, report.failures[name]);
  const worker = workers.get(name) ?? { transport: 'same-thread', kernel: name, size: new SliceSize(SLICE_MS) };
  workers.set(name, worker);
  // None is left while a thread that was lost has not given its slice back.
  const slice = job.take(worker, worker.size.hashes);
  if (!slice) return;
  const pieces = solutions(kernel, job.puzzle, slice, PIECE_HASHES);
  let elapsedMs = 0;
  let start = performance.now();
  for (let paused = false; ; ) {
    const { value, done } = pieces.next(paused);
    const turnMs = performance.now() - start;
    if (done || value.nonce !== undefined || job.settled) {
      worker.size.observe(value.hashes, elapsedMs + turnMs);
      job.done(value);
      return;
    }
    paused = turnMs >= LONG_SLICE_MS;
    if (!paused) continue;
    elapsedMs += turnMs;
    await nextTask();
    start = performance.now();
  }
}
