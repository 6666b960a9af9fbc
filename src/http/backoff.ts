/** The range that back-off delays are drawn from, in milliseconds. */
export interface Backoff {
  /** Upper bound of the first delay; it doubles with each retry. */
  readonly baseMs: number;
  /** Upper bound of every delay. */
  readonly capMs: number;
}

/** Full-jitter exponential back-off: the delay before retry `retry` (0, 1, 2, …). `random` is in [0, 1). */
export function backoffMs(retry: number, { baseMs, capMs }: Backoff, random: () => number): number {
  return Math.round(random() * Math.min(capMs, baseMs * 2 ** retry));
}
