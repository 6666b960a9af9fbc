import { afterEach, expect, it, vi } from 'vitest';
import { calibrate } from '../../src/pow/calibrate.js';
import { loadKernels } from '../../src/pow/kernel-set.js';
import { kernelBinaries } from '../../src/runtime/kernel-binaries.js';
import { nextTask } from '../../src/runtime/task.js';

afterEach(() => {
  vi.restoreAllMocks();
});

/** A clock that moves in ticks of so many milliseconds. */
function tickEvery(ms: number) {
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => Math.floor(now() / ms) * ms);
}

const measured = async () => calibrate(await loadKernels(kernelBinaries()), nextTask);

it('measures as well by the coarse clocks of browsers', async () => {
  const { rates: fine } = await measured();
  for (const ms of [0.1, 1]) {
    tickEvery(ms);
    const { rates } = await measured();
    for (const name of ['simd', 'scalar'] as const) {
      expect(rates[name]! / fine[name]!, `${name} at ticks of ${ms} ms`).toBeGreaterThan(1 / 3);
      expect(rates[name]! / fine[name]!, `${name} at ticks of ${ms} ms`).toBeLessThan(3);
    }
    vi.restoreAllMocks();
  }
});

it('knows no rate by a clock that stands still, and takes the kernel that is usually best', async () => {
  tickEvery(Number.MAX_VALUE);
  expect(await measured()).toMatchObject({ best: 'simd', rates: { simd: 0, scalar: 0 } });
});
