// Dependencies, from the lock file and nothing else.
import { existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { relative } from 'node:path';
import { npm } from '../children.mjs';
import { SetupError } from './error.mjs';

/**
 * Whether what the folder's lock file asks for is what npm says it installed. npm writes that list last, so that an
 * installation which was broken off has none.
 */
export function isInstalled(folder) {
  const lock = readJson(`${folder}package-lock.json`);
  const installed = readJson(`${folder}node_modules/.package-lock.json`);
  if (!lock || !installed || !sameDependencies(readJson(`${folder}package.json`), lock.packages[''])) return false;
  return Object.entries(lock.packages).every(([path, wanted]) => {
    const found = installed.packages[path];
    // Packages of other platforms are left out.
    if (path === '' || (!found && wanted.optional)) return true;
    return found?.version === wanted.version && found?.integrity === wanted.integrity;
  });
}

/**
 * @param {string} folder
 * @param {readonly string[]} [options] more options for npm
 * @throws {SetupError} npm failed, or must not be run here.
 */
export async function install(folder, options = []) {
  if (lstatSync(`${folder}node_modules`, { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new SetupError(
      `${folder}node_modules is a link and not what package-lock.json asks for. Install where it points to.`,
    );
  }
  const args = ['ci', '--no-audit', '--no-fund', '--include=dev', '--include=optional', '--loglevel=error'];
  const { ok, output } = await npm([...args, ...options], {
    cwd: folder,
    quiet: true,
    env: { PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' },
  });
  if (ok && isInstalled(folder)) return;
  throw new SetupError(explain(output), output);
}

/** Lets the programs in a folder with packages of its own import this package by name, as they do elsewhere. */
export function linkSelf(root, folder) {
  const packages = `${folder}node_modules`;
  const link = `${packages}/${readJson(`${root}package.json`).name}`;
  if (!existsSync(packages) || lstatSync(link, { throwIfNoEntry: false })) return;
  symlinkSync(relative(packages, root), link, 'junction');
}

function explain(output) {
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT|ENOTCACHED|ERR_SOCKET_TIMEOUT/.test(output)) {
    return 'npm ci could not reach the registry. Is this machine offline, or `npm config get registry` wrong? npm said:';
  }
  if (/ENOENT/.test(output) && /spawn npm/.test(output))
    return 'npm was not found. It comes with Node. The system said:';
  return 'npm ci failed. It said:';
}

const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

function sameDependencies(manifest, locked) {
  const names = (one) => KINDS.map((kind) => Object.entries(one?.[kind] ?? {}).sort());
  return JSON.stringify(names(manifest)) === JSON.stringify(names(locked));
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
