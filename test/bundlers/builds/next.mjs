// Next.js: one route on Node, one on the edge runtime, built once and served as in production.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const TIMEOUT_MS = 240_000;
const cli = createRequire(import.meta.url).resolve('next/dist/bin/next');

let built;

/** @param {'node' | 'edge'} name whose route is asked */
export const next =
  (name) =>
  async ({ folder, input }) => {
    built ??= build(folder);
    const server = serveNext(await built);
    try {
      const response = await fetch(`${await server.url}/api/${name}`, { method: 'POST', body: JSON.stringify(input) });
      const text = await response.text();
      if (!response.ok) throw new Error(`The route answered ${response.status}: ${text}\n${server.output()}`);
      return JSON.parse(text);
    } finally {
      server.child.kill('SIGTERM');
      await server.closed;
    }
  };

/** Builds the application in this folder. @throws with what Next.js has printed. */
export const buildNext = (cwd) => ended(start(['build'], cwd));

/** Serves what was built, once `url` is there, until its `child` is told to end. */
export const serveNext = (cwd, env) => start(['start', '--hostname', '127.0.0.1', '--port', '0'], cwd, env);

/** Beside the installed Next.js, which must lie above what it builds. @returns {Promise<string>} where it is */
async function build(folder) {
  const project = mkdtempSync(fileURLToPath(new URL('../.next-', import.meta.url)));
  process.once('exit', () => rmSync(project, { recursive: true, force: true }));
  for (const part of ['programs', 'node_modules']) cpSync(join(folder, part), join(project, part), { recursive: true });
  const cwd = join(project, 'programs/next');
  await buildNext(cwd);
  return cwd;
}

function start(args, cwd, env) {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [cli, ...args], {
    cwd,
    env: { PATH, HOME, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', CI: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  const closed = new Promise((resolve) => {
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve(code);
    });
  });
  const url = new Promise((resolve, reject) => {
    const read = (piece) => {
      text += piece;
      const found = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(text);
      if (found) resolve(found[0]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    closed.then(() => reject(new Error(`next ${args[0]} ended:\n${text}`)));
  });
  url.catch(() => {});
  return { child, closed, url, output: () => text };
}

async function ended({ closed, output }) {
  const code = await closed;
  if (code !== 0) throw new Error(`next build failed:\n${output()}`);
}
