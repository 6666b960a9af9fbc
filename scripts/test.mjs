// `npm test`: everything, in order, each under a heading; what went wrong and what this machine could not run is listed
// at the end, and the last line is a count. In CI (CI=1) what could not be run is a failure.
//
//   npm test                        everything, with the coverage of src/
//   npm test -- test/http           only vitest, with these filters or options
//   npm run check                   only what needs no run: format, lint, types, who may call whom
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { run, runInstalled } from './children.mjs';
import { SetupError } from './setup/error.mjs';
import { root, setup } from './setup.mjs';

const ci = !['', '0', 'false', undefined].includes(process.env.CI);
const args = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), 'countersign-test-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
const missing = [];

function heading(title) {
  process.stdout.write(`\n── ${title} ${'─'.repeat(Math.max(3, 72 - title.length))}\n`);
}

/** Runs a program; a failure is remembered and does not stop what comes after. */
async function step(title, script, options) {
  heading(title);
  const { ok } = await runInstalled(root, script, options);
  if (!ok) failures.push(title);
  return ok;
}

/** A step that has no count of its own counts as one. */
async function check(title, script, options) {
  const ok = await step(title, script, options);
  total[ok ? 'passed' : 'failed']++;
}

async function checks() {
  await check('Format and lint (biome)', '@biomejs/biome/bin/biome', ['check', '.']);
  await check('Types (tsc)', 'typescript/bin/tsc', ['--noEmit']);
  const rule = ['--config', '.dependency-cruiser.cjs', 'src'];
  await check('Who may call whom (dependency-cruiser)', 'dependency-cruiser/bin/dependency-cruise.mjs', rule);
}

async function vitest(args) {
  const report = join(scratch, 'vitest.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  await step('Tests (vitest)', 'vitest/vitest.mjs', ['run', ...reporters, ...args]);
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = readReport(report) ?? {};
  count({ passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests }, 'vitest');
}

/** A program that prints its own table, and writes its counts and what it lacks to a file. */
async function tables(title, script) {
  heading(title);
  const report = join(scratch, `${script.replaceAll('/', '-')}.json`);
  const { ok } = await run(process.execPath, [root + script, '--json', report], { cwd: root });
  if (!ok) failures.push(title);
  const counts = readReport(report);
  count(counts, title);
  missing.push(...(counts?.missing ?? []));
}

function count(counts, who) {
  for (const key of Object.keys(total)) total[key] += counts?.[key] ?? 0;
  if (counts?.passed !== undefined) return;
  failures.push(`${who} ended without a count`);
  total.failed++;
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function summarise() {
  heading('Summary');
  for (const title of failures) process.stdout.write(`Failed: ${title}\n`);
  for (const line of missing) process.stdout.write(`Not run, for this machine lacks it. ${line}\n`);
  const bad = failures.length > 0 || total.failed > 0 || (ci && missing.length > 0);
  if (ci && missing.length > 0) process.stdout.write('In CI, what is not run is a failure.\n');
  if (!bad) process.stdout.write('All is well.\n');
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed${skipped}\n`);
  process.exitCode = bad ? 1 : 0;
}

try {
  const only = args.length > 0;
  missing.push(...(await setup({ test: !only })).missing);
  if (args[0] === '--check') {
    await checks();
  } else if (only) {
    await vitest(args);
  } else {
    await checks();
    await vitest(['--coverage']);
    await tables('Every runtime (test/conformance)', 'test/runtimes/run.mjs');
    await tables('Every browser (test/conformance, content security policies)', 'test/browsers/run.mjs');
    await tables('Every bundler', 'test/bundlers/run.mjs');
    await tables('Every consumer of the types', 'test/packaging/consumers/run.mjs');
  }
  summarise();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
