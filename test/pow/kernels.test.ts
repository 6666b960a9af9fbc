import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layouts } from '../../src/pow/layout.js';
import { puzzleOf } from '../../src/pow/puzzle.js';
import { searchSlice } from '../../src/pow/search.js';
import { allSolutions, digestOf, KERNELS, kernel, solveHere, zeroBits } from './kernels.js';

const prefixes = fc.uint8Array({ minLength: 0, maxLength: 300 });

describe.each(KERNELS)('the %s kernel', (name) => {
  it('returns a nonce that solves, behind any bytes', () => {
    fc.assert(
      fc.property(prefixes, fc.integer({ min: 1, max: 12 }), (prefix, difficulty) => {
        const nonce = solveHere(name, prefix, difficulty);
        expect(nonce).toMatch(/^[1-9]\d{0,18}$/);
        expect(zeroBits(digestOf(prefix, nonce))).toBeGreaterThanOrEqual(difficulty);
      }),
    );
  });

  it('counts the hashes up to the solution, that one included', () => {
    fc.assert(
      fc.property(prefixes, (prefix) => {
        const layout = layouts(prefix.length % 64)[0]!;
        const slice = { layout, firstRow: 3, rows: 2 };
        const first = searchSlice(kernel(name), puzzleOf(prefix, 8), slice);
        const before = allSolutions(name, prefix, 1, slice).nonces.indexOf(first.nonce!);
        // About half of the nonces before have a leading zero bit.
        expect(first.hashes).toBeGreaterThan(before);
        expect(first.hashes).toBeLessThan(before * 3 + 64);
      }),
      { numRuns: 20 },
    );
  });
});

it('all kernels find the same solutions in any range', () => {
  const anySlice = fc
    .tuple(prefixes, fc.nat(18), fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 2 }))
    .map(([prefix, index, at, rows]) => {
      const layout = layouts(prefix.length % 64)[index]!;
      const firstRow = Math.min(Math.floor(at * layout.rows), Math.max(0, layout.rows - rows));
      return { prefix, slice: { layout, firstRow, rows: Math.min(rows, layout.rows) } };
    });
  fc.assert(
    fc.property(anySlice, fc.integer({ min: 1, max: 12 }), ({ prefix, slice }, difficulty) => {
      const [simd, scalar, js] = KERNELS.map((name) => allSolutions(name, prefix, difficulty, slice));
      expect(simd).toEqual(js);
      expect(scalar).toEqual(js);
      expect(js!.nonces.filter((nonce) => zeroBits(digestOf(prefix, nonce)) < difficulty)).toEqual([]);
    }),
  );
});
