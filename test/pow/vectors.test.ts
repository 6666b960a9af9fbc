import { afterAll, describe, expect, it } from 'vitest';
import { createSolver, verify } from '../../src/pow/index.js';
import { messagePrefix } from '../../src/pow/prefix.js';
import { digest } from '../../src/pow/verify.js';
import document from '../vectors/pow-vectors.json' with { type: 'json' };
import { digestOf, KERNELS, solveHere, zeroBits } from './kernels.js';

interface Vector {
  id: string;
  algorithm: 'legacy' | 'r14';
  challenge: string;
  difficulty: number;
  nonce: string;
  digest: string;
}
const vectors = document.vectors as Vector[];
const checks = document.checks as (Vector & { valid: boolean })[];

const solver = createSolver({ threads: 1 });
afterAll(() => solver.close());

it('has every vector of the contract', () => {
  expect([vectors.length, checks.length]).toEqual([61, 37]);
});

describe('verify', () => {
  it.each(vectors)('accepts $id', (vector) => {
    expect(verify(vector)).toBe(true);
    const prefix = messagePrefix(vector.challenge, vector.algorithm);
    expect(Buffer.from(digest(prefix, Buffer.from(vector.nonce))).toString('hex')).toBe(vector.digest);
    expect(digestOf(prefix, vector.nonce).toString('hex')).toBe(vector.digest);
  });

  it.each(checks)('agrees with $id', (check) => {
    expect(verify(check)).toBe(check.valid);
  });
});

describe.each(KERNELS)('the %s kernel', (kernel) => {
  it.each(vectors.filter(({ difficulty }) => difficulty > 0))('solves $id', ({ algorithm, challenge, difficulty }) => {
    const prefix = messagePrefix(challenge, algorithm);
    const nonce = solveHere(kernel, prefix, difficulty);
    expect(nonce).toMatch(/^(0|[1-9]\d{0,18})$/);
    expect(zeroBits(digestOf(prefix, nonce))).toBeGreaterThanOrEqual(difficulty);
  });

  it('solves the lighter ones in a worker, all at once', async () => {
    const light = vectors.filter(({ difficulty }) => difficulty <= 16);
    expect(light.length).toBeGreaterThan(30);
    const solutions = await Promise.all(
      light.map(async (vector) => ({ vector, ...(await solver.solve({ ...vector, kernel })) })),
    );
    for (const { vector, ...solution } of solutions) {
      const { algorithm, challenge, difficulty } = vector;
      const found = digestOf(messagePrefix(challenge, algorithm), solution.nonce);
      expect(zeroBits(found), vector.id).toBeGreaterThanOrEqual(difficulty);
      expect(solution.kernel).toBe(difficulty > 0 ? kernel : 'none');
      if (difficulty <= 0) expect(solution.nonce).toBe('0');
    }
  });
});
