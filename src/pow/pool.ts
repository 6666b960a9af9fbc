import type { Clock } from '../runtime/clock.js';
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

/** What this process knows of its kernels, so that they are measured once. */
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
  #calibration: Promise<void> | undefined;

  constructor(options: PoolOptions) {
    this.threads = options.threads;
    this.#options = options;
  }

  get report(): KernelReport | undefined {
    return known;
  }

  /** Hashes a second on one thread, with the kernel that `auto` takes; 0 where it is not known. */
  get rate(): number {
    if (!known) return 0;
    const { best, rates } = known;
    return Math.max(0, ...[...this.#lanes].map((lane) => lane.rate(best))) || (rates[best] ?? 0);
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

  /** Waits until the kernels are measured, if they can be. */
  async measured(): Promise<void> {
    await this.warmUp();
    const [lane] = this.#lanes;
    if (!lane) return;
    lane.hold();
    this.#calibrateOn(lane);
    await this.#calibration;
    lane.release();
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
    const missing = Math.min(wanted - this.#idle.size, room) - this.#starting;
    for (let i = 0; i < missing; i++) void this.#startLane();
    const [lane] = this.#idle;
    if (lane && this.#jobs.size === 0) this.#calibrateOn(lane);
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
    const { available, failures } = lane.report;
    const kernel = job.limits.kernel === 'auto' ? (known ?? lane.report).best : job.limits.kernel;
    if (!available.includes(kernel)) {
      job.fail(unavailableKernel(kernel, failures[kernel]));
      return false;
    }
    const worker = lane.with(kernel);
    const slice = job.take(worker, worker.size.hashes);
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
      const lane = await Lane.open(this.#options);
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

  /** Measures the kernels once a process, while there is nothing else to do. */
  #calibrateOn(lane: Lane): void {
    if (this.#calibration || (known && Object.keys(known.rates).length > 0)) return;
    this.#calibration = lane.calibrate().then(
      () => {
        known = lane.report;
      },
      () => undefined,
    );
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
