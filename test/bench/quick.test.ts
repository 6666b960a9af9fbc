import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const OURS = ['countersign-simd', 'countersign-scalar', 'countersign-js'];
const EVERYWHERE = ['noble', 'node-crypto', 'webcrypto', 'hash-wasm', 'cap', 'altcha'];
const WHERE_PRESENT = ['python-hashlib', 'c-4lane'];

test('pow --quick --json prints one document with every solver that runs here', { timeout: 120_000 }, async () => {
  const args = ['bench/main.mjs', 'pow', '--quick', '--json'];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  const { runtime, cpu, results } = JSON.parse(stdout);
  expect(runtime).toBe(`node ${process.versions.node}`);
  expect(cpu).toBeTruthy();
  const solvers = results.map(({ solver }: { solver: string }) => solver);
  // What does not run here is said, with its reason.
  const missing = WHERE_PRESENT.filter((solver) => !solvers.includes(solver));
  for (const solver of missing) expect(stderr).toContain(`Left out: ${solver}. There is no`);
  expect([...new Set(solvers), ...missing].sort()).toEqual([...OURS, ...EVERYWHERE, ...WHERE_PRESENT].sort());
  for (const { threads, hashesPerSecond, spread } of results) {
    expect(threads).toBeGreaterThan(0);
    expect(hashesPerSecond).toBeGreaterThan(0);
    expect(spread).toBeGreaterThanOrEqual(0);
  }
});

test('an unknown question is answered with what there is', async () => {
  const run = promisify(execFile)(process.execPath, ['bench/main.mjs', 'speed']);
  await expect(run).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('lengths') });
});
