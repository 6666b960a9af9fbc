import type { Clock } from '../runtime/clock.js';
import { unavailableKernel } from './errors.js';
import type { Job } from './job.js';
import type { KernelReport } from './kernel-set.js';
import { Lane, SILENCE_MS } from './lane.js';
import { Losses } from './losses.js';

export interface PoolOptions {
  /** Busy threads at most, unless a job asks for more. */
  readonly threads: number;
  /** Where the application hosts the worker's file; without it the worker is started from its source. */
  readonly workerUrl: string | URL | undefined;
  readonly clock: Clock;
  /** Gets the jobs that are left when no worker starts, or too many were lost. The pool is of no more use then. */
  onBroken(jobs: readonly Job[], reason: unknown): void;
}

/** What this process knows of its kernels, so that they are measured once. */
let known: KernelReport | undefined;

/** Workers that share all jobs fairly: a slice of one, then a slice of the next. */
export class Pool {
  readonly #options: PoolOptions;
  readonly #starting = new Set<Lane>();
  readonly #lanes = new Set<Lane>();
  readonly #idle = new Set<Lane>();
  readonly #jobs = new Set<Job>();
  readonly #losses: Losses;
  #closed = false;
  /** Whether a worker ever became ready. */
  #worked = false;
  #latestStart: Promise<void> | undefined;
  #calibration: Promise<void> | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#losses = new Losses(options.clock);
  }

  get report(): KernelReport | undefined {
    return known;
  }

  /** Hashes a second on one thread, with the kernel that `auto` takes; 0 where it is not known. */
  get rate(): number {
    if (!known) return 0;
    const { best, rates } = known;
    // A slice may have run in code that was still cold, a calibration while the machine was busy.
    return Math.max(rates[best] ?? 0, ...[...this.#lanes].map((lane) => lane.rate(best)));
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

  /** Starts the first worker ahead of the first job, and waits for it. */
  async warmUp(): Promise<void> {
    if (this.#lanes.size > 0) return;
    if (this.#starting.size === 0) this.#start();
    await this.#latestStart;
  }

  /** Waits until the kernels are measured, if they can be. */
  async measured(): Promise<void> {
    await this.warmUp();
    const [lane] = this.#lanes;
    if (!lane) return;
    const over = new AbortController();
    const patience = this.#options.clock.sleep(SILENCE_MS, { signal: over.signal }).catch(() => undefined);
    lane.hold();
    this.#calibrateOn(lane);
    await Promise.race([this.#calibration, patience]);
    over.abort();
    lane.release();
  }

  /** Ends all workers. Resolves when they are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    const lanes = [...this.#lanes, ...this.#starting];
    for (const set of [this.#lanes, this.#starting, this.#idle]) set.clear();
    this.#jobs.clear();
    await Promise.all(lanes.map((lane) => lane.close()));
  }

  #dispatch(): void {
    if (this.#closed) return;
    let wanted = 0;
    let most = this.#options.threads;
    for (const job of this.#jobs) {
      wanted += job.wanted;
      if (!job.settled) most = Math.max(most, job.limits.threads);
    }
    for (const lane of this.#idle) {
      if (this.#lanes.size - this.#idle.size >= most || !this.#assign(lane)) break;
      wanted--;
    }
    // A start that fails at once comes back here, so that nothing is counted ahead.
    while (
      this.#idle.size + this.#starting.size < wanted &&
      this.#lanes.size + this.#starting.size < most &&
      !this.#closed &&
      !this.#losses.tooMany
    ) {
      this.#start();
    }
    const [lane] = this.#idle;
    if (lane && this.#jobs.size === 0) this.#calibrateOn(lane);
  }

  /** Gives the lane a slice of the next job in turn that has room for one more thread. */
  #assign(lane: Lane): boolean {
    let turns = this.#jobs.size;
    for (const job of this.#jobs) {
      if (turns-- === 0) break;
      this.#jobs.delete(job);
      if (job.settled) continue;
      this.#jobs.add(job);
      if (job.wanted > 0 && this.#work(lane, job)) return true;
    }
    return false;
  }

  #work(lane: Lane, job: Job): boolean {
    const { available, best, failures } = lane.report;
    // What was measured on another solver's worker may not run here: each obeys its own content security policy.
    const fastest = known && available.includes(known.best) ? known.best : best;
    const kernel = job.limits.kernel === 'auto' ? fastest : job.limits.kernel;
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
        if (this.#lanes.has(lane)) this.#idle.add(lane);
        this.#dispatch();
      },
      () => {
        job.putBack(slice);
        this.#dispatch();
      },
    );
    return true;
  }

  #start(): void {
    this.#latestStart = this.#startLane();
  }

  async #startLane(): Promise<void> {
    if (this.#closed) return;
    let lane: Lane;
    try {
      lane = new Lane({ ...this.#options, onLost: (lane, reason) => this.#lost(lane, reason) });
    } catch (error) {
      this.#lost(undefined, error);
      return;
    }
    this.#starting.add(lane);
    try {
      await lane.ready();
    } catch (error) {
      void lane.close();
      if (this.#starting.has(lane)) this.#lost(lane, error);
      return;
    }
    // It may have been lost or closed right after it was ready.
    if (!this.#starting.delete(lane)) return;
    known ??= lane.report;
    this.#worked = true;
    this.#lanes.add(lane);
    this.#idle.add(lane);
    this.#dispatch();
  }

  /** Measures the kernels once a process, while there is nothing else to do. */
  #calibrateOn(lane: Lane): void {
    if (this.#calibration || (known && Object.keys(known.rates).length > 0)) return;
    this.#calibration = lane.calibrate().then(
      () => {
        known = lane.report;
      },
      () => {
        this.#calibration = undefined;
      },
    );
  }

  #lost(lane: Lane | undefined, reason: unknown): void {
    if (this.#closed) return;
    if (lane) for (const set of [this.#lanes, this.#starting, this.#idle]) set.delete(lane);
    this.#losses.add();
    const noneLeft = this.#lanes.size + this.#starting.size === 0;
    if (noneLeft && (!this.#worked || this.#losses.tooMany)) {
      const jobs = [...this.#jobs];
      void this.close();
      this.#options.onBroken(jobs, reason);
    } else {
      this.#dispatch();
    }
  }
}
