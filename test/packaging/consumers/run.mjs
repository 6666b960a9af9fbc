// Compiles the programs of this folder against the packed tarball: every TypeScript that is supported, both ways of finding
// modules, and the types of each kind of runtime, without skipLibCheck. Prints a table.
//
//   node test/packaging/consumers/run.mjs [--json <file>]
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { parseArgs, promisify } from 'node:util';
import { table } from '../../runtimes/table.mjs';
import { installPacked, pack, root } from '../packed.mjs';

const TIMEOUT_MS = 300_000;
const bundlers = createRequire(`${root}test/bundlers/package.json`);
const own = createRequire(`${root}package.json`);

/** Each compiler: its folder, and whether it takes a `require` of a module (from 5.8, as Node does from 20.19). */
const compilers = {
  'TypeScript 5.4': { folder: folderOf(bundlers, 'typescript-5.4'), requires: false },
  'TypeScript 5.8': { folder: folderOf(bundlers, 'typescript-5.8'), requires: true },
  'TypeScript 6.0': { folder: folderOf(own, 'typescript'), requires: true },
};

const resolutions = {
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
};

const runtimes = {
  dom: { lib: ['ES2022', 'DOM'], types: [] },
  node: { lib: ['ES2022'], types: ['node'] },
  workers: { lib: ['ES2022'], types: ['@cloudflare/workers-types'] },
};

const STRICT = {
  target: 'ES2022',
  strict: true,
  exactOptionalPropertyTypes: true,
  noImplicitOverride: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  skipLibCheck: false,
  noEmit: true,
};

const COMMON_JS = `import errors = require('countersign/errors');
import login = require('countersign/lime/login');
import pow = require('countersign/pow');

const agent: login.LimeLogin = new login.LimeLogin({ agentToken: 'token' });
agent.login('request').then(
  ({ status }) => console.log(status),
  (error: unknown) => console.log(errors.isCountersignError(error), pow.verify({ challenge: '', nonce: '0', difficulty: 0 })),
);
`;

const { values } = parseArgs({ options: { json: { type: 'string' } } });
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-consumers-')));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

await installPacked(folder, (await pack(folder)).tarball);
cpSync(`${root}test/packaging/consumers`, join(folder, 'programs'), { recursive: true });
writeFileSync(join(folder, 'required.cts'), COMMON_JS);
link(folderOf(own, '@types/node'));
link(folderOf(bundlers, '@cloudflare/workers-types'));

const columns = [];
for (const [name, { folder: compiler, requires }] of Object.entries(compilers)) {
  const cases = Object.entries(resolutions).flatMap(([area, resolution]) =>
    Object.entries(runtimes).map(([name, types]) => ({ area, name, options: { ...STRICT, ...resolution, ...types } })),
  );
  const options = { ...STRICT, ...resolutions.nodenext, ...runtimes.node };
  if (requires) cases.push({ area: 'nodenext', name: 'require', options, files: ['required.cts'] });
  const start = performance.now();
  const results = await compile(compiler, cases).catch((error) =>
    cases.map(({ area, name }) => ({
      area,
      name,
      ok: false,
      ms: 0,
      error: error.killed ? 'It took too long.' : error.stack,
    })),
  );
  columns.push({ name, ms: Math.round(performance.now() - start), results });
}

/** Compiles in a process of its own, which can be ended. */
async function compile(compiler, cases) {
  const script = `${root}test/packaging/consumers/compile.mjs`;
  const args = [script, compiler, folder, JSON.stringify(cases)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: TIMEOUT_MS, maxBuffer: 2 ** 26 });
  return JSON.parse(stdout);
}

function folderOf(require, name) {
  return dirname(require.resolve(`${name}/package.json`));
}

/** Lends a package of types to the project: by a link, whose target has what they need beside it. */
function link(target) {
  const to = join(folder, 'node_modules', target.slice(target.lastIndexOf('node_modules') + 'node_modules/'.length));
  mkdirSync(dirname(to), { recursive: true });
  symlinkSync(target, to, 'junction');
}

const results = columns.flatMap((column) => column.results.map((result) => ({ compiler: column.name, ...result })));
const failed = results.filter(({ ok }) => !ok);
console.log(table(columns));
for (const { compiler, area, name, error } of failed) console.log(`\n✗ ${compiler}, ${area}, ${name}\n${error}`);
console.log(`\n${results.length - failed.length} compilations passed, ${failed.length} failed.`);
if (values.json) {
  const counts = { passed: results.length - failed.length, failed: failed.length, skipped: 0 };
  writeFileSync(values.json, JSON.stringify({ ...counts, missing: [], results }));
}
process.exitCode = failed.length > 0 ? 1 : 0;
