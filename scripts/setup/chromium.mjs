// A Chromium for the browser tests: one that is named, one that is there, or one that can be installed.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { runInstalled } from '../children.mjs';
import { aptInstall, hasApt } from './apt.mjs';
import { findProgram } from './on-path.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const ELSEWHERE = {
  darwin: [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ],
  win32: [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
    .filter(Boolean)
    .map((folder) => join(folder, 'Google/Chrome/Application/chrome.exe')),
};
const TIMEOUT_MS = 10 * 60_000;

/**
 * @typedef {{ path?: string, why?: string, installable?: boolean }} Chromium its path, or why there is none and whether
 *   installing one may help
 */

/** @returns {Promise<Chromium>} */
export async function findChromium(root) {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    return existsSync(named) ? { path: named } : { why: `CHROMIUM_PATH is ${named}, and there is no such file.` };
  }
  const path = findProgram(NAMES, [...(ELSEWHERE[process.platform] ?? []), playwrightsOwn(root)]);
  return path ? { path } : { why: 'there is none.', installable: true };
}

/** @returns {Promise<Chromium>} */
export async function installChromium(root, say) {
  const isRoot = process.getuid?.() === 0;
  const attempts = [];
  if (hasApt()) attempts.push(['apt-get install chromium', () => aptInstall('chromium')]);
  attempts.push(['playwright install chromium', () => byPlaywright(root, isRoot)]);
  for (const [name, attempt] of attempts) {
    say(`Installing a Chromium to test on (${name}) …`);
    await attempt();
    const found = await findChromium(root);
    if (found.path) return found;
  }
  const tried = attempts.map(([name]) => `\`${name}\``).join(' and ');
  return { why: `there is none, and ${tried} failed. Install one, or set CHROMIUM_PATH.` };
}

function byPlaywright(root, isRoot) {
  const args = ['install', ...(isRoot && process.platform === 'linux' ? ['--with-deps'] : []), 'chromium'];
  return runInstalled(root, 'playwright/cli.js', args, { quiet: true, timeoutMs: TIMEOUT_MS });
}

function playwrightsOwn(root) {
  try {
    return createRequire(`${root}package.json`)('playwright').chromium.executablePath();
  } catch {
    return undefined;
  }
}
