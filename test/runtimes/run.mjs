// Runs test/conformance, unchanged and from the packed tarball, on every runtime, and prints a table.
//
//   node test/runtimes/run.mjs [--json <file>] [runtime …]     for instance: bun 'node 22'
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { openProject } from './project.mjs';
import { runtimes } from './runtimes.mjs';
import { areaTable, holesOf, lackings, table } from './table.mjs';

const ci = !['', '0', 'false', undefined].includes(process.env.CI);
const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true });

const all = runtimes();
const unknown = positionals.find((name) => !all.some((runtime) => runtime.name === name));
if (unknown) {
  console.error(`There is no runtime ${unknown}. There are: ${all.map(({ name }) => name).join(', ')}.`);
  process.exit(1);
}
const chosen = all.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const missing = chosen.filter(({ available }) => !available).map(({ name }) => name);

const project = await openProject();
const columns = [];
try {
  for (const { name, expected, lacks, run } of chosen.filter(({ available }) => available)) {
    const context = { emulator: project.emulator, ...expected };
    const start = performance.now();
    const results = await run({ folder: project.folder, context }).catch((error) => [
      { area: 'process', name: 'starts', ok: false, ms: 0, error: error.message },
    ]);
    columns.push({ name, lacks, results, ms: Math.round(performance.now() - start) });
  }
} finally {
  project.close();
}
// What one that did not start has not run is no hole of its own.
const started = columns.filter(({ results }) => !results.some(({ name }) => name === 'starts'));
const holes = started.map((column) => holesOf(column, started));
for (const [i, { results }] of started.entries()) results.push(...holes[i]);

const results = columns.flatMap((column) => column.results.map((result) => ({ runtime: column.name, ...result })));
const failed = results.filter(({ ok }) => !ok);
const shown = [...columns, ...missing.map((name) => ({ name, results: [] }))];
console.log(`${table(shown)}\n\n${areaTable(shown)}`);
for (const line of lackings(columns)) console.log(line);
for (const { runtime, area, name, error } of failed) console.log(`\n✗ ${runtime}: ${area} ${name}\n  ${error}`);
console.log(
  `\n${results.length - failed.length} checks passed, ${failed.length} failed on ${columns.length} runtimes.`,
);
if (missing.length > 0) console.log(`Not on this machine: ${missing.join(', ')}.`);

if (values.json) {
  const counts = { passed: results.length - failed.length, failed: failed.length, skipped: 0 };
  writeFileSync(
    values.json,
    JSON.stringify({ ...counts, missing: missing.map((name) => `Runtime: ${name}.`), results }),
  );
}
process.exitCode = failed.length > 0 || (ci && missing.length > 0) ? 1 : 0;
