// From solve() to the answer, by difficulty: in a process that has solved before, and in one that was just started.
import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { createSolver } from '../dist/pow.js';
import { quantile } from './statistics.mjs';
import { bar, table } from './terminal.mjs';

const DIFFICULTIES = [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20];
const COLD = [8, 12, 15, 18];
/** Issue 3, at difficulty 15: the median of a warm pool, and the first call of a process. */
const TARGETS = { difficulty: 15, warmMs: 5, coldMs: 60 };

const coldProgram = fileURLToPath(new URL('cold-solve.mjs', import.meta.url));

export async function answer({ quick }) {
  const runs = quick ? 50 : 200;
  const warm = new Map(DIFFICULTIES.map((difficulty) => [difficulty, []]));
  const solver = createSolver();
  for (let i = 0; i < 20; i++) await solver.solve({ challenge: `warm-up ${i}`, difficulty: 16 });
  for (let run = 0; run < runs; run++) {
    for (const [difficulty, times] of warm) {
      if (difficulty > 17 && run >= runs / 4 && quick) continue;
      const { elapsedMs } = await solver.solve({ challenge: challengeOf(run, difficulty), difficulty });
      times.push(elapsedMs);
    }
  }
  await solver.close();

  const cold = new Map(COLD.map((difficulty) => [difficulty, []]));
  for (let run = 0; run < (quick ? 5 : 50); run++) {
    for (const [difficulty, times] of cold) {
      const args = [coldProgram, challengeOf(run, difficulty), String(difficulty)];
      times.push(Number(execFileSync(process.execPath, args, { encoding: 'utf8' })));
    }
  }
  const results = [];
  for (const [start, all] of Object.entries({ warm, cold })) {
    for (const [difficulty, times] of all)
      results.push({ start, difficulty, runs: times.length, ...percentiles(times) });
  }
  return { results };
}

// A platform's challenges differ, so that each solve has its own luck.
function challengeOf(run, difficulty) {
  return `${run.toString(16).padStart(16, '0')}${difficulty.toString(16).padStart(16, '0')}`;
}

function percentiles(times) {
  const round = (ms) => Number(ms.toFixed(3));
  return Object.fromEntries([50, 90, 99].map((p) => [`p${p}`, round(quantile(times, p / 100))]));
}

export function show({ runtime, cpu, results }) {
  const most = Math.log1p(Math.max(...results.map(({ p50 }) => p50)));
  const rows = results.map(({ start, difficulty, runs, p50, p90, p99 }) => [
    start,
    difficulty,
    runs,
    ...[p50, p90, p99].map((ms) => ms.toFixed(2)),
    bar(Math.log1p(p50) / most),
  ]);
  const at = (wanted) =>
    results.find(({ start, difficulty }) => start === wanted && difficulty === TARGETS.difficulty).p50;
  const target = (what, most, ms) => [what, most.toFixed(0), ms.toFixed(2), ms <= most ? 'met' : 'missed'];
  return [
    `\nMilliseconds from solve() to the answer, ${runtime}, ${cpu}`,
    table(['start', 'difficulty', 'runs', 'p50', 'p90', 'p99', 'p50 (logarithmic)'], rows),
    table(
      ['ms at difficulty 15, median', 'at most', 'measured', ''],
      [target('warm pool', TARGETS.warmMs, at('warm')), target('first call in a process', TARGETS.coldMs, at('cold'))],
    ),
  ].join('\n\n');
}

export function charts({ results }) {
  const data = results.flatMap(({ start, difficulty, p50, p99 }) => [
    { series: `${start}, median`, difficulty, ms: p50 },
    { series: `${start}, 99th percentile`, difficulty, ms: p99 },
  ]);
  return {
    latency: {
      title: 'Milliseconds from solve() to the answer',
      data,
      mark: 'line',
      x: { field: 'difficulty', title: 'difficulty' },
      y: { field: 'ms', title: 'ms', logarithmic: true },
      series: 'series',
    },
  };
}
