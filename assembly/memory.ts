// Where a kernel's inputs lie in its memory, in units of one vector: a kernel of n lanes keeps n equal words a unit
// (so does each lane find its own copy), hence a unit is 4 · n bytes. AssemblyScript and TypeScript both read this file.

/** The eight working variables a…h with which the kernel enters its first round. */
export const STATE = 0;
/** Message schedule, 64 words; the kernel fills in what varies. */
export const W = 8;
/** Message schedule plus round constant, as far as it does not vary in the inner loop. */
export const KW = 72;
/** Round constants. */
export const K = 136;
/** σ0(W[i−15]) + W[i−16] for the words i = 16…30 whose two sources lie in the message block; indexed by i. */
export const P = 200;
/** Digest word 0 of the chaining value, to which the last round's `a` is added. */
export const CHAIN = 232;
/** The varying word without its varying digits. */
export const BASE = 233;
/** What the varying word is added to: for `a` and for `e` after the kernel's entry round, or for KW. */
export const SUM_A = 234;
export const SUM_E = 235;
/** What the two entries of P that the varying word reaches are made of: W[word−1] and σ0(W[word+1]). */
export const SUM_P15 = 236;
export const SUM_P16 = 237;
/** A place to write what nobody reads. */
export const SPARE = 238;
/** How many units that is. */
export const UNITS = 240;

/** The decimal numbers 0000…9999 in ASCII, four bytes each, big-endian; in bytes from the start, for every kernel. */
export const DIGITS = 4096;

/** The round at which the late entry begins: the varying word is this one or the next, so rounds before never change. */
export const LATE = 12;
