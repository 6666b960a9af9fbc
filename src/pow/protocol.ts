import type { KernelBinaries } from '../runtime/kernel-binaries.js';
import type { KernelName } from './kernel.js';
import type { KernelReport } from './kernel-set.js';
import type { Puzzle, Slice, SliceResult } from './search.js';

/** What a worker is told, and what it answers. */
export type ToWorker =
  | { readonly type: 'start'; readonly binaries: KernelBinaries; readonly best: KernelName | undefined }
  | { readonly type: 'slice'; readonly kernel: KernelName; readonly puzzle: Puzzle; readonly slice: Slice };

export type FromWorker =
  | { readonly type: 'ready'; readonly report: KernelReport }
  | { readonly type: 'result'; readonly result: SliceResult; readonly elapsedMs: number };
