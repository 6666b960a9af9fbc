// Builds a login with every bundler, from the packed tarball, runs what was built, and prints a table.
//
//   node test/bundlers/run.mjs [--json <file>] [bundler …]     for instance: webpack 'vite dev'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { createLoginRequest } from '../conformance/emulator.mjs';
import { root } from '../packaging/packed.mjs';
import { openProject } from '../runtimes/project.mjs';
import { table } from '../runtimes/table.mjs';
import { bunBuild, denoBundle, esbuild, rollup, webpack } from './builds/in-process.mjs';
import { next } from './builds/next.mjs';
import { viteBuild, viteDev } from './builds/vite.mjs';

/** Each bundler: how it builds and runs the login, and where the proof of work must have been solved. */
const bundlers = {
  esbuild: [esbuild, 'worker-thread'],
  rollup: [rollup, 'worker-thread'],
  webpack: [webpack, 'worker-thread'],
  'vite dev': [viteDev, 'web-worker'],
  'vite build': [viteBuild, 'web-worker'],
  'next node': [next('node'), 'worker-thread'],
  'next edge': [next('edge'), 'same-thread'],
  'bun build': [bunBuild, 'worker-thread'],
  'deno bundle': [denoBundle, 'worker-thread'],
};

const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true });
const unknown = positionals.find((name) => !Object.hasOwn(bundlers, name));
if (unknown) {
  console.error(`There is no bundler ${unknown}. There are: ${Object.keys(bundlers).join(', ')}.`);
  process.exit(1);
}

const project = await openProject();
const { folder, emulator } = project;
const columns = [];
try {
  cpSync(`${root}test/bundlers/programs`, join(folder, 'programs'), { recursive: true });
  for (const [name, [build, transport]] of Object.entries(bundlers)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const start = performance.now();
    const error = await logIn(name, build, transport).catch((error) => error);
    const ms = Math.round(performance.now() - start);
    const result = { area: 'login', name: 'logsIn', ok: error === undefined, ms };
    columns.push({ name, ms, results: [error ? { ...result, error: error.stack } : result] });
  }
} finally {
  project.close();
}

async function logIn(name, build, transport) {
  const out = join(folder, 'out', name.replace(' ', '-'));
  mkdirSync(out, { recursive: true });
  const { requestId } = await createLoginRequest({ emulator });
  const { apiBase, agentToken } = emulator.lime;
  const result = await build({ folder, out, input: { apiBase, agentToken, requestId } });
  const expected = { status: 'APPROVED', kernel: 'simd', transport };
  const found = JSON.stringify(result);
  if (found !== JSON.stringify(expected)) throw new Error(`It gave ${found}, not ${JSON.stringify(expected)}.`);
}

const results = columns.flatMap((column) => column.results.map((result) => ({ bundler: column.name, ...result })));
const failed = results.filter(({ ok }) => !ok);
console.log(table(columns));
for (const { bundler, error } of failed) console.log(`\n✗ ${bundler}\n  ${error}`);
console.log(`\n${results.length - failed.length} bundlers passed, ${failed.length} failed.`);
if (values.json) {
  const counts = { passed: results.length - failed.length, failed: failed.length, skipped: 0 };
  writeFileSync(values.json, JSON.stringify({ ...counts, missing: [], results }));
}
process.exitCode = failed.length > 0 ? 1 : 0;
