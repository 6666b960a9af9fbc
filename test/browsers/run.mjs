// Runs test/conformance, unchanged and from the packed tarball, in every browser: on a page, in a Web Worker, a shared
// worker and a service worker; then logins under content security policies. Prints a table of each.
//
//   node test/browsers/run.mjs [--json <file>] [browser …]     for instance: firefox webkit
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openProject } from '../runtimes/project.mjs';
import { browsers } from './browsers.mjs';
import { bundle } from './bundles.mjs';
import { contexts } from './contexts.mjs';
import { runContexts } from './in-contexts.mjs';
import { runProfiles } from './in-profiles.mjs';
import { workerFiles } from './profiles.mjs';
import { openServer } from './server.mjs';
import { count, table } from './table.mjs';

const START_MS = 60_000;
/** For all that is done in one browser: one that hangs must not use up the time of the others. */
const BROWSER_MS = 8 * 60_000;
const ci = !['', '0', 'false', undefined].includes(process.env.CI);
const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true });

const all = await browsers();
const unknown = positionals.find((name) => !all.some((browser) => browser.name === name));
if (unknown) {
  console.error(`There is no browser ${unknown}. There are: ${all.map(({ name }) => name).join(', ')}.`);
  process.exit(1);
}
const chosen = all.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const missing = chosen.filter(({ why }) => why !== undefined);

const project = await openProject();
const server = await openServer(await scriptsOf(project.folder));
const done = [];
try {
  for (const browser of chosen.filter(({ why }) => why === undefined)) done.push(await runBrowser(browser));
} finally {
  server.close();
  project.close();
}

const results = done.flatMap(({ name, byContext, inProfiles }) => [
  ...Object.entries(byContext).flatMap(([context, list]) =>
    list.map((result) => ({ where: `${name}, ${contexts[context]?.title ?? context}`, ...result })),
  ),
  ...inProfiles.map((result) => ({ where: name, ...result })),
]);
const failed = results.filter(({ ok }) => !ok);
const skipped = results.filter((result) => result.skipped);
const passed = results.length - failed.length - skipped.length;
print();

if (values.json) {
  const counts = { passed, failed: failed.length, skipped: skipped.length };
  const names = missing.map(({ name }) => `Browser: ${name}.`);
  writeFileSync(values.json, JSON.stringify({ ...counts, missing: names, results }));
}
process.exitCode = failed.length > 0 || (ci && missing.length > 0) ? 1 : 0;

/** The hosts, bundled with the package; another copy of it; and the worker's file as it is published. */
async function scriptsOf(folder) {
  const modules = join(folder, 'node_modules');
  cpSync(fileURLToPath(new URL('hosts', import.meta.url)), join(folder, 'browsers'), { recursive: true });
  cpSync(join(modules, 'countersign'), join(modules, 'another-copy'), { recursive: true });
  const worker = readFileSync(join(modules, 'countersign/dist/pow/worker.js'));
  return new Map([
    ...(await bundle(folder, { entries: ['suite', 'start', 'profile', 'copies'], format: 'esm', splitting: true })),
    ...(await bundle(folder, { entries: ['suite-service'], format: 'iife', splitting: false })),
    ...Object.entries(workerFiles).map(([path, policy]) => [
      path,
      { text: worker, headers: { 'content-security-policy': policy } },
    ]),
  ]);
}

async function runBrowser(browser) {
  const { name } = browser;
  let driven;
  try {
    driven = await browser.start({ timeoutMs: START_MS });
  } catch (error) {
    const result = { area: 'process', name: 'starts', ok: false, ms: 0, error: error.message };
    return { name, version: '', byContext: { start: [result] }, inProfiles: [] };
  }
  const end = performance.now() + BROWSER_MS;
  const left = () => Math.max(0, end - performance.now());
  const options = { browser, driven, server, emulator: project.emulator, left };
  try {
    const byContext = await runContexts(options);
    return { name, version: driven.version, browser, byContext, inProfiles: await runProfiles(options) };
  } finally {
    await driven.close();
  }
}

function print() {
  const areas = [...new Set(results.map(({ area }) => area).filter((area) => area !== 'csp'))];
  const rows = done.flatMap(({ name, version, byContext }) =>
    Object.entries(byContext).map(([context, list]) => [
      `${name} ${/^\d+(\.\d+)?/.exec(version)?.[0] ?? ''}, ${contexts[context]?.title ?? context}`,
      ...areas.map((area) => count(list.filter((result) => result.area === area))),
      `${(list.reduce((sum, { ms }) => sum + ms, 0) / 1000).toFixed(1)} s`,
    ]),
  );
  const gone = missing.map(({ name, why }) => [name, ...areas.map(() => '-'), `missing: ${why}`]);
  console.log(table([['', ...areas, 'all'], ...rows, ...gone]));
  for (const { name, browser } of done) {
    for (const [context, { note }] of Object.entries(browser?.contexts ?? {})) {
      if (note) console.log(`${name}, ${contexts[context].title}: ${note}.`);
    }
  }

  const titles = [...new Set(done.flatMap(({ inProfiles }) => inProfiles.map(({ name }) => name)))];
  const cell = ({ inProfiles }, title) => {
    const result = inProfiles.find(({ name }) => name === title);
    return result === undefined ? '-' : result.ok ? result.how : '✗';
  };
  const head = ['a login under', ...done.map(({ name }) => name)];
  console.log(`\n${table([head, ...titles.map((title) => [title, ...done.map((one) => cell(one, title))])])}`);

  for (const { where, area, name, error } of failed) console.log(`\n✗ ${where}: ${area} ${name}\n  ${error}`);
  const lacking = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
  console.log(`\n${passed} checks passed, ${failed.length} failed${lacking} in ${done.length} browsers.`);
  for (const { name, why } of missing) console.log(`Not on this machine: ${name}: ${why}`);
}
