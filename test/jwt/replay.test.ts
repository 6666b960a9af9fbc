import { describe, expect, it } from 'vitest';
import { JwtInputError, MemoryReplayStore, ReplayStoreFullError } from '../../src/jwt/index.js';
import { ManualClock } from '../http/manual-clock.js';

describe('MemoryReplayStore', () => {
  it('gives an id to the first who asks, until it expires', () => {
    const clock = new ManualClock();
    const store = new MemoryReplayStore({ clock });
    expect([store.claim('a', 60), store.claim('a', 60), store.claim('b', 60)]).toEqual([true, false, true]);
    clock.advance(59_999);
    expect(store.claim('a', 60)).toBe(false);
    clock.advance(1);
    expect(store.claim('a', 60)).toBe(true);
  });

  it('is bounded, and forgets nothing early to make room', () => {
    const clock = new ManualClock();
    const store = new MemoryReplayStore({ maxEntries: 2, clock });
    store.claim('short', 1);
    store.claim('long', 60);
    expect(() => store.claim('c', 60)).toThrow(ReplayStoreFullError);
    expect(store.claim('short', 1)).toBe(false);
    clock.advance(1000);
    expect(store.claim('c', 60)).toBe(true);
    expect(() => store.claim('d', 60)).toThrow(expect.objectContaining({ code: 'REPLAY_STORE_FULL', retryable: true }));
    expect(store.claim('long', 60)).toBe(false);
  });

  it('refuses nonsense', () => {
    expect(() => new MemoryReplayStore({ maxEntries: 0 })).toThrow(JwtInputError);
    for (const ttl of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => new MemoryReplayStore().claim('a', ttl)).toThrow(JwtInputError);
    }
  });
});
