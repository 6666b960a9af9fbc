import type { Clock } from '../runtime/clock.js';
import type { KernelBinaries } from '../runtime/kernel-binaries.js';
import { startWorker, type WorkerThread, type WorkerTransport } from '../runtime/worker.js';
import type { Worker } from './job.js';
import type { KernelName } from './kernel.js';
import type { KernelReport } from './kernel-set.js';
import type { FromWorker, ToWorker } from './protocol.js';
import type { Puzzle, Slice, SliceResult } from './search.js';
import { SliceSize } from './slice-size.js';

const SLICE_MS = 20;
// A content security policy may kill a worker without a word, and a slice takes some 20 ms: who says nothing for so long
// will not speak again.
const SILENCE_MS = 5_000;

interface Answer {
  resolve(message: FromWorker): void;
  reject(reason: unknown): void;
}

export interface LaneOptions {
  readonly source: string;
  readonly binaries: KernelBinaries;
  /** The fastest kernel, where it is known. */
  readonly best: KernelName | undefined;
  readonly workerUrl: string | URL | undefined;
  readonly clock: Clock;
}

/** A worker that takes one slice at a time. */
export class Lane {
  readonly size = new SliceSize(SLICE_MS);
  readonly #clock: Clock;
  readonly #thread: WorkerThread;
  readonly #workers = new Map<KernelName, Worker>();
  #report!: KernelReport;
  #answer: Answer | undefined;
  #lost: unknown;

  private constructor(options: LaneOptions) {
    this.#clock = options.clock;
    this.#thread = startWorker(options.source, options.workerUrl, {
      onMessage: (message) => this.#answer?.resolve(message as FromWorker),
      onFailure: (reason) => {
        this.#lost ??= reason;
        this.#answer?.reject(reason);
      },
    });
  }

  /** Starts a worker and waits until its kernels are ready. */
  static async open(options: LaneOptions): Promise<Lane> {
    const lane = new Lane(options);
    try {
      const message = await lane.#ask({ type: 'start', binaries: options.binaries, best: options.best });
      if (message.type === 'ready') lane.#report = message.report;
      return lane;
    } catch (error) {
      lane.close();
      throw error;
    }
  }

  get transport(): WorkerTransport {
    return this.#thread.transport;
  }

  get report(): KernelReport {
    return this.#report;
  }

  /** This lane with one of its kernels, as a job knows its workers. */
  as(kernel: KernelName): Worker {
    let worker = this.#workers.get(kernel);
    if (!worker) {
      worker = { transport: this.transport, kernel };
      this.#workers.set(kernel, worker);
    }
    return worker;
  }

  /** Tries a slice. Rejects when the worker is lost; the lane is of no use then. */
  async search(kernel: KernelName, puzzle: Puzzle, slice: Slice): Promise<SliceResult> {
    const message = await this.#ask({ type: 'slice', kernel, puzzle, slice });
    if (message.type !== 'result') throw new Error('The worker answered out of turn.');
    this.size.observe(message.result.hashes, message.elapsedMs);
    return message.result;
  }

  close(): void {
    this.#lost ??= new Error('The worker was closed.');
    this.#answer?.reject(this.#lost);
    this.#thread.terminate();
  }

  async #ask(message: ToWorker): Promise<FromWorker> {
    if (this.#lost) throw this.#lost;
    const answered = new AbortController();
    this.#thread.setRef(true);
    try {
      return await new Promise<FromWorker>((resolve, reject) => {
        this.#answer = { resolve, reject };
        const silent = () => reject(new Error(`The worker said nothing for ${SILENCE_MS} ms.`));
        this.#clock.sleep(SILENCE_MS, { signal: answered.signal }).then(silent, () => undefined);
        this.#thread.post(message);
      });
    } finally {
      this.#answer = undefined;
      answered.abort();
      this.#thread.setRef(false);
    }
  }
}
