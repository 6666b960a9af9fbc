// Which runtimes there are, and how each is started.
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { runEdge } from './in-edge.mjs';
import { runDeno, runProcess } from './in-process.mjs';
import { runWorkerd } from './in-workerd.mjs';
import { runWrangler } from './in-wrangler.mjs';

const modules = fileURLToPath(new URL('node_modules/', import.meta.url));

/**
 * @typedef {object} Runtime
 * @property {string} name
 * @property {boolean} available whether this machine has it
 * @property {object} expected what the suite is told about it
 * @property {Readonly<Record<string, string>>} [lacks] areas that it cannot have, and why
 * @property {(options: { folder: string, context: object }) => Promise<object[]>} run
 */

const threads = { transport: 'worker-thread' };

const NOT_CUT_OFF = 'a request may await what another has begun';
const NO_PROCESS = 'no program that could end by itself';
const PROGRAM = { 'shared client': NOT_CUT_OFF };
const WORKER = { process: NO_PROCESS };

/**
 * The program of a runtime that is one.
 *
 * @param {string} name such as `node 24`, `deno`, `bun`
 * @returns {string | undefined} `undefined` if this machine does not have it
 */
export function commandOf(name) {
  if (name === ownName) return process.execPath;
  if (name.startsWith('node ')) return program(`${name.replace(' ', '')}/bin/`, 'node');
  return name === 'deno' ? program('@deno/*/', 'deno') : program('@oven/*/bin/', 'bun');
}

const ownName = `node ${process.versions.node.split('.')[0]}`;

/** @returns {Runtime[]} */
export function runtimes() {
  const nodes = [...new Set([ownName, 'node 22', 'node 24'])];
  const deno = commandOf('deno');
  const bun = commandOf('bun');
  return [
    ...nodes.map((name) => ({
      name,
      available: commandOf(name) !== undefined,
      // Node has a WebSocket from 22 on.
      expected: { runtime: 'node', ...threads, sockets: Number(name.split(' ')[1]) >= 22 },
      lacks: PROGRAM,
      run: (options) => runProcess(commandOf(name), [], options),
    })),
    {
      name: 'deno',
      available: deno !== undefined,
      expected: { runtime: 'deno', ...threads },
      lacks: PROGRAM,
      run: (options) => runDeno(deno, options),
    },
    {
      name: 'bun',
      available: bun !== undefined,
      expected: { runtime: 'bun', ...threads },
      lacks: PROGRAM,
      run: (options) => runProcess(bun, [], options),
    },
    {
      name: 'workerd',
      available: has('miniflare'),
      expected: { runtime: 'workerd', transport: 'same-thread' },
      lacks: WORKER,
      run: runWorkerd,
    },
    {
      name: 'wrangler',
      available: has('wrangler'),
      expected: { runtime: 'workerd', transport: 'same-thread' },
      lacks: WORKER,
      run: runWrangler,
    },
    {
      name: 'edge',
      available: has('edge-runtime'),
      expected: { runtime: 'edge-light', transport: 'same-thread' },
      lacks: { ...PROGRAM, ...WORKER },
      run: runEdge,
    },
  ];
}

/** The program of a package that holds it for one platform; a star stands for that package's name. */
function program(folder, name) {
  const [scope, rest] = folder.split('*/');
  const names = rest === undefined ? [''] : existsSync(modules + scope) ? readdirSync(modules + scope) : [];
  const paths = names.map((platform) => modules + scope + (rest === undefined ? '' : `${platform}/${rest}`) + name);
  return paths.flatMap((path) => [path, `${path}.exe`]).find(existsSync);
}

function has(name) {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}
