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
/** What does not vary of schedule word i, 16 to 40: the sum of those of its terms whose sources do not; indexed by i. */
export const P = 200;
/** Digest word 0 of the chaining value, to which the last round's `a` is added. */
export const CHAIN = 244;
/** The varying word without its varying digits. */
export const BASE = 245;
/** What the varying word is added to: for `a` and for `e` after the kernel's entry round, or for KW. */
export const SUM_A = 246;
export const SUM_E = 247;
/** The three entries of P that the varying word is a term of, without it: as W[i−7], as σ0(W[i−15]), as W[i−16]. */
export const SUM_P7 = 248;
export const SUM_P15 = 249;
export const SUM_P16 = 250;
/** A place to write what nobody reads. */
export const SPARE = 251;
/** How many units that is. */
export const UNITS = 256;

/** The decimal numbers 0000…9999 in ASCII, four bytes each, big-endian; in bytes from the start, for every kernel. */
export const DIGITS = 4096;

/** The varying word of the late entry, which is made for it alone; the early entry serves every other word. */
export const LATE = 12;
