// A thousand solves at once: how long all take, how long the last of a hundred waits, and whether the event loop lives.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createSolver } from '../dist/pow.js';
import { median, quantile } from './statistics.mjs';
import { table } from './terminal.mjs';

const SOLVES = 1_000;
const DIFFICULTY = 15;
/** Issue 3: the 99th percentile against the time that the same hashes take in one piece; and the loop, in ms. */
const TARGETS = { p99: 3, blockedMs: 15 };

export async function answer({ quick }) {
  const runs = [];
  for (let run = 0; run < (quick ? 2 : 7); run++) runs.push(await solveAtOnce(run));
  const results = ['totalMs', 'idealMs', 'p99Ms', 'p99OfIdeal', 'blockedMs'].map((figure) => ({
    figure,
    median: Number(median(runs.map((run) => run[figure])).toFixed(3)),
    worst: Number(Math.max(...runs.map((run) => run[figure])).toFixed(3)),
  }));
  return { solves: SOLVES, difficulty: DIFFICULTY, results };
}

async function solveAtOnce(run) {
  const solver = createSolver();
  for (let i = 0; i < 10; i++) await solver.solve({ challenge: `warm-up ${i}`, difficulty: 17 });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const start = performance.now();
  delay.enable();
  const all = Array.from({ length: SOLVES }, (_, i) =>
    solver.solve({ challenge: `${run} ${i}`.padStart(32, '0'), difficulty: DIFFICULTY }).then(({ hashes }) => ({
      hashes,
      ms: performance.now() - start,
    })),
  );
  const solved = await Promise.all(all);
  const totalMs = performance.now() - start;
  delay.disable();
  const hashes = solved.reduce((sum, one) => sum + one.hashes, 0);
  // What the same threads do with the same number of hashes of one job.
  const idealMs = await oneJob(solver, hashes);
  await solver.close();
  const p99Ms = quantile(
    solved.map(({ ms }) => ms),
    0.99,
  );
  return { totalMs, idealMs, p99Ms, p99OfIdeal: p99Ms / idealMs, blockedMs: delay.max / 1e6 };
}

async function oneJob(solver, maxHashes) {
  try {
    await solver.solve({ challenge: ''.padStart(32, '0'), difficulty: 200, maxDifficulty: 200, maxHashes });
  } catch (error) {
    if (error.code === 'POW_TIMEOUT') return error.elapsedMs;
    throw error;
  }
}

export function show({ runtime, cpu, results }) {
  const of = (figure) => results.find((result) => result.figure === figure);
  const verdict = (figure, most) => [
    of(figure).median.toFixed(2),
    of(figure).worst.toFixed(2),
    most,
    of(figure).median <= most ? 'met' : 'missed',
  ];
  const plain = (figure) => [of(figure).median.toFixed(2), of(figure).worst.toFixed(2), '', ''];
  return [
    `\n${SOLVES} solves of difficulty ${DIFFICULTY} at once, ${runtime}, ${cpu}`,
    table(
      ['', 'median', 'worst', 'at most', ''],
      [
        ['all solved, ms', ...plain('totalMs')],
        ['as many hashes in one job, ms', ...plain('idealMs')],
        ['99th percentile, ms', ...plain('p99Ms')],
        ['99th percentile / one job', ...verdict('p99OfIdeal', TARGETS.p99)],
        ['event loop blocked, ms', ...verdict('blockedMs', TARGETS.blockedMs)],
      ],
    ),
  ].join('\n\n');
}

export function charts({ results }) {
  const labels = {
    totalMs: 'all solved',
    p99Ms: '99th percentile',
    idealMs: 'as many hashes in one job',
    blockedMs: 'event loop blocked',
  };
  return {
    pool: {
      title: `${SOLVES} solves of difficulty ${DIFFICULTY} at once, milliseconds`,
      height: { step: 22 },
      data: results
        .filter(({ figure }) => labels[figure])
        .map(({ figure, median }) => ({ label: labels[figure], ms: median, ours: figure !== 'idealMs' })),
      mark: 'bar',
      x: { field: 'ms', title: 'ms' },
      y: { field: 'label' },
      highlight: 'ours',
    },
  };
}
