import { performance } from 'node:perf_hooks';
import type { Io } from './io.js';

/**
 * Says on standard error how far something is: on a terminal in one line that is written over, else in lines of their own,
 * of which the first and each other come `everyMs` after what was before. Without a terminal, `--json` keeps standard error
 * for the one line of an error.
 */
export function progressLine({ err, isTerminal }: Io, { json = false, everyMs = 0 } = {}) {
  let toldAt = performance.now();
  let isShown = false;
  return {
    show(text: string): void {
      if (isTerminal) {
        err(`\r${text}\u001b[K`);
        isShown = true;
      } else if (!json && performance.now() - toldAt >= everyMs) {
        err(`${text}\n`);
        toldAt = performance.now();
      }
    },
    /** Takes the line away again. May be called again. */
    clear(): void {
      if (isShown) err('\r\u001b[K');
      isShown = false;
    },
  };
}
