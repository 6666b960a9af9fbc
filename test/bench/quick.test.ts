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

test('mcp and login --quick --json print what they compare', { timeout: 240_000 }, async () => {
  const args = ['bench/main.mjs', 'mcp', 'login', '--quick', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  const { mcp, login } = JSON.parse(stdout);
  const clients = ['countersign', 'mcp-sdk'];
  expect(mcp.results).toMatchObject([1, 16].flatMap((inFlight) => clients.map((client) => ({ client, inFlight }))));
  for (const { callsPerSecond, cpuMsPerCall } of mcp.results) {
    expect(callsPerSecond).toBeGreaterThan(0);
    expect(cpuMsPerCall).toBeGreaterThan(0);
  }
  for (const { ratio } of mcp.ratios) expect(ratio).toBeGreaterThan(0);
  expect(login.results).toMatchObject([
    { client: 'countersign', inFlight: 64 },
    { client: 'bare', inFlight: 64 },
  ]);
  for (const { loginsPerSecond, hashingShare } of login.results) {
    expect(loginsPerSecond).toBeGreaterThan(0);
    expect(hashingShare).toBeGreaterThan(0);
    expect(hashingShare).toBeLessThan(1.5);
  }
  expect(login.latency).toMatchObject({ addedMs: expect.any(Number), login: { p50: expect.any(Number) } });
});

test('axme --quick --json prints how events, the first of a stream and round trips do', {
  timeout: 240_000,
}, async () => {
  const args = ['bench/main.mjs', 'axme', '--quick', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  const { events, firstEvent, observed } = JSON.parse(stdout);
  expect(events.results).toMatchObject([
    { by: 'countersign', perSecond: expect.any(Number) },
    { by: 'TextDecoder, eventsource-parser, JSON.parse', perSecond: expect.any(Number) },
  ]);
  expect(events.target).toBe(0.6);
  expect(events.ratio).toBeGreaterThanOrEqual(events.target);
  expect(firstEvent).toMatchObject({ target: 20, p50: expect.any(Number) });
  expect(observed.inFlight).toBe(64);
  expect(observed.perSecond).toBeGreaterThan(0);
});

test('an unknown question is answered with what there is', async () => {
  const run = promisify(execFile)(process.execPath, ['bench/main.mjs', 'speed']);
  await expect(run).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('lengths') });
});
