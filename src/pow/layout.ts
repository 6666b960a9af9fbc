import { LATE } from '../../assembly/memory.js';
import { BLOCK_BYTES } from './sha256.js';

/**
 * One way to lay nonces of one length behind a prefix. A *row* is the nonces that differ only in `varying` digits, all
 * of them in one word of the last block, so that a kernel's inner loop changes that word alone.
 *
 * Offsets are in bytes from the start of the *tail*: what of the prefix follows its last whole block, then the nonce,
 * then SHA-256's padding.
 */
export interface Layout {
  /** Decimal digits of the nonce. */
  readonly digits: number;
  /** Blocks of the tail: 1, or 2 where the nonce or the padding spills. */
  readonly blocks: 1 | 2;
  /** Which word of the last block varies. */
  readonly word: number;
  /** How many digits vary, 0 to 4; with 0 a row is a single nonce. */
  readonly varying: number;
  /** Where the varying digits begin. */
  readonly varyingAt: number;
  /** How many nonces a row has: fewer than 10^varying where its digits are the nonce's first, which none begins with 0. */
  readonly rowNonces: number;
  /** How many rows there are, as far as they can be counted exactly. */
  readonly rows: number;
}

/** A signed 64-bit number on any server. */
const MOST_DIGITS = 19;
const PADDING_BYTES = 9;

// What a layout is worth, relative to a long row of the late entry. Measured with `npm run bench -- lengths`: the early
// entry runs at 0.8 of the late one, and setting up a row takes as long as about twenty hashes.
const EARLY = 0.8;
const ROW_SETUP_HASHES = 20;

const known = new Map<number, readonly Layout[]>();

/**
 * All layouts behind a prefix whose last `tailBytes` (0 to 63) do not fill a block, best first. A search takes them in
 * turn: a fast one that is soon used up costs nothing to try.
 */
export function layouts(tailBytes: number): readonly Layout[] {
  let result = known.get(tailBytes);
  if (!result) {
    const worth = new Map<Layout, number>();
    for (let digits = 1; digits <= MOST_DIGITS; digits++) {
      const candidates = candidateLayouts(tailBytes, digits).map((layout) => [layout, speed(layout)] as const);
      const [layout, best] = candidates.reduce((best, next) => (next[1] > best[1] ? next : best));
      worth.set(layout, best);
    }
    result = [...worth.keys()].sort((a, b) => worth.get(b)! - worth.get(a)! || b.digits - a.digits);
    known.set(tailBytes, result);
  }
  return result;
}

function candidateLayouts(tailBytes: number, digits: number): Layout[] {
  const end = tailBytes + digits;
  const blocks = end + PADDING_BYTES <= BLOCK_BYTES ? 1 : 2;
  const lastBlock = (blocks - 1) * BLOCK_BYTES;
  const found = [layoutOf(digits, tailBytes, blocks, 0, 0, 0)];
  for (let word = 0; word < 14; word++) {
    const wordAt = lastBlock + 4 * word;
    const varyingAt = Math.max(wordAt, tailBytes);
    const varying = Math.min(wordAt + 4, end) - varyingAt;
    if (varying > 0) found.push(layoutOf(digits, tailBytes, blocks, word, varying, varyingAt));
  }
  return found;
}

function layoutOf(digits: number, tailBytes: number, blocks: 1 | 2, word: number, varying: number, at: number): Layout {
  const fixed = digits - varying;
  const beginsWithVarying = varying > 0 && at === tailBytes;
  const rowNonces = beginsWithVarying ? 9 * 10 ** (varying - 1) : 10 ** varying;
  const rows = beginsWithVarying ? 10 ** fixed : 9 * 10 ** (fixed - 1);
  return { digits, blocks, word, varying, varyingAt: at, rowNonces, rows: Math.min(rows, Number.MAX_SAFE_INTEGER) };
}

function speed({ blocks, word, varying }: Layout): number {
  const hashes = 10 ** varying;
  const entry = word === LATE ? 1 : EARLY;
  return (entry * hashes) / (hashes + blocks * ROW_SETUP_HASHES);
}
