import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createSolver } from '../../src/pow/index.js';
import { type Clock, systemClock } from '../../src/runtime/clock.js';
import { failure } from '../http/clients.js';
import { eventually, recordThreads } from './threads.js';

const HOPELESS = { challenge: 'c', difficulty: 250, maxDifficulty: 256, timeoutMs: Number.POSITIVE_INFINITY } as const;
const LONG = { challenge: 'c', difficulty: 21, timeoutMs: 60_000 } as const;

/** The real clock, but a silence (5 s) lasts until `runOut`, which ends those that are being waited for. */
function patience() {
  const pending = new Set<() => void>();
  const clock: Clock = {
    ...systemClock,
    sleep(ms, options) {
      if (ms !== 5_000) return systemClock.sleep(ms, options);
      return new Promise((resolve, reject) => {
        pending.add(resolve);
        options?.signal?.addEventListener('abort', () => {
          pending.delete(resolve);
          reject(options.signal?.reason);
        });
      });
    },
  };
  const runOut = () => {
    for (const resolve of pending) resolve();
  };
  return { clock, runOut };
}

describe('a worker that dies', () => {
  it('in mid-job is replaced, and the job goes on', async () => {
    const threads = recordThreads();
    const solver = createSolver({ threads: 1 });
    const solve = failure(solver.solve({ ...HOPELESS, maxHashes: 12_000_000 }));
    for (let lost = 1; lost <= 3; lost++) {
      await eventually(() => threads.all.at(-1)?.asked.filter((type) => type === 'slice').length).toBeGreaterThan(2);
      void threads.all.at(-1)!.worker.terminate();
      await eventually(() => threads.all.length).toBe(lost + 1);
    }
    // What the lost ones were trying is tried again, and nothing else is.
    expect(await solve).toMatchObject({ name: 'PowTimeoutError' });
    const { hashes } = (await solve) as { hashes: number };
    expect(hashes).toBeGreaterThanOrEqual(12_000_000);
    expect(hashes).toBeLessThan(12_010_000);
    expect(threads.alive).toHaveLength(1);
    await solver.close();
    expect(threads.alive).toEqual([]);
  });

  it('while it is idle is replaced when there is work', async () => {
    const threads = recordThreads();
    const solver = createSolver({ threads: 1 });
    await solver.warmUp();
    await threads.all[0]!.worker.terminate();
    expect(await solver.solve({ challenge: 'c', difficulty: 8 })).toMatchObject({ transport: 'worker-thread' });
    expect(threads.all).toHaveLength(2);
    await solver.close();
  });

  it('again and again is replaced three times a minute, then the job goes on here', async () => {
    const threads = recordThreads();
    const solver = createSolver({ threads: 1 });
    const solve = solver.solve(LONG);
    for (let lost = 1; lost <= 4; lost++) {
      await eventually(() => threads.all.at(-1)?.asked.includes('slice') && threads.all.length).toBe(lost);
      await threads.all.at(-1)!.worker.terminate();
    }
    expect(await solve).toMatchObject({ transport: 'same-thread' });
    expect(threads.all).toHaveLength(4);
    expect(await solver.findings()).toMatchObject({
      transport: 'same-thread',
      threads: 1,
      why: expect.stringMatching(/^Workers failed: The worker ended with code 1/),
    });
    await solver.close();
  });

  it('long ago is forgotten', async () => {
    const threads = recordThreads();
    let ahead = 0;
    const solver = createSolver({ threads: 1, clock: { ...systemClock, monotonic: () => performance.now() + ahead } });
    for (let lost = 1; lost <= 6; lost++) {
      expect(await solver.solve({ challenge: 'c', difficulty: 6 })).toMatchObject({ transport: 'worker-thread' });
      await threads.all.at(-1)!.worker.terminate();
      ahead += 20_000;
    }
    await solver.close();
  });

  it('leaves the others at work', async () => {
    const threads = recordThreads((_, count) => {
      if (count > 1) throw new Error('no more threads');
    });
    const solver = createSolver({ threads: 3 });
    expect(await solver.solve({ ...LONG, threads: 3 })).toMatchObject({ transport: 'worker-thread', threads: 1 });
    expect(await solver.findings()).toMatchObject({ transport: 'worker-thread', why: undefined });
    expect(threads.alive).toHaveLength(1);
    expect(threads.all.length).toBeLessThanOrEqual(5);
    await solver.close();
  });
});

describe('a worker that falls silent', () => {
  it('is given up, and the job goes on elsewhere', async () => {
    const threads = recordThreads();
    const { clock, runOut } = patience();
    const solver = createSolver({ threads: 1, clock });
    const solve = failure(solver.solve({ ...HOPELESS, maxHashes: 12_000_000 }));
    await eventually(() => threads.slices.length).toBeGreaterThan(2);
    threads.all[0]!.muted = true;
    runOut();
    // Every hash is tried, those of the silent one's slice once more.
    expect(await solve).toMatchObject({ name: 'PowTimeoutError' });
    expect(((await solve) as { hashes: number }).hashes).toBeGreaterThanOrEqual(12_000_000);
    expect(threads.all).toHaveLength(2);
    await eventually(() => threads.alive).toEqual([threads.all[1]]);
    await solver.close();
  });

  it('from its start is given up, and work is done here', async () => {
    recordThreads((thread) => {
      thread.muted = true;
    });
    const { clock, runOut } = patience();
    const solver = createSolver({ threads: 1, clock });
    const solve = solver.solve({ challenge: 'c', difficulty: 10 });
    runOut();
    expect(await solve).toMatchObject({ transport: 'same-thread' });
    expect(await solver.findings()).toMatchObject({ why: 'Workers failed: The worker said nothing for 5000 ms.' });
    await solver.close();
  });

  it('is not one whose answer nobody could read', async () => {
    const threads = recordThreads();
    const { clock, runOut } = patience();
    const solver = createSolver({ threads: 1, clock });
    const solve = failure(solver.solve({ ...HOPELESS, maxHashes: 2_000_000 }));
    await eventually(() => threads.slices.length).toBeGreaterThan(2);
    // This thread is busy for long; then the pool's patience runs out before the answer that lies there is read.
    for (const end = performance.now() + 600; performance.now() < end; );
    runOut();
    expect(await solve).toMatchObject({ name: 'PowTimeoutError' });
    expect(threads.all).toHaveLength(1);
    await solver.close();
  });

  it('while it measures keeps nobody waiting for ever', async () => {
    const threads = recordThreads();
    const { clock, runOut } = patience();
    const solver = createSolver({ threads: 1, clock });
    await solver.warmUp();
    threads.all[0]!.muted = true;
    const findings = solver.findings();
    await sleep(0);
    runOut();
    expect(await findings).toMatchObject({ transport: 'worker-thread' });
    await solver.close();
    expect(threads.alive).toEqual([]);
  });
});

describe('workers that cannot start', () => {
  it('mean that work is done here, and why', async () => {
    const threads = recordThreads(() => {
      throw new Error('not allowed');
    });
    const solver = createSolver({ threads: 4 });
    const solves = [1, 2, 3].map((i) => solver.solve({ challenge: `${i}`, difficulty: 12 }));
    for (const solution of await Promise.all(solves)) expect(solution).toMatchObject({ transport: 'same-thread' });
    const { transport, why, kernels, hashesPerSecond } = await solver.findings();
    expect({ transport, why }).toEqual({ transport: 'same-thread', why: 'Workers failed: not allowed' });
    expect(kernels.rates[kernels.best]).toBeGreaterThan(100_000);
    expect(hashesPerSecond).toBeGreaterThanOrEqual(kernels.rates[kernels.best]!);
    expect(threads.all).toHaveLength(1);
    expect(await failure(solver.solve({ ...HOPELESS, timeoutMs: 20 }))).toMatchObject({
      message: expect.stringContaining('the measured'),
    });
    await solver.close();
  });

  it.each(['data:text/javascript,throw new Error("broken")', 'file:///there/is/no/such.js'])(
    'from %s',
    async (workerUrl) => {
      const solver = createSolver({ threads: 1, workerUrl });
      expect(await solver.solve({ challenge: 'c', difficulty: 8 })).toMatchObject({ transport: 'same-thread' });
      expect((await solver.findings()).why).toMatch(/^Workers failed: (broken|Cannot find module)/);
      await solver.close();
    },
  );
});

describe('close', () => {
  it.each(['starting', 'working', 'idle', 'measuring'])('leaves no thread that is %s', async (phase) => {
    const threads = recordThreads();
    const solver = createSolver({ threads: 2 });
    const begun = { idle: () => solver.warmUp(), measuring: () => solver.findings() }[phase];
    const pending = (begun?.() ?? solver.solve({ ...HOPELESS, threads: 2 })).catch(() => undefined);
    if (phase === 'working') await eventually(() => threads.slices.length).toBeGreaterThan(3);
    if (phase === 'measuring') await sleep(60);
    if (phase === 'idle') await pending;
    await solver.close();
    expect(threads.all.length).toBeGreaterThan(0);
    expect(threads.alive).toEqual([]);
    await pending;
    await sleep(50);
    expect(threads.alive).toEqual([]);
  });
});
