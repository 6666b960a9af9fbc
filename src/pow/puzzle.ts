import { BLOCK_BYTES, compress, INITIAL, readBlock } from './sha256.js';

/** A prefix, hashed as far as its whole blocks go. Plain data: it travels to workers. */
export interface Puzzle {
  /** Chaining value after the prefix's whole blocks. */
  readonly chain: Int32Array;
  /** The rest of the prefix, 0 to 63 bytes. */
  readonly tail: Uint8Array;
  /** Length of the whole prefix, bytes. */
  readonly prefixBytes: number;
  /** Leading zero bits to find, 1 to 256. */
  readonly difficulty: number;
}

/** Hashes the whole blocks of `prefix`. */
export function puzzleOf(prefix: Uint8Array, difficulty: number): Puzzle {
  const chain = Int32Array.from(INITIAL);
  const wholeBytes = prefix.length - (prefix.length % BLOCK_BYTES);
  const w = new Int32Array(64);
  for (let at = 0; at < wholeBytes; at += BLOCK_BYTES) {
    readBlock(w, prefix, at);
    compress(chain, w);
  }
  return { chain, tail: prefix.slice(wholeBytes), prefixBytes: prefix.length, difficulty };
}
