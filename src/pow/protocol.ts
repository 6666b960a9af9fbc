import type { KernelBinaries } from '../runtime/kernel-binaries.js';
import type { KernelName } from './kernel.js';
import type { KernelReport } from './kernel-set.js';
import type { Puzzle } from './puzzle.js';
import type { Slice, SliceResult } from './search.js';

/** What a worker is told. */
export type Request =
  | { readonly type: 'start'; readonly binaries: KernelBinaries }
  | { readonly type: 'slice'; readonly kernel: KernelName; readonly puzzle: Puzzle; readonly slice: Slice }
  | { readonly type: 'calibrate' };

/** What it answers to each. A slice may be asked for while it calibrates, and comes first. */
export interface Answers {
  readonly start: KernelReport;
  readonly slice: SliceResult & { readonly elapsedMs: number };
  readonly calibrate: KernelReport;
}

export interface Answer<T extends Request['type'] = Request['type']> {
  readonly type: T;
  readonly value: Answers[T];
}
