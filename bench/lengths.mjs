// The rate by the length of what stands before the nonce: it decides which digits can vary in the inner loop.
import { createSolver } from '../dist/pow.js';
import { countersign } from './rivals/countersign.mjs';
import { measure } from './rounds.mjs';
import { bar, table } from './terminal.mjs';

const KERNELS = ['simd', 'scalar', 'js'];
const QUICK = { rounds: 5, ms: 20, warmUpMs: 40 };
const FULL = { rounds: 25, ms: 30, warmUpMs: 80 };

export async function answer({ quick }) {
  const lengths = Array.from({ length: 64 }, (_, i) => i).filter((i) => !quick || i % 4 === 0);
  const results = [];
  for (const kernel of KERNELS) {
    const solver = createSolver({ threads: 1 });
    const contenders = lengths.map((bytes) => ({
      ...countersign({ kernel, threads: 1, solver, challenge: 'a'.repeat(bytes) }),
      bytes,
    }));
    results.push(...(await measure(contenders, quick ? QUICK : FULL)));
  }
  return { results };
}

export function show({ runtime, cpu, results }) {
  const rateOf = (kernel, bytes) =>
    results.find((result) => result.solver === `countersign-${kernel}` && result.bytes === bytes).hashesPerSecond / 1e6;
  const lengths = [...new Set(results.map(({ bytes }) => bytes))];
  const most = Math.max(...lengths.map((bytes) => rateOf('simd', bytes)));
  const rows = lengths.map((bytes) => [
    bytes,
    ...KERNELS.map((kernel) => rateOf(kernel, bytes).toFixed(2)),
    bar(rateOf('simd', bytes) / most),
  ]);
  const slowest = KERNELS.map((kernel) => {
    const rates = lengths.map((bytes) => rateOf(kernel, bytes));
    return `${kernel}: the slowest length has ${((100 * Math.min(...rates)) / Math.max(...rates)).toFixed(0)} % of the fastest`;
  });
  return [
    `\nMH/s by prefix length modulo 64, ${runtime}, ${cpu}`,
    table(['bytes', ...KERNELS, 'simd'], rows),
    `  ${slowest.join('\n  ')}`,
  ].join('\n\n');
}

export function charts({ results }) {
  return {
    lengths: {
      title: 'Millions of hashes a second by prefix length modulo 64',
      data: results.map(({ solver, bytes, hashesPerSecond }) => ({ solver, bytes, rate: hashesPerSecond / 1e6 })),
      mark: 'line',
      x: { field: 'bytes', title: 'bytes before the nonce' },
      y: { field: 'rate', title: 'MH/s' },
      series: 'solver',
    },
  };
}
