import { expect, it } from 'vitest';
import { layouts } from '../../src/pow/layout.js';
import { puzzleOf } from '../../src/pow/puzzle.js';
import { PIECE_HASHES, solutions } from '../../src/pow/search.js';
import { allSolutions, KERNELS, kernel } from './kernels.js';

const DIFFICULTY = 6;
// Nonces whose first, last or middle digits vary, in one block and in two.
const searches = [0, 1, 11, 32, 50, 53, 63].map((length) => {
  const prefix = Buffer.from('x'.repeat(length));
  const [layout] = layouts(length);
  return { prefix, slice: { layout: layout!, firstRow: 0, rows: layout!.rowNonces < 1_000 ? 20 : 2 } };
});

it.each(KERNELS)('searches that take turns on the %s kernel find what each finds alone', (name) => {
  const going = searches.map(({ prefix, slice }) => ({
    pieces: solutions(kernel(name), puzzleOf(prefix, DIFFICULTY), slice, PIECE_HASHES),
    expected: allSolutions(name, prefix, DIFFICULTY, slice),
    found: [] as string[],
    hashes: 0,
  }));
  const unfinished = new Set(going);
  while (unfinished.size > 0) {
    for (const search of unfinished) {
      const { value, done } = search.pieces.next(true);
      if (!done && value.nonce !== undefined) search.found.push(value.nonce);
      expect(value.hashes).toBeGreaterThanOrEqual(search.hashes);
      if (!done && value.nonce === undefined) expect(value.hashes - search.hashes).toBeLessThan(PIECE_HASHES + 4);
      search.hashes = value.hashes;
      if (done) unfinished.delete(search);
    }
  }
  for (const { expected, found, hashes } of going) {
    expect(found.length).toBeGreaterThan(0);
    expect({ nonces: found, hashes }).toEqual(expected);
  }
});
