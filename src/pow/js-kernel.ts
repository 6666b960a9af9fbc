import {
  BASE,
  DIGITS,
  KW,
  LATE,
  P,
  SPARE,
  STATE,
  SUM_A,
  SUM_E,
  SUM_P7,
  SUM_P15,
  SUM_P16,
} from '../../assembly/memory.js';
import { early, late } from './js-rounds.js';
import { initialise, type Kernel, MEMORY_BYTES } from './kernel.js';
import { s0 } from './sha256.js';

/** The kernel for where WebAssembly is not allowed. As fast as the scalar one on V8. */
export function jsKernel(): Kernel {
  const m = new Int32Array(MEMORY_BYTES / 4);
  initialise(m, 1);
  return {
    name: 'js',
    lanes: 1,
    memory: m,
    search(word, from, to, digitMask, shift, mask) {
      const isLate = word === LATE;
      const isEntry = isLate || word === 0;
      const sumA = isEntry ? STATE : KW + word;
      const sumE = isEntry ? STATE + 4 : SPARE;
      for (let n = from; n < to; n++) {
        const varying = m[BASE]! | ((m[DIGITS / 4 + n]! & digitMask) << shift);
        m[sumA] = m[SUM_A]! + varying;
        m[sumE] = m[SUM_E]! + varying;
        m[P + word + 7] = m[SUM_P7]! + varying;
        m[P + word + 15] = m[SUM_P15]! + s0(varying);
        m[P + word + 16] = m[SUM_P16]! + varying;
        if (((isLate ? late(m) : early(m)) & mask) === 0) return n;
      }
      return -1;
    },
  };
}
