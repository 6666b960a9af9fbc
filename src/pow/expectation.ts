/** What a difficulty costs. All of it follows from the geometric distribution with p = 2^−difficulty. */

/** Hashes on average. */
export function expectedHashes(difficulty: number): number {
  return 2 ** Math.max(0, difficulty);
}

/** How many hashes suffice in 95 of 100 solves. */
export function p95Hashes(difficulty: number): number {
  return difficulty <= 0 ? 1 : Math.ceil(Math.log(0.05) / Math.log1p(-(2 ** -difficulty)));
}

/** How likely a nonce is found within `hashes`. */
export function probability(difficulty: number, hashes: number): number {
  return -Math.expm1(hashes * Math.log1p(-(2 ** -difficulty)));
}

/** For a message: `12.3 million hashes`, `45 s`. */
export function hashesInWords(hashes: number): string {
  if (hashes < 1e6) return `${Math.round(hashes).toLocaleString('en-US')} hashes`;
  return hashes < 1e12 ? `${(hashes / 1e6).toFixed(1)} million hashes` : `${hashes.toExponential(1)} hashes`;
}

export function timeInWords(ms: number): string {
  const units: [number, string][] = [
    [1, 'ms'],
    [1e3, 's'],
    [6e4, 'minutes'],
    [3.6e6, 'hours'],
    [8.64e7, 'days'],
    [3.156e10, 'years'],
  ];
  const [size, name] = units.findLast(([size]) => ms >= size) ?? units[0]!;
  const amount = ms / size;
  return `${amount < 1e6 ? amount.toFixed(amount < 10 && size > 1 ? 1 : 0) : amount.toExponential(1)} ${name}`;
}
