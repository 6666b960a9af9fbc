// Programs that we start, and that end with us: a signal to us reaches them and whatever they started.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import process from 'node:process';

const windows = process.platform === 'win32';
const children = new Set();
const PATIENCE_MS = 3000;

/**
 * Runs a program to its end. Quiet, it keeps what the program prints for the caller; otherwise it is printed.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, quiet?: boolean, timeoutMs?: number, shell?: boolean }} [options]
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export function run(command, args, { cwd, env = {}, quiet = false, timeoutMs, shell = false } = {}) {
  watchSignals();
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
      shell,
      // A process group of its own, so that it can be ended together with what it started.
      detached: !windows,
    });
    children.add(child);
    const pieces = [];
    child.stdout?.on('data', (piece) => pieces.push(piece));
    child.stderr?.on('data', (piece) => pieces.push(piece));
    let timer;
    if (timeoutMs !== undefined) {
      timer = setTimeout(() => {
        pieces.push(`\n${command} took more than ${timeoutMs / 1000} s and was ended.\n`);
        end(child, 'SIGKILL');
      }, timeoutMs);
    }
    const over = (ok, note = '') => {
      clearTimeout(timer);
      children.delete(child);
      resolve({ ok, output: Buffer.concat(pieces.map((piece) => Buffer.from(piece))).toString() + note });
    };
    child.once('error', (error) => over(false, `${error.message}\n`));
    child.once('close', (code) => over(code === 0));
  });
}

/** Runs one of the project's installed packages, by the path of its program inside node_modules. */
export function runInstalled(root, script, args, options) {
  return run(process.execPath, [`${root}node_modules/${script}`, ...args], { cwd: root, ...options });
}

/** Runs npm: the one that runs us, where one does. */
export function npm(args, options) {
  const own = process.env.npm_execpath ?? '';
  if (/npm-cli\.c?js$/.test(own)) return run(process.execPath, [own, ...args], options);
  return run('npm', args, { ...options, shell: windows });
}

function end(child, signal) {
  try {
    if (windows || child.pid === undefined) child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // It has ended already.
  }
}

let watching = false;

function watchSignals() {
  if (watching) return;
  watching = true;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      for (const child of children) {
        child.once('close', () => {
          if (children.size === 0) process.exit(128 + constants.signals[signal]);
        });
        end(child, 'SIGTERM');
      }
      setTimeout(() => process.exit(128 + constants.signals[signal]), children.size > 0 ? PATIENCE_MS : 0);
    });
  }
  process.once('exit', () => {
    for (const child of children) end(child, 'SIGKILL');
  });
}
