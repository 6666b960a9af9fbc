import { BASE, CHAIN, KW, LATE, P, STATE, SUM_A, SUM_E, SUM_P7, SUM_P15, SUM_P16 } from '../../assembly/memory.js';
import type { Kernel } from './kernel.js';
import type { Layout } from './layout.js';
import type { Puzzle } from './puzzle.js';
import { BLOCK_BYTES, compress, K, readBlock, rounds, s0, s1 } from './sha256.js';

const ZERO = 0x30;
const NINE = 0x39;

// Which words of the schedule the entries of a kernel work out: those that word 12 reaches, and all.
const LATE_WORDS: boolean[] = [];
for (let i = 16; i < 64; i++) LATE_WORDS[i] = [2, 7, 15, 16].some((back) => i - back === LATE || LATE_WORDS[i - back]);
const EARLY_WORDS = Array.from({ length: 64 }, (_, i) => i >= 16);

/** The tail of the message for one row of nonces, and what a kernel needs to know of it. */
export class Row {
  readonly #puzzle: Puzzle;
  readonly #layout: Layout;
  readonly #bytes = new Uint8Array(2 * BLOCK_BYTES);
  readonly #w = new Int32Array(64);
  readonly #chain = new Int32Array(8);
  readonly #state = new Int32Array(8);

  constructor(puzzle: Puzzle, layout: Layout, row: number) {
    this.#puzzle = puzzle;
    this.#layout = layout;
    const end = puzzle.tail.length + layout.digits;
    const size = layout.blocks * BLOCK_BYTES;
    this.#bytes.set(puzzle.tail);
    this.#bytes.fill(ZERO, puzzle.tail.length, end);
    this.#bytes[end] = 0x80;
    new DataView(this.#bytes.buffer).setBigUint64(size - 8, BigInt(puzzle.prefixBytes + layout.digits) * 8n);
    this.#writeRow(row);
  }

  /** Whether the varying digits are the nonce's first, so that they must not begin with 0. */
  get beginsWithVarying(): boolean {
    return this.#layout.varying > 0 && this.#layout.varyingAt === this.#puzzle.tail.length;
  }

  /** The fixed digits, right to left: the decimal number `row`, whose first digit is raised by one if it leads. */
  #writeRow(row: number): void {
    let rest = row;
    for (let at = this.#lastFixed(this.#end - 1); at >= this.#start; at = this.#lastFixed(at - 1)) {
      this.#bytes[at] = ZERO + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    if (!this.beginsWithVarying) this.#bytes[this.#start]! += 1;
  }

  /** Moves on to the next row. */
  next(): void {
    let at = this.#lastFixed(this.#end - 1);
    while (this.#bytes[at] === NINE) {
      this.#bytes[at] = ZERO;
      at = this.#lastFixed(at - 1);
    }
    this.#bytes[at]! += 1;
  }

  /** Writes `n` as the varying digits. */
  vary(n: number): void {
    let rest = n;
    for (let at = this.#layout.varyingAt + this.#layout.varying - 1; at >= this.#layout.varyingAt; at--) {
      this.#bytes[at] = ZERO + (rest % 10);
      rest = Math.floor(rest / 10);
    }
  }

  nonce(): string {
    return String.fromCharCode(...this.#bytes.subarray(this.#start, this.#end));
  }

  /** SHA-256 of the whole message as it stands. The array is overwritten by the next call. */
  digest(): Int32Array {
    this.#readLastBlock();
    compress(this.#chain, this.#w);
    return this.#chain;
  }

  /** Hands the row to a kernel: everything that does not vary in it is worked out here. */
  prepare({ memory, lanes }: Kernel): void {
    const { word, varying, varyingAt } = this.#layout;
    const put = (unit: number, value: number) => {
      for (let lane = 0; lane < lanes; lane++) memory[unit * lanes + lane] = value;
    };
    this.#bytes.fill(0, varyingAt, varyingAt + varying);
    this.#readLastBlock();
    const w = this.#w;
    const chain = this.#chain;
    const state = this.#state;
    put(CHAIN, chain[0]!);
    put(BASE, w[word]!);

    const entry = word === LATE ? LATE : 0;
    w[word] = 0;
    state.set(chain);
    rounds(state, w, 0, entry + 1);
    for (let i = 0; i < 8; i++) put(STATE + i, state[i]!);
    put(SUM_E, state[4]!);
    put(SUM_A, word === entry ? state[0]! : K[word]!);
    for (let i = entry + 1; i < 16; i++) put(KW + i, K[i]! + w[i]!);

    // Of the schedule, the sums of the terms that the kernel does not work out; a whole word where it works out none.
    const varies = entry === LATE ? LATE_WORDS : EARLY_WORDS;
    for (let i = 16; i <= 40; i++) {
      w[i] = 0;
      if (!varies[i - 2]) w[i]! += s1(w[i - 2]!);
      if (!varies[i - 7]) w[i]! += w[i - 7]!;
      if (!varies[i - 15]) w[i]! += s0(w[i - 15]!);
      if (!varies[i - 16]) w[i]! += w[i - 16]!;
      if (varies[i]) put(P + i, w[i]!);
      else put(KW + i, K[i]! + w[i]!);
    }
    put(SUM_P7, w[word + 7]!);
    put(SUM_P15, w[word + 15]!);
    put(SUM_P16, w[word + 16]!);
  }

  get #start(): number {
    return this.#puzzle.tail.length;
  }

  get #end(): number {
    return this.#puzzle.tail.length + this.#layout.digits;
  }

  /** The place of the last digit at or before `at` that is not a varying one. */
  #lastFixed(at: number): number {
    const { varying, varyingAt } = this.#layout;
    return at >= varyingAt && at < varyingAt + varying ? varyingAt - 1 : at;
  }

  /** Chaining value before the last block, and the words of that block. */
  #readLastBlock(): void {
    this.#chain.set(this.#puzzle.chain);
    readBlock(this.#w, this.#bytes, 0);
    if (this.#layout.blocks === 2) {
      compress(this.#chain, this.#w);
      readBlock(this.#w, this.#bytes, BLOCK_BYTES);
    }
  }
}
