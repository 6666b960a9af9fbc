import { expect, it } from 'vitest';
import { SliceSize } from '../../src/pow/slice-size.js';

it('grows to the target time at the rate that was seen, four times at most a step', () => {
  const size = new SliceSize(20);
  const seen = [];
  for (let i = 0; i < 6; i++) {
    seen.push(size.hashes);
    size.observe(size.hashes, size.hashes / 10_000);
  }
  expect(seen).toEqual([2_000, 8_000, 32_000, 128_000, 200_000, 200_000]);
  expect(size.rate).toBe(10_000_000);
});

it('shrinks with the rate, and is not misled by the few hashes at the end of a range', () => {
  const size = new SliceSize(20);
  for (let i = 0; i < 6; i++) size.observe(size.hashes, size.hashes / 10_000);
  size.observe(10, 5);
  expect(size.hashes).toBe(200_000);
  size.observe(200_000, 40);
  expect(size.hashes).toBe(100_000);
  size.observe(100_000, 100_000);
  expect(size.hashes).toBe(2_000);
});

it('stops at a few milliseconds’ worth where the clock stands still', () => {
  const size = new SliceSize(20);
  const seen = [];
  for (let i = 0; i < 4; i++) {
    seen.push(size.hashes);
    size.observe(size.hashes, 0);
  }
  expect(seen).toEqual([2_000, 8_000, 16_000, 16_000]);
  expect(size.rate).toBe(0);
});
