import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../src/http/backoff.js';
import { retryAfterMs } from '../../src/http/retry-after.js';

const now = Date.UTC(2030, 0, 1, 12, 0, 0);

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['7', 7000],
    [' 7 ', 7000],
    ['Tue, 01 Jan 2030 12:00:07 GMT', 7000],
    ['Tuesday, 01-Jan-30 12:00:07 GMT', 7000],
    ['Tue Jan  1 12:00:07 2030', 7000],
    ['Thu Jan 10 12:00:00 2030', 9 * 86_400_000],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 0],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 0],
    ['Sun Nov  6 08:49:37 1994', 0],
    ['99999999999999999999999999', Number.MAX_SAFE_INTEGER],
    ['9'.repeat(400), Number.MAX_SAFE_INTEGER],
  ])('%j', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });

  it.each([
    null,
    '',
    '-1',
    '+1',
    '1.5',
    '1e3',
    '0x10',
    '5, 5',
    'soon',
    '2030-01-01T12:00:07Z',
    'Tue, 01 Foo 2030 12:00:07 GMT',
  ])('ignores %j', (header) => {
    expect(retryAfterMs(header, now)).toBeUndefined();
  });
});

describe('back-off', () => {
  const backoff = { baseMs: 250, capMs: 8000 };

  it('doubles its upper bound up to the cap', () => {
    const almostOne = () => 1 - Number.EPSILON;
    expect([0, 1, 2, 3, 4, 5, 6, 5000].map((retry) => backoffMs(retry, backoff, almostOne))).toEqual([
      250, 500, 1000, 2000, 4000, 8000, 8000, 8000,
    ]);
  });

  it('draws from the whole range', () => {
    expect(backoffMs(3, backoff, () => 0)).toBe(0);
    expect(backoffMs(3, backoff, () => 0.5)).toBe(1000);
  });
});
