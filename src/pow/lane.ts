import workerSource from '../../build/worker-source.js';
import type { Clock } from '../runtime/clock.js';
import { kernelBinaries } from '../runtime/kernel-binaries.js';
import { nextTask } from '../runtime/task.js';
import { startWorker } from '../runtime/worker.js';
import type { WorkerThread } from '../runtime/worker-thread.js';
import type { Worker } from './job.js';
import { early, late } from './js-rounds.js';
import type { KernelName } from './kernel.js';
import type { KernelReport } from './kernel-set.js';
import type { Answer, Answers, Request } from './protocol.js';
import type { Puzzle } from './puzzle.js';
import type { Slice, SliceResult } from './search.js';
import { SliceSize } from './slice-size.js';

const SLICE_MS = 20;
/**
 * A content security policy may kill a worker without a word, and a slice takes some 20 ms: who says nothing for so long
 * will not speak again.
 */
export const SILENCE_MS = 5_000;

interface Waiting {
  resolve(value: Answer['value']): void;
  reject(reason: unknown): void;
}

export interface LaneOptions {
  readonly workerUrl: string | URL | undefined;
  readonly clock: Clock;
  /** The worker failed or fell silent; the lane is of no more use. Not called after `close`. */
  onLost(lane: Lane, reason: unknown): void;
}

/** A worker, and the questions it has not answered yet: at most one of each type. */
export class Lane {
  readonly #options: LaneOptions;
  readonly #thread: WorkerThread;
  readonly #waiting = new Map<Request['type'], Waiting>();
  readonly #workers = new Map<KernelName, Worker & { readonly size: SliceSize }>();
  #report!: KernelReport;
  /** Why the worker is gone, once it is. */
  #gone: { readonly reason: unknown } | undefined;
  #holds = 0;

  /** Starts a worker. @throws whatever the runtime throws when it refuses one at once. */
  constructor(options: LaneOptions) {
    this.#options = options;
    this.#thread = startWorker(workerSource({ early, late }), options.workerUrl, {
      onMessage: (message) => {
        const { type, value } = message as Answer;
        this.#waiting.get(type)?.resolve(value);
      },
      onFailure: (reason) => this.#lose(reason),
    });
  }

  /** Resolves when the worker's kernels are ready. */
  async ready(): Promise<void> {
    this.#report = await this.#ask({ type: 'start', binaries: kernelBinaries() });
  }

  get transport(): WorkerThread['transport'] {
    return this.#thread.transport;
  }

  get report(): KernelReport {
    return this.#report;
  }

  /** Hashes a second of a kernel in its latest slice; 0 before it had one. */
  rate(kernel: KernelName): number {
    return this.#workers.get(kernel)?.size.rate ?? 0;
  }

  /** This lane with one of its kernels: what a job knows of it, and how large its next slice should be. */
  with(kernel: KernelName): Worker & { readonly size: SliceSize } {
    let worker = this.#workers.get(kernel);
    if (!worker) {
      worker = { transport: this.transport, kernel, size: new SliceSize(SLICE_MS) };
      this.#workers.set(kernel, worker);
    }
    return worker;
  }

  /** Tries a slice. Rejects when the worker is lost. */
  async search(kernel: KernelName, puzzle: Puzzle, slice: Slice): Promise<SliceResult> {
    const { nonce, hashes, elapsedMs } = await this.#ask({ type: 'slice', kernel, puzzle, slice });
    this.with(kernel).size.observe(hashes, elapsedMs);
    return { nonce, hashes };
  }

  /** Measures the kernels, beside other work. The process may end before it is done. */
  async calibrate(): Promise<void> {
    this.#report = await this.#ask({ type: 'calibrate' });
  }

  /** Keeps the process alive until as many calls of `release`. */
  hold(): void {
    if (this.#holds++ === 0) this.#thread.setRef(true);
  }

  release(): void {
    if (--this.#holds === 0) this.#thread.setRef(false);
  }

  /** Ends the worker; whoever waits for an answer is told. */
  close(): Promise<void> {
    this.#giveUp(new Error('The worker was closed.'));
    return this.#thread.terminate();
  }

  #lose(reason: unknown): void {
    if (this.#gone) return;
    this.#giveUp(reason);
    void this.#thread.terminate();
    this.#options.onLost(this, reason);
  }

  #giveUp(reason: unknown): void {
    this.#gone ??= { reason };
    for (const { reject } of this.#waiting.values()) reject(this.#gone.reason);
  }

  async #ask<T extends Request['type']>(request: Request & { readonly type: T }): Promise<Answers[T]> {
    if (this.#gone) throw this.#gone.reason;
    const { type } = request;
    const inBackground = type === 'calibrate';
    const answered = new AbortController();
    if (!inBackground) this.hold();
    try {
      return await new Promise<Answers[T]>((resolve, reject) => {
        this.#waiting.set(type, { resolve: resolve as Waiting['resolve'], reject });
        try {
          this.#thread.post(request);
        } catch (error) {
          this.#lose(error);
        }
        if (!inBackground) void this.#watch(answered.signal);
      });
    } finally {
      this.#waiting.delete(type);
      answered.abort();
      if (!inBackground) this.release();
    }
  }

  /** Gives the worker up when it does not answer in time. */
  async #watch(answered: AbortSignal): Promise<void> {
    try {
      await this.#options.clock.sleep(SILENCE_MS, { signal: answered });
    } catch {
      return;
    }
    // After something blocked this thread for long, timers come before messages: an answer may lie there unread.
    await nextTask();
    if (!answered.aborted) this.#lose(new Error(`The worker said nothing for ${SILENCE_MS} ms.`));
  }
}
