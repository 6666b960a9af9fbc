import type { Kernel } from './kernel.js';
import type { Layout } from './layout.js';
import type { Puzzle } from './puzzle.js';
import { Row } from './row.js';
import { leadingZeroBits } from './sha256.js';

/** A number of rows of one layout: what a kernel is asked to try in one go. */
export interface Slice {
  readonly layout: Layout;
  readonly firstRow: number;
  readonly rows: number;
}

export interface SliceResult {
  /** The nonce that solves, if there was one. */
  readonly nonce: string | undefined;
  /** Hashes that were tried. */
  readonly hashes: number;
}

/** A piece for a thread that has other things to do. The first in plain JavaScript may run at 5,000 hashes a second (Firefox). */
export const PIECE_HASHES = 200;

/** Tries the nonces of a slice in order and stops at the first that solves. */
export function searchSlice(kernel: Kernel, puzzle: Puzzle, slice: Slice): SliceResult {
  const { value } = solutions(kernel, puzzle, slice).next();
  return value;
}

/**
 * Every nonce of a slice that solves, in order, each with the number of hashes so far; at the end the number of all.
 * Digest word 0 is compared by the kernel, and what passes there is compared in full here.
 *
 * With `pieceHashes`, a multiple of 4, it stops after each such piece as well, with no nonce. Whoever has used the kernel
 * for something else meanwhile goes on with `next(true)`.
 */
export function* solutions(
  kernel: Kernel,
  puzzle: Puzzle,
  slice: Slice,
  pieceHashes = Infinity,
): Generator<SliceResult, SliceResult, boolean | undefined> {
  const { layout, rows } = slice;
  const { varying, word } = layout;
  const row = new Row(puzzle, layout, slice.firstRow);
  const shift = 8 * (4 - (layout.varyingAt % 4) - varying);
  const digitMask = (-1 >>> (32 - 8 * varying)) | 0;
  const mask = puzzle.difficulty < 32 ? ~(-1 >>> puzzle.difficulty) : -1;
  const first = row.beginsWithVarying ? 10 ** (varying - 1) : 0;
  const end = 10 ** varying;
  for (let done = 0; done < rows; done++) {
    if (done > 0) row.next();
    const before = done * (end - first);
    let from = first - (first % kernel.lanes);
    if (varying > 0) row.prepare(kernel);
    while (from < end) {
      const to = Math.min(from + pieceHashes, end);
      const hit = varying > 0 ? kernel.search(word, from, to, digitMask, shift, mask) : 0;
      if (hit < 0) {
        from = to;
        if (pieceHashes < Infinity && (yield { nonce: undefined, hashes: before + to - first })) row.prepare(kernel);
        continue;
      }
      // The kernel names the first hit of a group of lanes, which may lie outside of the row; the others are tried here.
      from = hit - (hit % kernel.lanes) + kernel.lanes;
      for (let n = Math.max(hit, first); n < Math.min(from, end); n++) {
        row.vary(n);
        if (leadingZeroBits(row.digest()) < puzzle.difficulty) continue;
        if (yield { nonce: row.nonce(), hashes: before + n + 1 - first }) row.prepare(kernel);
      }
    }
  }
  return { nonce: undefined, hashes: rows * (end - first) };
}
