// Debian's packages, for root.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { run } from '../children.mjs';

const TIMEOUT_MS = 10 * 60_000;

/** Whether packages can be installed here. */
export function hasApt() {
  return process.getuid?.() === 0 && isDebian();
}

function isDebian() {
  try {
    return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

/** @param {...string} packages */
export async function aptInstall(...packages) {
  const install = () => apt('install', '-y', '--no-install-recommends', ...packages);
  // The lists of packages may be missing, as in a fresh container, or old.
  if ((await install()).ok) return;
  await apt('update');
  await install();
}

function apt(...args) {
  return run('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args], {
    quiet: true,
    timeoutMs: TIMEOUT_MS,
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  });
}
