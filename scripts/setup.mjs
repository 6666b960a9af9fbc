// Makes a clone ready: dependencies from the lock file, the build, and with --test what the tests need besides. Silent
// when all is in place; otherwise one line a step, on stderr. Plain Node: it runs before anything is installed.
//
//   node scripts/setup.mjs            dependencies and build
//   node scripts/setup.mjs --build    the same, and builds even if nothing has changed
//   node scripts/setup.mjs --test     the same as the first, and the other runtimes, the bundlers and the browsers
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findFirefox, findWebKit, installBrowsers } from './setup/browsers.mjs';
import { build, isBuilt } from './setup/build.mjs';
import { findChromium, installChromium } from './setup/chromium.mjs';
import { install, isInstalled, linkSelf } from './setup/dependencies.mjs';
import { SetupError } from './setup/error.mjs';
import { withLock } from './setup/lock.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));
/** What only tests need has packages of its own. */
const testPackages = {
  'test/runtimes': 'the runtimes to test on',
  'test/bundlers': 'the bundlers to test with',
  'test/browsers': 'what drives the browsers to test in',
  'examples/frameworks': 'the agent frameworks of the examples',
};

/**
 * @param {{ build?: boolean, test?: boolean }} [wanted]
 * @returns {Promise<{ missing: string[] }>} what the tests want and this machine has not, a line each. Where a Chromium
 *   was found, the environment variable CHROMIUM_PATH names it from here on.
 * @throws {SetupError} there is no going on; the message says what to do.
 */
export async function setup(wanted = {}) {
  checkNode();
  const missing = [];
  if (wanted.build || !isInstalled(root) || !isBuilt(root)) {
    await withLock(`${root}build/.lock`, say, async () => {
      // What another setup did meanwhile need not be done again.
      if (!isInstalled(root)) {
        say('Installing dependencies (npm ci) …');
        await install(root);
      }
      if (wanted.build || !isBuilt(root)) {
        say('Building …');
        await build(root);
      }
    });
  }
  if (!wanted.test) return { missing };

  for (const [path, what] of Object.entries(testPackages)) {
    const folder = `${root}${path}/`;
    if (isInstalled(folder)) continue;
    await withLock(`${root}build/.lock`, say, async () => {
      if (isInstalled(folder)) return;
      say(`Installing ${what} (npm ci in ${path}) …`);
      // Their programs are found inside their packages: a `node` on npm's path would be run instead of the real one.
      const options = ['--ignore-scripts', '--no-bin-links'];
      await install(folder, options).catch((error) => missing.push(`${capital(what)}: ${error.message}`));
    });
  }
  linkSelf(root, `${root}examples/frameworks/`);
  let chromium = await findChromium(root);
  if (chromium.installable) {
    await withLock(`${root}build/.lock`, say, async () => {
      chromium = await findChromium(root);
      if (chromium.installable) chromium = await installChromium(root, say);
    });
  }
  if (chromium.path) process.env.CHROMIUM_PATH = chromium.path;
  else missing.push(`Chromium: ${chromium.why}`);
  if (!findFirefox() || !findWebKit()) {
    await withLock(`${root}build/.lock`, say, async () => missing.push(...(await installBrowsers(say))));
  }
  return { missing };
}

function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function checkNode() {
  const { engines } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  const [, major, minor] = /(\d+)\.(\d+)/.exec(engines.node).map(Number);
  const [hasMajor, hasMinor] = process.versions.node.split('.').map(Number);
  if (hasMajor < major || (hasMajor === major && hasMinor < minor)) {
    throw new SetupError(`countersign needs Node ${major}.${minor} or newer; this is ${process.versions.node}.`);
  }
}

if (process.argv[1] && existsSync(process.argv[1]) && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const flags = process.argv.slice(2);
  const unknown = flags.find((flag) => !['--build', '--test'].includes(flag));
  try {
    if (unknown) throw new SetupError(`Unknown option ${unknown}. There are --build and --test.`);
    const { missing } = await setup({ build: flags.includes('--build'), test: flags.includes('--test') });
    for (const line of missing) say(`Missing. ${line}`);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
