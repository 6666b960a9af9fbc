import { describe, expect, it } from 'vitest';
import type { Kernel } from '../../src/pow/kernel.js';
import { layouts } from '../../src/pow/layout.js';
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
