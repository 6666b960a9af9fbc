// Bundlers whose bundle is a program. Each writes `program.mjs` to `out`, and it is run.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { commandOf } from '../../runtimes/runtimes.mjs';

const execute = promisify(execFile);
const TIMEOUT_MS = 120_000;
const CONDITIONS = ['browser', 'module', 'import', 'default'];

/** Runs a program with the login's input; Node may need flags before it. */
async function run(command, args, input, env = {}) {
  const { PATH, HOME } = process.env;
  const { stdout } = await execute(command, [...args, JSON.stringify(input)], {
    timeout: TIMEOUT_MS,
    env: { PATH, HOME, ...env },
  });
  return JSON.parse(stdout);
}

export async function esbuild({ folder, out, input }) {
  const { build } = await import('esbuild');
  const outfile = join(out, 'program.mjs');
  const shared = { bundle: true, minify: true, format: 'esm', target: 'es2022', logLevel: 'silent' };
  await build({ ...shared, entryPoints: [join(folder, 'programs/process.mjs')], outfile });
  return run(process.execPath, [outfile], input);
}

export async function rollup({ folder, out, input }) {
  const { rollup } = await import('rollup');
  const { nodeResolve } = await import('@rollup/plugin-node-resolve');
  const warnings = [];
  const bundle = await rollup({
    input: join(folder, 'programs/process.mjs'),
    plugins: [nodeResolve({ exportConditions: CONDITIONS })],
    onwarn: (warning) => warnings.push(warning.message),
  });
  await bundle.write({ dir: out, format: 'esm', entryFileNames: 'program.mjs' });
  await bundle.close();
  if (warnings.length > 0) throw new Error(`It warns: ${warnings.join('; ')}`);
  return run(process.execPath, [join(out, 'program.mjs')], input);
}

export async function webpack({ folder, out, input }) {
  const { default: webpack } = await import('webpack');
  const compiler = webpack({
    mode: 'production',
    context: folder,
    entry: join(folder, 'programs/process.mjs'),
    target: ['web', 'es2022'],
    output: { path: out, filename: 'program.mjs', module: true, chunkFormat: 'module' },
    experiments: { outputModule: true },
  });
  const stats = await new Promise((resolve, reject) => {
    compiler.run((error, stats) => (error ? reject(error) : resolve(stats)));
  });
  await new Promise((resolve) => compiler.close(resolve));
  const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
  // That a bundle is large is no fault of it.
  const faults = [...errors, ...warnings].map(({ message }) => message).filter((text) => !/size limit/.test(text));
  if (faults.length > 0) throw new Error(`It says: ${faults.join('; ')}`);
  return run(process.execPath, [join(out, 'program.mjs')], input);
}

export async function bunBuild({ folder, out, input }) {
  const bun = commandOf('bun');
  const outfile = join(out, 'program.mjs');
  await execute(bun, ['build', join(folder, 'programs/process.mjs'), '--target', 'bun', '--outfile', outfile], {
    cwd: folder,
    timeout: TIMEOUT_MS,
  });
  return run(bun, [outfile], input);
}

export async function denoBundle({ folder, out, input }) {
  const deno = commandOf('deno');
  const outfile = join(out, 'program.mjs');
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    DENO_DIR: join(out, '.deno'),
    DENO_NO_UPDATE_CHECK: '1',
  };
  const args = ['bundle', '--quiet', '--node-modules-dir=manual', '--no-remote', '--platform', 'deno', '-o', outfile];
  await execute(deno, [...args, join(folder, 'programs/process.mjs')], {
    cwd: folder,
    timeout: TIMEOUT_MS,
    env: { ...process.env, ...env },
  });
  const { hostname, port } = new URL(input.apiBase);
  return run(deno, ['run', '--quiet', '--no-prompt', `--allow-net=${hostname}:${port}`, outfile], input, env);
}
