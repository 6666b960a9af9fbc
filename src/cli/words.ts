/** Figures as people read them. */

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function duration(ms: number): string {
  if (ms < 1_000) return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
  return `${(ms / 1_000).toFixed(1)} s`;
}

export function rate(hashes: number, elapsedMs: number): string {
  return `${(hashes / Math.max(elapsedMs, 0.001) / 1_000).toFixed(1)} million hashes/s`;
}
