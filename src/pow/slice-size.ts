const FIRST_HASHES = 2_000;
const GROWTH = 4;
// Where the clock stands still, a slice's time is not known; this many hashes are a few milliseconds anywhere.
const UNTIMED_HASHES = 16_000;

/**
 * How many hashes a slice has. Small at first: V8 does not replace a WebAssembly function that is running, so that a
 * long first call would stay slow to its end. Then growing, to `targetMs` at the rate that was seen.
 */
export class SliceSize {
  hashes = FIRST_HASHES;
  /** Hashes a second in the latest slices; 0 before the first. */
  rate = 0;
  readonly #targetMs: number;

  constructor(targetMs: number) {
    this.#targetMs = targetMs;
  }

  observe(hashes: number, elapsedMs: number): void {
    if (elapsedMs <= 0) {
      this.hashes = Math.min(this.hashes * GROWTH, UNTIMED_HASHES);
      return;
    }
    if (hashes < FIRST_HASHES / 2) return;
    this.rate = (hashes * 1000) / elapsedMs;
    const target = (this.rate * this.#targetMs) / 1000;
    this.hashes = Math.max(FIRST_HASHES, Math.min(target, this.hashes * GROWTH));
  }
}
