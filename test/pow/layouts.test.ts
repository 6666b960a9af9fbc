import { describe, expect, it } from 'vitest';
import type { KernelName } from '../../src/pow/kernel.js';
import { type Layout, layouts } from '../../src/pow/layout.js';
import { NonceSpace } from '../../src/pow/nonce-space.js';
import { allSolutions, digestOf, KERNELS, zeroBits } from './kernels.js';

const prefixes = Array.from({ length: 201 }, (_, length) =>
  Buffer.alloc(length, 'a challenge with no pattern of 64 bytes; '),
);
const tails = Array.from({ length: 64 }, (_, tail) => tail);

describe('layouts', () => {
  it.each(tails)('behind a tail of %i bytes are one for each length of a nonce, best first', (tail) => {
    const all = layouts(tail);
    expect(all.map(({ digits }) => digits).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 19 }, (_, i) => i + 1),
    );
    expect(all[0]!.varying).toBeGreaterThanOrEqual(2);
    for (const { digits, blocks, word, varying, varyingAt } of all) {
      expect(blocks).toBe(tail + digits + 9 <= 64 ? 1 : 2);
      if (varying === 0) continue;
      const inBlock = varyingAt - 64 * (blocks - 1);
      expect(varyingAt).toBeGreaterThanOrEqual(tail);
      expect(varyingAt + varying).toBeLessThanOrEqual(tail + digits);
      expect([Math.floor(inBlock / 4), Math.floor((inBlock + varying - 1) / 4)]).toEqual([word, word]);
    }
  });

  it('of both block cases occur at every speed that a search begins with', () => {
    const first = tails.map((tail) => layouts(tail)[0]!);
    expect(new Set(first.map(({ blocks }) => blocks))).toEqual(new Set([1, 2]));
    // A first layout may soon be used up; all together never are.
    const nonces = tails.map((tail) => layouts(tail).reduce((sum, { rows, rowNonces }) => sum + rows * rowNonces, 0));
    for (const count of nonces) expect(count).toBeGreaterThan(2 ** 50);
  });
});

describe.each(KERNELS)('rows of the %s kernel', (kernel) => {
  it.each(prefixes)('are what they say, behind a prefix of $length bytes', (prefix) => {
    const all = layouts(prefix.length % 64);
    // The best of each block case, and the last resort.
    for (const layout of new Set([all[0]!, all.find(({ blocks }) => blocks !== all[0]!.blocks), all.at(-1)!])) {
      if (layout) checkRows(kernel, prefix, layout);
    }
  });
});

/** Compares the solutions of the first two rows and the last with what node:crypto says of these nonces. */
function checkRows(kernel: KernelName, prefix: Buffer, layout: Layout): void {
  const difficulty = 7;
  const seen: string[] = [];
  const slices = [{ firstRow: 0, rows: Math.min(2, layout.rows) }];
  if (layout.rows > 2) slices.push({ firstRow: layout.rows - 1, rows: 1 });
  for (const slice of slices) {
    const { nonces, hashes } = allSolutions(kernel, prefix, difficulty, { layout, ...slice });
    expect(hashes).toBe(slice.rows * layout.rowNonces);
    // 2^−7 of a full row solve: far fewer would mean that solutions are overlooked.
    if (layout.varying === 4) expect(nonces.length).toBeGreaterThan(hashes / 128 / 2);
    seen.push(...nonces);
  }
  const wrong = (nonce: string) =>
    nonce.length !== layout.digits || !/^[1-9]\d*$/.test(nonce) || zeroBits(digestOf(prefix, nonce)) < difficulty;
  expect(seen.filter(wrong)).toEqual([]);
  expect(new Set(seen).size).toBe(seen.length);
}

describe.each(KERNELS)('a whole layout of the %s kernel', (kernel) => {
  it.each([...tails, 103, 119, 128, 183])('has every nonce of its length once, behind %i bytes', (length) => {
    const prefix = prefixes[length]!;
    for (const layout of layouts(length % 64)) {
      if (layout.digits > 3) continue;
      const { nonces, hashes } = allSolutions(kernel, prefix, 1, { layout, firstRow: 0, rows: layout.rows });
      // The nonce "0" is left out: it begins with a zero.
      const first = 10 ** (layout.digits - 1);
      const every = Array.from({ length: 9 * first }, (_, i) => String(first + i));
      expect(hashes).toBe(every.length);
      expect(nonces.toSorted()).toEqual(every.filter((nonce) => digestOf(prefix, nonce)[0]! < 0x80).toSorted());
    }
  });
});

describe('a nonce space', () => {
  it.each(tails)('hands out every row of every layout once, behind a tail of %i bytes', (tail) => {
    const space = new NonceSpace(tail);
    const rows = new Map<Layout, number>();
    let turn = 0;
    for (let slice = space.take(1); slice; slice = space.take(10 ** (turn++ % 18))) {
      expect(slice.firstRow).toBe(rows.get(slice.layout) ?? 0);
      rows.set(slice.layout, slice.firstRow + slice.rows);
      expect(space.exhausted).toBe(rows.size === 19 && slice.firstRow + slice.rows === slice.layout.rows);
      if (slice.layout.rows > 1e6 && slice.firstRow > 0) skip(space, slice.layout, rows);
    }
    expect(new Map([...rows])).toEqual(new Map(layouts(tail).map((layout) => [layout, layout.rows])));
    expect(space.take(1)).toBeUndefined();
  });

  it('hands out again first what came back', () => {
    const space = new NonceSpace(0);
    const [one, other] = [space.take(20_000)!, space.take(20_000)!];
    space.putBack(one);
    expect(space.take(1)).toBe(one);
    expect(space.take(20_000)).toMatchObject({ firstRow: other.firstRow + other.rows });
  });
});

/** Takes the rest of a large layout in one go. */
function skip(space: NonceSpace, layout: Layout, rows: Map<Layout, number>): void {
  const from = rows.get(layout)!;
  if (from >= layout.rows) return;
  const rest = space.take((layout.rows - from) * 10 ** layout.varying * 2)!;
  expect(rest).toEqual({ layout, firstRow: from, rows: layout.rows - from });
  rows.set(layout, layout.rows);
}
