// Every check of every area, and how they are run. A check is an async function of the context, is named for what it
// shows, and throws when it does not hold. It uses web standards and `countersign` by name, nothing else, so that any
// runtime can run it as it is.
import * as agent from './agent.mjs';
import * as disposal from './disposal.mjs';
import * as emulated from './emulated.mjs';
import * as errors from './errors.mjs';
import * as intent from './intent.mjs';
import * as login from './login.mjs';
import * as permission from './permission.mjs';
import * as pow from './pow.mjs';
import * as secrets from './secrets.mjs';
import * as site from './site.mjs';
import * as token from './token.mjs';
import * as webhooks from './webhooks.mjs';

/**
 * What a host tells the checks.
 *
 * @typedef {object} Context
 * @property {object} emulator what `countersign emulator --json` prints
 * @property {string} runtime what `diagnose()` must call this runtime
 * @property {string} transport where `solve` must do its work here
 * @property {string[]} [without] kernels that cannot run here
 * @property {boolean} [sockets] whether there is a WebSocket here; `true` if it is not said
 */

const areas = { errors, pow, login, agent, site, token, permission, intent, webhooks, disposal, secrets, emulated };
const TIMEOUT_MS = 30_000;

/**
 * @param {Context} context
 * @returns {Promise<{ area: string, name: string, ok: boolean, ms: number, error?: string }[]>}
 */
export async function runSuite(context) {
  const results = [];
  for (const [area, checks] of Object.entries(areas)) {
    for (const [name, check] of Object.entries(checks)) {
      const start = performance.now();
      const error = await run(check, context);
      results.push({ area, name, ok: error === undefined, ms: Math.round(performance.now() - start), error });
    }
  }
  return results;
}

/** What went wrong, if anything. */
async function run(check, context) {
  let timer;
  const tooLong = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS);
  });
  try {
    await Promise.race([check(context), tooLong]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ''}` : String(error);
  } finally {
    clearTimeout(timer);
  }
}
