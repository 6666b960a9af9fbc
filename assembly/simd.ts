// Four nonces at a time. See memory.ts for the inputs.
import { BASE, DIGITS, KW, LATE, P, SPARE, STATE, SUM_A, SUM_E, SUM_P7, SUM_P15, SUM_P16 } from './memory';
import { early, late } from './simd-rounds';
import { add, s0 } from './simd-steps';

/**
 * Tries the numbers from…to−1 as the digits of the varying word, and returns the first whose digest word 0 has none of
 * the bits in `mask`, or −1. `from` and `to` are multiples of four.
 */
export function search(word: i32, from: i32, to: i32, digitMask: i32, shift: i32, mask: i32): i32 {
  const isLate = word == LATE;
  const isEntry = isLate || word == 0;
  const sumA = (isEntry ? STATE : KW + word) << 4;
  const sumE = (isEntry ? STATE + 4 : SPARE) << 4;
  const digits = i32x4.splat(digitMask);
  const high = i32x4.splat(mask);
  for (let n = from; n < to; n += 4) {
    const typed = i32x4.shl(v128.and(v128.load(DIGITS + (n << 2)), digits), shift);
    const varying = v128.or(v128.load(BASE << 4), typed);
    v128.store(sumA, add(v128.load(SUM_A << 4), varying));
    v128.store(sumE, add(v128.load(SUM_E << 4), varying));
    v128.store((P + word + 7) << 4, add(v128.load(SUM_P7 << 4), varying));
    v128.store((P + word + 15) << 4, add(v128.load(SUM_P15 << 4), s0(varying)));
    v128.store((P + word + 16) << 4, add(v128.load(SUM_P16 << 4), varying));
    const hits = i32x4.eq(v128.and(isLate ? late() : early(), high), i32x4.splat(0));
    if (v128.any_true(hits)) return n + ctz(i32x4.bitmask(hits));
  }
  return -1;
}
