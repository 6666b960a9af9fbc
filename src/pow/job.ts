import type { KernelName } from './kernel.js';
import { NonceSpace } from './nonce-space.js';
import type { Puzzle } from './puzzle.js';
import type { Slice, SliceResult } from './search.js';
import type { Transport } from './solution.js';

/** Who tries slices, and how. */
export interface Worker {
  readonly transport: Transport;
  readonly kernel: KernelName;
}

/** How a job is worked on: which kernel, on how many threads at most, and up to how many hashes. */
export interface JobLimits {
  readonly kernel: KernelName | 'auto';
  readonly threads: number;
  readonly maxHashes: number;
}

/** What a job tells of itself while it is worked on. */
export interface JobEvents {
  /** A slice was tried and did not solve. */
  onSlice(): void;
  /** `maxHashes` is used up, or every nonce is. */
  onExhausted(): void;
}

/** One challenge being solved, by however many threads: what is left to try, what was tried, how it ended. */
export class Job {
  readonly puzzle: Puzzle;
  readonly limits: JobLimits;
  /** Resolves with the nonce; rejects with what the job was failed with. */
  readonly nonce: Promise<string>;
  /** Hashes tried so far. */
  hashes = 0;
  /** Slices being tried. */
  active = 0;
  /** Threads that were busy with it at once, at most. */
  threads = 0;
  /** Who tried the latest slice. */
  worker: Worker | undefined;
  readonly #space: NonceSpace;
  readonly #events: JobEvents;
  #handedOut = 0;
  #settled = false;
  #resolve!: (nonce: string) => void;
  #reject!: (reason: unknown) => void;

  constructor(puzzle: Puzzle, limits: JobLimits, events: JobEvents) {
    this.puzzle = puzzle;
    this.limits = limits;
    this.#space = new NonceSpace(puzzle.tail.length);
    this.#events = events;
    this.nonce = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get settled(): boolean {
    return this.#settled;
  }

  /** How many more threads could work on it. */
  get wanted(): number {
    return this.#settled || !this.#hasMore ? 0 : this.limits.threads - this.active;
  }

  /** The next slice of about `hashes` nonces for `worker`; `undefined` when there is no more to hand out. */
  take(worker: Worker, hashes: number): Slice | undefined {
    const left = this.limits.maxHashes - this.#handedOut;
    const slice = this.#settled || left <= 0 ? undefined : this.#space.take(Math.min(hashes, left));
    if (!slice) return undefined;
    this.#handedOut += hashesOf(slice);
    this.active++;
    this.threads = Math.max(this.threads, this.active);
    this.worker = worker;
    return slice;
  }

  /** A slice was tried. */
  done({ nonce, hashes }: SliceResult): void {
    this.active--;
    this.hashes += hashes;
    if (this.#settled) return;
    if (nonce !== undefined) {
      this.#settle(() => this.#resolve(nonce));
      return;
    }
    this.#events.onSlice();
    if (this.active === 0 && !this.#hasMore) this.#events.onExhausted();
  }

  /** A slice was not tried, since its thread was lost. */
  putBack(slice: Slice): void {
    this.active--;
    this.#handedOut -= hashesOf(slice);
    this.#space.putBack(slice);
  }

  fail(reason: unknown): void {
    this.#settle(() => this.#reject(reason));
  }

  get #hasMore(): boolean {
    return this.#handedOut < this.limits.maxHashes && !this.#space.exhausted;
  }

  #settle(how: () => void): void {
    if (this.#settled) return;
    this.#settled = true;
    how();
  }
}

function hashesOf({ layout, rows }: Slice): number {
  return rows * layout.rowNonces;
}
