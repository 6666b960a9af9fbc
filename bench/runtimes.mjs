// How each runtime is started: the one that the conformance tests install, else the one on the path.
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { SetupError } from '../scripts/setup/error.mjs';

const installed = fileURLToPath(new URL('../test/runtimes/node_modules/', import.meta.url));

/** @throws {SetupError} this machine has it not. */
export function commandOf(runtime) {
  if (runtime === 'bun') return [find('bun', '@oven', 'bin/')];
  if (runtime === 'deno') return [find('deno', '@deno', ''), 'run', '--allow-all', '--no-prompt'];
  return [process.execPath];
}

function find(name, scope, folder) {
  const scopeFolder = join(installed, scope);
  const platforms = existsSync(scopeFolder) ? readdirSync(scopeFolder) : [];
  const candidates = [
    ...platforms.map((platform) => join(scopeFolder, platform, folder, name)),
    ...(process.env.PATH ?? '').split(delimiter).map((path) => join(path, name)),
  ];
  const found = candidates.flatMap((path) => [path, `${path}.exe`]).find(existsSync);
  if (!found) {
    throw new SetupError(
      `There is no ${name} here. "node scripts/setup.mjs --test" installs one, or put it on the path.`,
    );
  }
  return found;
}
