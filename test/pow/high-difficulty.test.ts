import { describe, expect, it } from 'vitest';
import type { Kernel } from '../../src/pow/kernel.js';
import { type Layout, layouts } from '../../src/pow/layout.js';
import { puzzleOf } from '../../src/pow/puzzle.js';
import { searchSlice, solutions } from '../../src/pow/search.js';
import { allSolutions, digestOf, KERNELS, kernel, zeroBits } from './kernels.js';

const prefix = Buffer.from('a challenge');
const layout = layouts(prefix.length)[0]!;
const slice = { layout, firstRow: 7, rows: 2 };

describe('beyond digest word 0, which is all that a kernel looks at', () => {
  it.each(KERNELS)('the %s kernel finds nothing where there is nothing', (name) => {
    for (const difficulty of [32, 33, 36, 40, 64, 128, 255, 256, 300]) {
      const result = searchSlice(kernel(name), puzzleOf(prefix, difficulty), slice);
      expect(result).toEqual({ nonce: undefined, hashes: slice.rows * layout.rowNonces });
    }
  });

  it.each([1, 4] as const)('a candidate of %i lanes is compared in full', (lanes) => {
    // Takes every nonce for a candidate, as a kernel does with one in 2^32.
    const memory = new Int32Array(kernel('simd').memory.length);
    const credulous: Kernel = { name: 'js', lanes, memory, search: (_, from) => from };
    const found = [...solutions(credulous, puzzleOf(prefix, 9), slice)].map(({ nonce }) => nonce!);
    expect(found).toEqual(allSolutions('simd', prefix, 9, slice).nonces);
    expect(found.filter((nonce) => zeroBits(digestOf(prefix, nonce)) < 9)).toEqual([]);
    for (let difficulty = 33; difficulty <= 40; difficulty++) {
      expect(searchSlice(credulous, puzzleOf(prefix, difficulty), slice).nonce).toBeUndefined();
    }
  });
});

describe('a solution that was found once, and is found again', () => {
  // What `solve` took 1.5 thousand million hashes for. Its digest begins with zero bits beyond word 0.
  const planted = { prefix: Buffer.from('countersign'), nonce: '1787000000000152580' };
  const bits = zeroBits(digestOf(planted.prefix, planted.nonce));

  it('has a digest whose first word is zero, and more', () => {
    expect(bits).toBeGreaterThanOrEqual(33);
  });

  it.each(KERNELS)('by the %s kernel, in each layout of its length', (name) => {
    const all = layouts(planted.prefix.length).filter(({ digits }) => digits === planted.nonce.length);
    expect(all).not.toHaveLength(0);
    for (const layout of all) {
      const around = { layout, firstRow: rowOf(layout, planted.prefix.length, planted.nonce) - 1, rows: 3 };
      for (const difficulty of [33, bits]) {
        const { nonce, hashes } = searchSlice(kernel(name), puzzleOf(planted.prefix, difficulty), around);
        expect(nonce).toBe(planted.nonce);
        expect(hashes).toBeGreaterThan(layout.rowNonces);
        expect(hashes).toBeLessThanOrEqual(2 * layout.rowNonces);
      }
      const more = searchSlice(kernel(name), puzzleOf(planted.prefix, bits + 1), around);
      expect(more).toEqual({ nonce: undefined, hashes: 3 * layout.rowNonces });
    }
  });
});

/** The row of a layout in which a nonce lies: the number of its fixed digits, from the first that a row may have. */
function rowOf({ varying, varyingAt }: Layout, tailBytes: number, nonce: string): number {
  const at = varyingAt - tailBytes;
  const fixed = nonce.slice(0, at) + nonce.slice(at + varying);
  return Number(fixed) - (at > 0 ? 10 ** (fixed.length - 1) : 0);
}
