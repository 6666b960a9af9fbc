import workerSource from '../../build/worker-source.js';
import type { Clock } from '../runtime/clock.js';
import { kernelBinaries } from '../runtime/kernel-binaries.js';
import { unavailableKernel } from './errors.js';
import type { Job } from './job.js';
import type { KernelReport } from './kernel-set.js';
import { Lane } from './lane.js';

export interface PoolOptions {
  /** Busy threads at most. */
  readonly threads: number;
  /** Where the application hosts the worker's file; without it the worker is started from its source. */
  readonly workerUrl: string | URL | undefined;
  readonly clock: Clock;
  /** Gets the jobs that are left when no worker starts, or too many were lost. The pool is of no more use then. */
  onBroken(jobs: readonly Job[], reason: unknown): void;
}

// A worker that dies is replaced, but not for ever: something may kill each of them.
const MOST_LOSSES = 3;

/** What the process's first worker found out of its kernels, so that no other needs to measure again. */
let known: KernelReport | undefined;

/** Workers that share all jobs fairly: a slice of one, then a slice of the next. */
export class Pool {
  /** Busy threads at most; raised when a job asks for more. */
  threads: number;
  readonly #options: PoolOptions;
  readonly #lanes = new Set<Lane>();
  readonly #idle = new Set<Lane>();
  readonly #jobs = new Set<Job>();
  #starting = 0;
  #losses = 0;
  #closed = false;

  constructor(options: PoolOptions) {
    this.threads = options.threads;
    this.#options = options;
  }

  get report(): KernelReport | undefined {
    return known;
  }

  /** Hashes a second on one thread, as the latest slices went; 0 before any. */
  get rate(): number {
    return Math.max(0, ...[...this.#lanes].map((lane) => lane.size.rate));
  }

  /** How the pool's workers were started; `undefined` before one was. */
  get transport(): Lane['transport'] | undefined {
    return [...this.#lanes][0]?.transport;
  }

  /** Works on the job until it is settled. */
  add(job: Job): void {
    this.#jobs.add(job);
    this.#dispatch();
  }

  /** Starts the first worker ahead of the first job. */
  async warmUp(): Promise<void> {
    if (this.#lanes.size === 0 && this.#starting === 0) await this.#startLane();
  }

  close(): void {
    this.#closed = true;
    for (const lane of this.#lanes) lane.close();
    this.#lanes.clear();
    this.#idle.clear();
  }

  #dispatch(): void {
    if (this.#closed) return;
    for (const lane of this.#idle) if (!this.#assign(lane)) break;
    const wanted = [...this.#jobs].reduce((sum, job) => sum + Math.max(0, job.limits.threads - job.active), 0);
    const room = this.threads - this.#lanes.size;
    while (this.#starting < Math.min(wanted, room)) void this.#startLane();
  }

  /** Gives the lane a slice of the next job in turn that has room for one more thread. */
  #assign(lane: Lane): boolean {
    for (const job of [...this.#jobs]) {
      this.#jobs.delete(job);
      if (job.settled) continue;
      this.#jobs.add(job);
      if (job.active < job.limits.threads && this.#work(lane, job)) return true;
    }
    return false;
  }

  #work(lane: Lane, job: Job): boolean {
    const { best, available, failures } = lane.report;
    const kernel = job.limits.kernel === 'auto' ? best : job.limits.kernel;
    if (!available.includes(kernel)) {
      job.fail(unavailableKernel(kernel, failures[kernel]));
      return false;
    }
    const slice = job.take(lane.as(kernel), lane.size.hashes);
    if (!slice) return false;
    this.#idle.delete(lane);
    lane.search(kernel, job.puzzle, slice).then(
      (result) => {
        job.done(result);
        this.#idle.add(lane);
        this.#dispatch();
      },
      (reason) => {
        job.putBack(slice);
        this.#lanes.delete(lane);
        lane.close();
        this.#lost(reason, false);
      },
    );
    return true;
  }

  async #startLane(): Promise<void> {
    this.#starting++;
    try {
      const { workerUrl, clock } = this.#options;
      const lane = await Lane.open({
        source: workerSource,
        binaries: kernelBinaries(),
        best: known?.best,
        workerUrl,
        clock,
      });
      this.#starting--;
      if (this.#closed) return lane.close();
      known ??= lane.report;
      this.#lanes.add(lane);
      this.#idle.add(lane);
      this.#dispatch();
    } catch (error) {
      this.#starting--;
      this.#lost(error, this.#lanes.size === 0);
    }
  }

  #lost(reason: unknown, noneLeft: boolean): void {
    this.#losses++;
    if (this.#closed) return;
    if (noneLeft || this.#losses > MOST_LOSSES) {
      const jobs = [...this.#jobs];
      this.close();
      this.#options.onBroken(jobs, reason);
    } else {
      this.#dispatch();
    }
  }
}
