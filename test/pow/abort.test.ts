import { getEventListeners } from 'node:events';
import { afterAll, describe, expect, it } from 'vitest';
import { createSolver } from '../../src/pow/index.js';
import { failure } from '../http/clients.js';
import { ManualClock } from '../http/manual-clock.js';
import { eventually, recordThreads } from './threads.js';

const HOPELESS = { challenge: 'c', difficulty: 250, maxDifficulty: 256 } as const;
const solver = createSolver({ threads: 1 });
afterAll(() => solver.close());

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

describe('abort', () => {
  it('before the start means that nothing is begun', async () => {
    const reason = { my: 'reason' };
    const signal = AbortSignal.abort(reason);
    const threads = recordThreads();
    const own = createSolver({ threads: 1 });
    expect(await failure(own.solve({ ...HOPELESS, signal }))).toBe(reason);
    expect(await failure(own.solve({ challenge: 'c', difficulty: 0, signal }))).toBe(reason);
    expect(threads.all).toEqual([]);
    expect(listeners(signal)).toBe(0);
  });

  it('while the first worker starts', async () => {
    const threads = recordThreads();
    const own = createSolver({ threads: 1 });
    const aborter = new AbortController();
    const aborted = failure(own.solve({ ...HOPELESS, signal: aborter.signal }));
    expect(threads.all).toHaveLength(1);
    aborter.abort(new Error('mine'));
    expect(await aborted).toBe(aborter.signal.reason);
    expect(threads.all[0]!.asked).toEqual(['start']);
    await own.solve({ challenge: 'c', difficulty: 4 });
    expect(threads.all).toHaveLength(1);
    await own.close();
  });

  it('in the middle frees the thread at the next slice', async () => {
    const threads = recordThreads();
    const own = createSolver({ threads: 1 });
    const aborter = new AbortController();
    const aborted = failure(own.solve({ ...HOPELESS, challenge: 'x', signal: aborter.signal }));
    await eventually(() => threads.slices.length).toBeGreaterThan(5);
    aborter.abort('enough');
    expect(await aborted).toBe('enough');
    const slices = threads.slices.length;
    await own.solve({ challenge: 'y', difficulty: 1 });
    expect(threads.slices.slice(slices)).toEqual(['y']);
    await own.close();
  });

  it('waits for no slice to end', async () => {
    // A slice takes 20 ms; an abort is the caller's at once.
    const aborter = new AbortController();
    const aborted = failure(solver.solve({ ...HOPELESS, signal: aborter.signal }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    let turns = 0;
    aborter.abort();
    const count = setInterval(() => turns++);
    await aborted;
    clearInterval(count);
    expect(turns).toBe(0);
  });

  it.each(['solved', 'aborted', 'out of time', 'out of hashes', 'refused'])(
    'leaves no listener and no timer when %s',
    async (end) => {
      const clock = new ManualClock();
      const own = createSolver({ threads: 1, clock });
      await own.warmUp();
      const aborter = new AbortController();
      const { signal } = aborter;
      const solves = {
        solved: () => own.solve({ challenge: 'c', difficulty: 4, signal }),
        aborted: () => own.solve({ ...HOPELESS, signal }),
        'out of time': () => own.solve({ ...HOPELESS, signal, timeoutMs: 10 }),
        'out of hashes': () => own.solve({ ...HOPELESS, signal, maxHashes: 10_000 }),
        refused: () => own.solve({ ...HOPELESS, signal, maxDifficulty: 1 }),
      };
      const solve = solves[end as keyof typeof solves]().catch(() => undefined);
      if (end === 'aborted') aborter.abort();
      if (end === 'out of time') clock.advance(10);
      await solve;
      expect(listeners(signal)).toBe(0);
      await own.close();
      expect(clock.sleeping).toBe(0);
    },
  );

  it('of a storm leaves the pool as it was', async () => {
    const threads = recordThreads();
    const own = createSolver({ threads: 2 });
    const kept = own.solve({ challenge: 'kept', difficulty: 20, timeoutMs: 60_000 });
    const reasons = Array.from({ length: 500 }, (_, i) => ({ i }));
    const aborts = reasons.map(async (reason, i) => {
      const aborter = new AbortController();
      const aborted = failure(own.solve({ ...HOPELESS, signal: aborter.signal, threads: 1 + (i % 2) }));
      if (i % 3 > 0) await new Promise((resolve) => setTimeout(resolve, i % 50));
      aborter.abort(reason);
      expect(await aborted).toBe(reason);
      expect(listeners(aborter.signal)).toBe(0);
    });
    await Promise.all(aborts);
    expect(await kept).toMatchObject({ transport: 'worker-thread' });
    expect(threads.mostBusy).toBeLessThanOrEqual(2);
    expect(threads.all.length).toBeLessThanOrEqual(2);
    await own.close();
    expect(threads.alive).toEqual([]);
  });
});
