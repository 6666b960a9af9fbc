// Every solver side by side: hashes a second on one thread, and ours on more.
import os from 'node:os';
import { countersign } from './rivals/countersign.mjs';
import { measure } from './rounds.mjs';
import { ratios } from './targets.mjs';
import { bar, table } from './terminal.mjs';

const KERNELS = ['simd', 'scalar', 'js'];
const RIVALS = ['noble', 'node-crypto', 'webcrypto', 'hash-wasm', 'cap', 'altcha', 'python-hashlib', 'c-4lane'];
const MOST_THREADS = 8;

export async function answer({ quick, say }) {
  const contenders = KERNELS.map((kernel) => countersign({ kernel, threads: 1 }));
  const cores = Math.min(MOST_THREADS, os.availableParallelism());
  for (const threads of new Set([2, cores])) {
    if (threads > 1 && threads <= cores) contenders.push(countersign({ kernel: 'simd', threads }));
  }
  for (const name of RIVALS) {
    try {
      const rival = await import(`./rivals/${name}.mjs`);
      contenders.push(...(await rival.contenders()));
    } catch (error) {
      say(`Left out: ${name}. ${error.message}`);
    }
  }
  const results = await measure(
    contenders,
    quick ? { rounds: 11, ms: 50, warmUpMs: 200 } : { rounds: 51, ms: 100, warmUpMs: 800 },
  );
  return { results };
}

export function show({ runtime, cpu, results }) {
  const most = Math.max(...results.map(({ hashesPerSecond }) => hashesPerSecond));
  const rows = [...results]
    .sort((a, b) => b.hashesPerSecond - a.hashesPerSecond)
    .map(({ solver, threads, hashesPerSecond, spread, version = '' }) => [
      solver,
      threads,
      (hashesPerSecond / 1e6).toFixed(2),
      `±${(spread * 50).toFixed(1)} %`,
      bar(hashesPerSecond / most),
      version,
    ]);
  const best = ratios(results, runtime, 'best');
  const targets = ratios(results, runtime, 'hashesPerSecond').map(({ what, target, measured }, i) => [
    what,
    target.toFixed(2),
    measured.toFixed(2),
    measured >= target ? 'met' : 'missed',
    best[i].measured.toFixed(2),
  ]);
  return [
    `\nSHA-256 proof of work, ${runtime}, ${cpu}`,
    table(['solver', 'threads', 'MH/s', 'spread', '', 'version'], rows),
    table(['ratio', 'at least', 'by medians', '', 'by best rounds'], targets),
  ].join('\n\n');
}

/** Charts of the answer, by file name. */
export function charts({ results }) {
  const values = results.map(({ solver, threads, hashesPerSecond }) => ({
    label: threads > 1 ? `${solver}, ${threads} threads` : solver,
    rate: hashesPerSecond / 1e6,
    ours: solver.startsWith('countersign'),
  }));
  return {
    pow: {
      title: 'Millions of hashes a second',
      height: { step: 22 },
      data: values,
      mark: 'bar',
      x: { field: 'rate', title: 'MH/s' },
      y: { field: 'label' },
      highlight: 'ours',
    },
  };
}
