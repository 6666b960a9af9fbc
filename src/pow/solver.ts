/// <reference lib="esnext.disposable" preserve="true" />

import { type Clock, systemClock } from '../runtime/clock.js';
import { coreCount } from '../runtime/cores.js';
import { closeOnDispose } from '../runtime/disposable.js';
import { hasWorkers } from '../runtime/worker.js';
import { PowError } from './errors.js';
import { expectedHashes } from './expectation.js';
import { Job } from './job.js';
import type { KernelReport } from './kernel-set.js';
import { type CheckedOptions, checkSolveOptions, checkThreads, UNMEASURED_RATE } from './options.js';
import { Pool } from './pool.js';
import { messagePrefix } from './prefix.js';
import { progressReporter } from './progress.js';
import { puzzleOf } from './puzzle.js';
import { outOfBudget, type Rate, tooDifficult } from './refusals.js';
import { kernelsHere, measuredHere, rateHere, workHere } from './same-thread.js';
import type { Solution, SolveOptions, Transport } from './solution.js';
import { verify } from './verify.js';

/** Options of `createSolver`. */
export interface SolverOptions {
  /**
   * Busy threads at most, 1 to 64, whatever a solve asks for. Default min(8, max(1, cores − 1)), and more while a solve
   * asks for more.
   */
  readonly threads?: number | undefined;
  /**
   * Where the application hosts the file of `countersign/pow/worker`, for a page whose policy allows no `blob:` workers.
   * On Node, Deno and Bun an absolute URL, such as `import.meta.resolve('countersign/pow/worker')`.
   */
  readonly workerUrl?: string | URL | undefined;
  /** Default the runtime's own. */
  readonly clock?: Clock | undefined;
}

/** What `Solver.findings` tells. */
export interface Findings {
  readonly kernels: KernelReport;
  readonly transport: Transport;
  readonly threads: number;
  /** Why the work is done on the caller's thread, where it is. */
  readonly why: string | undefined;
  /** On one thread, as measured; a careful guess where nothing was. */
  readonly hashesPerSecond: number;
}

/** Work for which a second thread is not worth its start: 50 ms at the slowest rate that is common. */
const ONE_THREAD_HASHES = 2 ** 18;

/** Solves challenges on threads of its own. Close it when it is not needed any more. */
export class Solver implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #threads: number;
  readonly #mostThreads: number;
  readonly #pool: Pool;
  readonly #jobs = new Set<Job>();
  #closed = false;
  /** Why the work is done on this thread, where it is. */
  #sameThread: string | undefined;

  /** `close` for `await using`, where the runtime has the symbol. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;

  constructor(options: SolverOptions = {}) {
    closeOnDispose(Solver.prototype, Symbol.asyncDispose);
    const threads = checkThreads(options.threads);
    this.#clock = options.clock ?? systemClock;
    this.#threads = threads ?? Math.min(8, Math.max(1, coreCount() - 1));
    this.#mostThreads = threads ?? Infinity;
    this.#sameThread = hasWorkers() ? undefined : 'This runtime has no workers.';
    this.#pool = new Pool({
      threads: this.#threads,
      workerUrl: options.workerUrl,
      clock: this.#clock,
      onBroken: (jobs, reason) => {
        this.#sameThread = `Workers failed: ${reason instanceof Error ? reason.message : String(reason)}`;
        for (const job of jobs) this.#start(job);
      },
    });
  }

  /**
   * Finds a nonce whose digest has `difficulty` leading zero bits. A difficulty of 0 or less is answered "0" at once.
   *
   * @throws {PowInputError} an argument has the wrong type or range.
   * @throws {PowDifficultyError} the difficulty is above `maxDifficulty`; nothing was tried.
   * @throws {PowTimeoutError} `timeoutMs` or `maxHashes` is used up.
   * @throws {PowError} `POW_CLOSED`, or `POW_KERNEL` where the wanted kernel cannot run.
   * @throws the signal's reason, when it aborts.
   * @see LIME contract §4.3
   */
  async solve(options: SolveOptions): Promise<Solution> {
    const checked = checkSolveOptions(options);
    const { question, maxDifficulty, signal } = checked;
    const { difficulty } = question;
    signal?.throwIfAborted();
    if (this.#closed) throw closedError();
    if (difficulty <= 0) return NO_WORK;
    if (difficulty > maxDifficulty) throw tooDifficult(difficulty, maxDifficulty, this.#rate);

    const start = this.#clock.monotonic();
    const elapsed = () => this.#clock.monotonic() - start;
    const job = this.#job(checked, elapsed);
    const over = new AbortController();
    this.#limit(job, checked, elapsed, over.signal);
    const onAbort = () => job.fail(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#jobs.add(job);
    try {
      if (!job.settled) this.#start(job);
      const nonce = await job.nonce;
      if (!verify({ ...question, nonce })) throw wrongNonceError();
      const { hashes, threads, worker } = job;
      const { kernel, transport } = worker!;
      return Object.freeze({ nonce, hashes, elapsedMs: elapsed(), kernel, transport, threads });
    } finally {
      this.#jobs.delete(job);
      over.abort();
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Makes everything ready for the first solve. Never rejects. */
  async warmUp(): Promise<void> {
    if (this.#closed) return;
    if (this.#sameThread === undefined) await this.#pool.warmUp();
    if (this.#sameThread !== undefined) await kernelsHere().catch(() => undefined);
  }

  /**
   * What is known of this solver, after its kernels were measured.
   *
   * @throws {PowError} `POW_CLOSED`.
   */
  async findings(): Promise<Findings> {
    if (this.#closed) throw closedError();
    await this.warmUp();
    if (this.#sameThread === undefined) await this.#pool.measured();
    if (this.#closed) throw closedError();
    const { transport, report } = this.#pool;
    const here = transport === undefined || report === undefined;
    const kernels = here ? await measuredHere() : report;
    return {
      kernels,
      transport: here ? 'same-thread' : transport,
      threads: here ? 1 : this.#threads,
      why: this.#sameThread,
      hashesPerSecond: this.#rate.hashesPerSecond,
    };
  }

  /** Ends what is being solved with `POW_CLOSED`, and all threads; resolves when they are gone. May be called again. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#jobs) job.fail(closedError());
    await this.#pool.close();
  }

  #job({ question, kernel, threads, maxHashes, timeoutMs, onProgress }: CheckedOptions, elapsed: () => number): Job {
    const { challenge, algorithm, difficulty } = question;
    const few = expectedHashes(difficulty) <= ONE_THREAD_HASHES;
    const limits = { kernel, threads: Math.min(threads ?? (few ? 1 : this.#threads), this.#mostThreads), maxHashes };
    const report = progressReporter(difficulty, onProgress);
    const job: Job = new Job(puzzleOf(messagePrefix(challenge, algorithm), difficulty), limits, {
      onSlice: () => {
        const elapsedMs = elapsed();
        if (elapsedMs >= timeoutMs) job.fail(this.#outOfBudget(job, `${timeoutMs} ms`, elapsedMs));
        else report(job.hashes, elapsedMs);
      },
      onExhausted: () => job.fail(this.#outOfBudget(job, `${maxHashes} hashes`, elapsed())),
    });
    return job;
  }

  /** Fails the job when its time is up, and at once where no attempt is allowed. */
  #limit(job: Job, { timeoutMs, maxHashes }: CheckedOptions, elapsed: () => number, over: AbortSignal): void {
    const timeUp = () => job.fail(this.#outOfBudget(job, `${timeoutMs} ms`, elapsed()));
    if (timeoutMs <= 0) timeUp();
    else if (maxHashes <= 0) job.fail(this.#outOfBudget(job, `${maxHashes} hashes`, elapsed()));
    else if (timeoutMs < Infinity) this.#clock.sleep(timeoutMs, { signal: over }).then(timeUp, () => undefined);
  }

  #start(job: Job): void {
    if (this.#sameThread === undefined) this.#pool.add(job);
    else workHere(job);
  }

  #outOfBudget({ puzzle: { difficulty }, hashes }: Job, budget: string, elapsedMs: number): PowError {
    return outOfBudget(budget, { difficulty, hashes, elapsedMs }, this.#rate);
  }

  get #rate(): Rate {
    const measured = this.#sameThread === undefined ? this.#pool.rate : rateHere();
    return { hashesPerSecond: measured || UNMEASURED_RATE, measured: measured > 0 };
  }
}

/**
 * A solver of one's own, with its own threads, instead of the process's shared one.
 *
 * @throws {PowInputError} an option has the wrong type or range.
 */
export function createSolver(options?: SolverOptions): Solver {
  return new Solver(options);
}

const NO_WORK: Solution = Object.freeze({
  nonce: '0',
  hashes: 0,
  elapsedMs: 0,
  kernel: 'none',
  transport: 'none',
  threads: 0,
});

function closedError(): PowError {
  return new PowError('POW_CLOSED', 'The solver was closed.');
}

function wrongNonceError(): PowError {
  return new PowError(
    'POW_WRONG_NONCE',
    'A kernel returned a nonce that does not solve. This is a bug in countersign.',
  );
}
