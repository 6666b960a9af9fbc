// Node, Deno and Bun: the host as a program of theirs.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const TIMEOUT_MS = 180_000;
/** A process with nothing left to do ends at once; slow machines are given some more. */
const END_MS = 5000;

/**
 * @param {string} command
 * @param {readonly string[]} args what comes before the program
 * @param {{ folder: string, context: object, env?: Record<string, string> }} options
 * @returns {Promise<object[]>} the suite's results, and whether the process ended by itself
 */
export function runProcess(command, args, { folder, context, env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args, join(folder, 'hosts/process.mjs'), JSON.stringify(context)], {
      cwd: folder,
      // Nothing of ours: a variable set here by chance must not decide a test.
      env: { PATH: process.env.PATH, HOME: process.env.HOME, SYSTEMROOT: process.env.SYSTEMROOT, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let errors = '';
    let printedAt;
    let killed = false;
    const kill = () => {
      killed = true;
      child.kill('SIGKILL');
    };
    let timer = setTimeout(kill, TIMEOUT_MS);
    child.stderr.on('data', (piece) => {
      errors += piece;
    });
    child.stdout.on('data', (piece) => {
      output += piece;
      if (!output.includes('\n') || printedAt !== undefined) return;
      printedAt = performance.now();
      clearTimeout(timer);
      timer = setTimeout(kill, END_MS);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      if (printedAt === undefined) {
        const why = killed ? `is not done after ${TIMEOUT_MS / 1000} s` : `ended with code ${code} and no result`;
        reject(new Error(`It ${why}.\n${errors}`));
        return;
      }
      const ok = code === 0 && !killed;
      const error = killed ? `still running ${END_MS / 1000} s after its work was done` : `code ${code}\n${errors}`;
      const ms = Math.round(performance.now() - printedAt);
      resolve([...JSON.parse(output), { area: 'process', name: 'endsByItself', ok, ms, ...(ok ? {} : { error }) }]);
    });
  });
}

/** Deno gets the network and nothing else, asks nobody, and keeps its cache out of the user's. */
export function runDeno(command, options) {
  const cache = join(options.folder, '.deno');
  mkdirSync(cache, { recursive: true });
  const { hostname, port } = new URL(options.context.emulator.url);
  const args = [
    'run',
    '--quiet',
    '--no-prompt',
    `--allow-net=${hostname}:${port}`,
    '--node-modules-dir=manual',
    '--no-remote',
  ];
  return runProcess(command, args, { ...options, env: { DENO_DIR: cache, DENO_NO_UPDATE_CHECK: '1' } });
}
