import type { WorkerTransport } from '../runtime/worker-thread.js';
import type { PowQuestion } from './input.js';
import type { KernelName } from './kernel.js';

/** Where hashes are computed: in a worker, or in slices on the caller's own thread. */
export type Transport = WorkerTransport | 'same-thread';

/** How far a solve has come. */
export interface PowProgress {
  /** Hashes tried so far. */
  readonly hashes: number;
  readonly elapsedMs: number;
  readonly hashesPerSecond: number;
  /** How likely it was to have found a nonce by now: 1 − (1 − 2^−difficulty)^hashes. */
  readonly probability: number;
}

/** Options of `solve`. */
export interface SolveOptions extends PowQuestion {
  /** `'auto'` (default) takes the fastest that this thread allows, measured once a process. */
  readonly kernel?: KernelName | 'auto' | undefined;
  /**
   * Threads at most, 1 to 64, and never more than a solver of one's own was made with. Default 1 while the work is under
   * about 50 ms, else the solver's.
   */
  readonly threads?: number | undefined;
  /** Time for the whole solve, milliseconds. Default 10 000. `Infinity` for no limit. */
  readonly timeoutMs?: number | undefined;
  /**
   * Hashes to try at most, rounded up to a row of nonces (10 000 or fewer). Default none; where clocks stand still
   * (Cloudflare Workers) what `timeoutMs` allows at a million hashes a second.
   */
  readonly maxHashes?: number | undefined;
  /** A higher difficulty is refused at once. Default 30. */
  readonly maxDifficulty?: number | undefined;
  /** Ends the solve at the next slice, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called at most every 100 ms. What it throws is ignored. */
  readonly onProgress?: ((progress: PowProgress) => void) | undefined;
}

/** A nonce, and how it was found. Frozen. */
export interface Solution {
  /** Decimal digits. */
  readonly nonce: string;
  /** Hashes that were tried. */
  readonly hashes: number;
  readonly elapsedMs: number;
  /** `'none'` where the difficulty asked for no work. */
  readonly kernel: KernelName | 'none';
  readonly transport: Transport | 'none';
  /** Threads that took part. */
  readonly threads: number;
}
