import { describe, expect, it } from 'vitest';
import { createEmulatorClock } from '../../src/emulator/clock.js';
import { ManualClock } from './manual-clock.js';

const START = Date.UTC(2026, 0, 2);

describe('the clock of the emulator', () => {
  it('runs with its base, ahead by what it was advanced', () => {
    const clock = createEmulatorClock(new ManualClock(START));
    clock.advance(10);
    clock.advance(5);
    expect([clock.now(), clock.monotonic()]).toEqual([START + 15, 15]);
  });

  it('takes back the date with a reset, but never the monotonic time', () => {
    const clock = createEmulatorClock(new ManualClock(START));
    clock.advance(10);
    clock.reset();
    expect([clock.now(), clock.monotonic()]).toEqual([START, 10]);
  });

  it('wakes those whose time has come, and no others', async () => {
    const base = new ManualClock(START);
    const clock = createEmulatorClock(base);
    const woken: number[] = [];
    const sleeps = [10, 20, 30].map((ms) => clock.sleep(ms).then(() => woken.push(ms)));
    clock.advance(10);
    await sleeps[0];
    clock.advance(15);
    await sleeps[1];
    expect(woken).toEqual([10, 20]);
    clock.advance(5);
    await sleeps[2];
    expect(base.sleeping).toBe(0);
  });

  it('ends a sleep with the reason of its signal, leaving nothing behind', async () => {
    const base = new ManualClock(START);
    const clock = createEmulatorClock(base);
    const controller = new AbortController();
    const sleep = clock.sleep(10, { signal: controller.signal });
    controller.abort('enough');
    await expect(sleep).rejects.toBe('enough');
    await expect(clock.sleep(0, { signal: controller.signal })).rejects.toBe('enough');
    expect(base.sleeping).toBe(0);
  });

  it('hands on a failure of its base', async () => {
    const failing = { now: () => 0, monotonic: () => 0, sleep: () => Promise.reject(new Error('no timers')) };
    await expect(createEmulatorClock(failing).sleep(1)).rejects.toThrow('no timers');
  });
});
