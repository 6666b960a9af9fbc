import { DIGITS, K as K_UNIT } from '../../assembly/memory.js';
import { K } from './sha256.js';

/** The kernels there are: four lanes of v128, one lane of WebAssembly, plain JavaScript. */
export type KernelName = 'simd' | 'scalar' | 'js';

/** Finds digits that solve: the inner loop of the proof of work. Its inputs lie in `memory`, see assembly/memory.ts. */
export interface Kernel {
  readonly name: KernelName;
  /** Nonces at a time; each unit of `memory` holds that many equal words. */
  readonly lanes: 1 | 4;
  readonly memory: Int32Array;
  /**
   * Tries the numbers `from` (inclusive) to `to` (exclusive), multiples of `lanes`, as the varying digits, and returns
   * the first whose digest word 0 has none of the bits in `mask`; −1 where there is none.
   */
  search(word: number, from: number, to: number, digitMask: number, shift: number, mask: number): number;
}

/** How many bytes of memory a kernel needs. */
export const MEMORY_BYTES = 65_536;

/** Writes what never changes: the table of digits and the round constants. */
export function initialise(memory: Int32Array, lanes: number): void {
  for (let n = 0; n < 10_000; n++) memory[DIGITS / 4 + n] = asciiDigits(n);
  for (let i = 0; i < 64; i++) memory.fill(K[i]!, (K_UNIT + i) * lanes, (K_UNIT + i + 1) * lanes);
}

function asciiDigits(n: number): number {
  const digit = (power: number) => 0x30 + (Math.floor(n / power) % 10);
  return (digit(1000) << 24) | (digit(100) << 16) | (digit(10) << 8) | digit(1);
}
