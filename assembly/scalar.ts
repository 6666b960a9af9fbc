// One nonce at a time. See memory.ts for the inputs.
//
// asconfig.json has it compiled at optimize level 1: engines allot registers themselves, and at level 3 binaryen's own
// allotment makes the code twice as large once it is compressed (2.2 kB against 4.2). Measured, level 1 against 3: V8 11.3
// 0.98 to 0.99, V8 13.6 1.00, JavaScriptCore 0.93 to 0.98, where four lanes are taken anyhow.
import { BASE, DIGITS, KW, LATE, P, SPARE, STATE, SUM_A, SUM_E, SUM_P7, SUM_P15, SUM_P16 } from './memory';
import { early, late } from './scalar-rounds';
import { s0 } from './scalar-steps';

/**
 * Tries the numbers from…to−1 as the digits of the varying word, and returns the first whose digest word 0 has none of
 * the bits in `mask`, or −1.
 */
export function search(word: i32, from: i32, to: i32, digitMask: i32, shift: i32, mask: i32): i32 {
  const isLate = word == LATE;
  const isEntry = isLate || word == 0;
  const sumA = (isEntry ? STATE : KW + word) << 2;
  const sumE = (isEntry ? STATE + 4 : SPARE) << 2;
  for (let n = from; n < to; ++n) {
    const typed = (load<i32>(DIGITS + (n << 2)) & digitMask) << shift;
    const varying = load<i32>(BASE << 2) | typed;
    store<i32>(sumA, load<i32>(SUM_A << 2) + varying);
    store<i32>(sumE, load<i32>(SUM_E << 2) + varying);
    store<i32>((P + word + 7) << 2, load<i32>(SUM_P7 << 2) + varying);
    store<i32>((P + word + 15) << 2, load<i32>(SUM_P15 << 2) + s0(varying));
    store<i32>((P + word + 16) << 2, load<i32>(SUM_P16 << 2) + varying);
    if (((isLate ? late() : early()) & mask) == 0) return n;
  }
  return -1;
}
