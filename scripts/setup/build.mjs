// Builds when what is built came from other sources than these.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { run } from '../children.mjs';
import { SetupError } from './error.mjs';

const INPUTS = [
  'assembly',
  'src',
  'scripts/build.mjs',
  'asconfig.json',
  'package-lock.json',
  'package.json',
  'tsconfig.json',
  'tsup.config.ts',
];

const stampOf = (root) => `${root}build/.stamp`;

/** Whether everything that package.json names is there and was built from the sources as they are. */
export function isBuilt(root) {
  const stamp = stampOf(root);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hashOf(root) && missingOutputs(root).length === 0;
}

/** @throws {SetupError} the build failed. */
export async function build(root) {
  rmSync(stampOf(root), { force: true });
  // Taken before, so that what is edited during the build is built again.
  const hash = hashOf(root);
  const { ok, output } = await run(process.execPath, ['scripts/build.mjs'], { cwd: root, quiet: true });
  if (!ok) throw new SetupError('The build failed. It said:', output);
  const missing = missingOutputs(root);
  if (missing.length > 0) {
    throw new SetupError(`The build ended well, but package.json names what it did not make: ${missing.join(', ')}.`);
  }
  writeFileSync(stampOf(root), hash);
}

function missingOutputs(root) {
  const { bin, exports, imports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  return leaves([bin, exports, imports]).filter((path) => !existsSync(`${root}${path}`));
}

function leaves(value) {
  return typeof value === 'string' ? [value] : Object.values(value).flatMap(leaves);
}

function hashOf(root) {
  const hash = createHash('sha256');
  for (const path of INPUTS.flatMap((input) => files(root, input))) {
    hash.update(`${path}\0`).update(
      createHash('sha256')
        .update(readFileSync(`${root}${path}`))
        .digest(),
    );
  }
  return hash.digest('hex');
}

function files(root, path) {
  if (!statSync(`${root}${path}`).isDirectory()) return [path];
  const names = readdirSync(`${root}${path}`).sort();
  return names.flatMap((name) => files(root, `${path}/${name}`));
}
