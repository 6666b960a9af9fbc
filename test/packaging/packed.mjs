// The package as its users get it: packed, and installed from the tarball into a project of its own.
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs npm: the one that runs us, where one does. */
export async function npm(args, options = {}) {
  const own = process.env.npm_execpath ?? '';
  const [command, first] = /npm-cli\.c?js$/.test(own) ? [process.execPath, [own]] : ['npm', []];
  const shell = command === 'npm' && process.platform === 'win32';
  const { stdout } = await promisify(execFile)(command, [...first, ...args], { maxBuffer: 2 ** 26, shell, ...options });
  return stdout;
}

/**
 * Packs what is built.
 *
 * @param {string} folder where the tarball goes
 * @returns {Promise<{ tarball: string, files: string[] }>}
 */
export async function pack(folder) {
  // Set-up has built already; a script of ours would print into npm's JSON.
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [{ filename, files }] = Object.values(JSON.parse(await npm(args, { cwd: root })));
  return { tarball: join(folder, filename), files: files.map(({ path }) => path).sort() };
}

/**
 * Makes a project in `folder` that has nothing but the tarball, its dependencies from the registry as users get them.
 *
 * @param {string} folder
 * @param {string} tarball
 */
export async function installPacked(folder, tarball) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  const args = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', tarball];
  await npm(args, { cwd: folder });
}
