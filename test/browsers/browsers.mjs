// Which browsers there are, how each is started, and what its contexts are expected to be.
import { fileURLToPath } from 'node:url';
import { findFirefox, findWebKit } from '../../scripts/setup/browsers.mjs';
import { findChromium } from '../../scripts/setup/chromium.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * A browser that runs.
 *
 * @typedef {object} Driven
 * @property {string} version
 * @property {(url: string) => Promise<void>} visit leaves the page that it showed for another
 * @property {() => Promise<void>} close ends it, and all that it had started
 */

/**
 * @typedef {object} Browser
 * @property {string} name
 * @property {string | undefined} why there is none on this machine; `undefined` where there is one
 * @property {Readonly<Record<import('./contexts.mjs').ContextName, object>>} contexts what the suite is told about each
 * @property {(options: { timeoutMs: number }) => Promise<Driven>} start
 */

const worker = { transport: 'web-worker' };
const none = { transport: 'same-thread', note: 'no Worker there, so that proofs of work are solved in slices' };

/** @returns {Promise<Browser[]>} */
export async function browsers() {
  const chromium = await findChromium(root);
  const firefox = findFirefox();
  const webKit = findWebKit();
  return [
    {
      name: 'chromium',
      why: chromium.why,
      contexts: { page: worker, worker, shared: none, service: none },
      start: async (options) => (await import('./drivers/chromium.mjs')).startChromium(chromium.path, options),
    },
    {
      name: 'firefox',
      why: firefox ? undefined : 'there is none.',
      contexts: { page: worker, worker, shared: worker, service: none },
      start: async (options) => (await import('./drivers/firefox.mjs')).startFirefox(firefox, options),
    },
    {
      name: 'webkit',
      why: webKit ? undefined : 'there is no WebKitWebDriver with Xvfb.',
      contexts: { page: worker, worker, shared: none, service: none },
      start: async (options) => (await import('./drivers/webkit.mjs')).startWebKit(webKit, options),
    },
  ];
}
