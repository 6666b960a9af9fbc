import { type Clock, systemClock } from '../runtime/clock.js';
import { coreCount } from '../runtime/cores.js';
import { clockStandsStill } from '../runtime/identity.js';
import { hasWorkers } from '../runtime/worker.js';
import { PowDifficultyError, PowError, PowInputError, PowTimeoutError } from './errors.js';
import { expectedHashes, hashesInWords, probability, timeInWords } from './expectation.js';
import { checkQuestion, kindOf } from './input.js';
import { Job } from './job.js';
import type { KernelReport } from './kernel-set.js';
import { Pool } from './pool.js';
import { messagePrefix } from './prefix.js';
import { puzzleOf } from './puzzle.js';
import { kernelsHere, workHere } from './same-thread.js';
import type { Solution, SolveOptions, Transport } from './solution.js';
import { verify } from './verify.js';

/** Options of `createSolver`. */
export interface SolverOptions {
  /** Busy threads at most, 1 to 64. Default min(8, max(1, cores − 1)). */
  readonly threads?: number | undefined;
  /** Where the application hosts `countersign/pow/worker`, for a page whose policy allows no `blob:` workers. */
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

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_DIFFICULTY = 30;
const MOST_THREADS = 64;
const PROGRESS_MS = 100;
/** Work for which a second thread is not worth its start: 50 ms at the slowest rate that is common. */
const ONE_THREAD_HASHES = 2 ** 18;
/** A careful guess where no rate was measured. */
const UNMEASURED_RATE = 1_000_000;

/** Solves challenges on threads of its own. Close it when it is not needed any more. */
export class Solver {
  readonly #clock: Clock;
  readonly #threads: number;
  readonly #pool: Pool;
  readonly #jobs = new Set<Job>();
  #closed = false;
  /** Why the work is done on this thread, where it is. */
  #sameThread: string | undefined;

  constructor(options: SolverOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#threads = checkThreads(options.threads) ?? Math.min(8, Math.max(1, coreCount() - 1));
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
    const question = checkQuestion(options);
    const { difficulty } = question;
    const { signal, onProgress, timeoutMs = DEFAULT_TIMEOUT_MS, maxDifficulty = DEFAULT_MAX_DIFFICULTY } = options;
    checkAmount('timeoutMs', timeoutMs);
    checkAmount('maxDifficulty', maxDifficulty);
    checkAmount('maxHashes', options.maxHashes ?? 0);
    const maxHashes = options.maxHashes ?? (clockStandsStill() ? (timeoutMs * UNMEASURED_RATE) / 1000 : Infinity);
    const wanted = checkThreads(options.threads);
    const { kernel = 'auto' } = options;
    if (!['auto', 'simd', 'scalar', 'js'].includes(kernel)) {
      throw new PowInputError("kernel must be 'auto', 'simd', 'scalar' or 'js'.");
    }
    signal?.throwIfAborted();
    if (this.#closed) throw closedError();
    if (difficulty <= 0) return { nonce: '0', hashes: 0, elapsedMs: 0, kernel: 'none', transport: 'none', threads: 0 };
    if (difficulty > maxDifficulty) throw this.#refusal(difficulty, maxDifficulty);

    const start = this.#clock.monotonic();
    const elapsed = () => this.#clock.monotonic() - start;
    const outOfBudget = (what: string): void => job.fail(this.#exhausted(difficulty, what, job.hashes, elapsed()));
    const few = difficulty < 31 && expectedHashes(difficulty) <= ONE_THREAD_HASHES;
    if (wanted !== undefined) this.#pool.threads = Math.max(this.#pool.threads, wanted);
    let reported = start;
    const job: Job = new Job(
      puzzleOf(messagePrefix(question.challenge, question.algorithm), difficulty),
      { kernel, threads: wanted ?? (few ? 1 : this.#threads), maxHashes },
      {
        onSlice: () => {
          const now = this.#clock.monotonic();
          if (now - start >= timeoutMs) outOfBudget(`${timeoutMs} ms`);
          if (!onProgress || now - reported < PROGRESS_MS) return;
          reported = now;
          const { hashes } = job;
          const hashesPerSecond = Math.round((hashes * 1000) / (now - start));
          onProgress({ hashes, elapsedMs: now - start, hashesPerSecond, probability: probability(difficulty, hashes) });
        },
        onExhausted: () => outOfBudget(`${maxHashes} hashes`),
      },
    );
    if (timeoutMs <= 0) outOfBudget(`${timeoutMs} ms`);
    else if (maxHashes <= 0) outOfBudget(`${maxHashes} hashes`);

    const over = new AbortController();
    const onAbort = () => job.fail(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (timeoutMs < Infinity && !job.settled) {
      const timeUp = () => outOfBudget(`${timeoutMs} ms`);
      this.#clock.sleep(timeoutMs, { signal: over.signal }).then(timeUp, () => undefined);
    }
    this.#jobs.add(job);
    try {
      if (!job.settled) this.#start(job);
      const nonce = await job.nonce;
      if (!verify({ ...question, nonce })) {
        throw new PowError(
          'POW_WRONG_NONCE',
          'A kernel returned a nonce that does not solve. This is a bug in countersign.',
        );
      }
      const { hashes, threads, worker } = job;
      return { nonce, hashes, elapsedMs: elapsed(), kernel: worker!.kernel, transport: worker!.transport, threads };
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

  /** What is known of this solver, after its kernels were measured. */
  async findings(): Promise<Findings> {
    await this.warmUp();
    if (this.#sameThread === undefined) await this.#pool.measured();
    const why = this.#sameThread;
    const { transport, report } = this.#pool;
    if (why === undefined && transport && report) {
      return { kernels: report, transport, why, threads: this.#threads, hashesPerSecond: this.#rate };
    }
    const kernels = (await kernelsHere()).report;
    return { kernels, transport: 'same-thread', why, threads: 1, hashesPerSecond: this.#rate };
  }

  /** Ends what is being solved with `POW_CLOSED` and all threads. May be called again. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#jobs) job.fail(closedError());
    this.#pool.close();
  }

  #start(job: Job): void {
    if (this.#sameThread === undefined) this.#pool.add(job);
    else workHere(job).catch((error) => job.fail(error));
  }

  #refusal(difficulty: number, maxDifficulty: number): PowDifficultyError {
    const message = `Difficulty ${difficulty} is above the limit of ${maxDifficulty}: ${this.#price(difficulty)} Raise maxDifficulty if you want that.`;
    return new PowDifficultyError(message, { difficulty, maxDifficulty });
  }

  #exhausted(difficulty: number, budget: string, hashes: number, elapsedMs: number): PowTimeoutError {
    const tried = `${hashesInWords(hashes)} in ${timeInWords(elapsedMs)}`;
    const message = `No nonce of difficulty ${difficulty} was found within ${budget} (${tried}): ${this.#price(difficulty)} Allow more, or try again.`;
    return new PowTimeoutError(message, { difficulty, hashes, elapsedMs });
  }

  #price(difficulty: number): string {
    const hashes = expectedHashes(difficulty);
    const time = timeInWords((hashes * 1000) / this.#rate);
    const rate = `${this.#pool.rate ? 'the measured' : 'an assumed'} ${(this.#rate / 1e6).toFixed(1)}`;
    return `it takes ${hashesInWords(hashes)} on average, ${time} at ${rate} million hashes a second on one thread.`;
  }

  /** Hashes a second on one thread. */
  get #rate(): number {
    return this.#pool.rate || UNMEASURED_RATE;
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

function closedError(): PowError {
  return new PowError('POW_CLOSED', 'The solver was closed.');
}

function checkAmount(field: string, value: unknown): void {
  if (typeof value !== 'number' || Number.isNaN(value)) {
    throw new PowInputError(`${field} must be a number, not ${kindOf(value)}.`);
  }
}

function checkThreads(threads: unknown): number | undefined {
  if (threads === undefined) return undefined;
  if (!Number.isInteger(threads) || (threads as number) < 1 || (threads as number) > MOST_THREADS) {
    throw new PowInputError(`threads must be an integer from 1 to ${MOST_THREADS}, not ${kindOf(threads)}.`);
  }
  return threads as number;
}
