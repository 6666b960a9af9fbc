// The suite, in every context of a browser.
import { contexts } from './contexts.mjs';

const TIMEOUT_MS = 120_000;

/** @returns {Promise<Record<string, object[]>>} the suite's results by context */
export async function runContexts({ browser, driven, server, emulator, left }) {
  const byContext = {};
  for (const [name, { script }] of Object.entries(contexts)) {
    const { note: _, ...expected } = browser.contexts[name];
    const context = { emulator, runtime: 'browser', ...expected, kind: name, script };
    const page = name === 'page' ? script : '/esm/start.js';
    const { url, outcome } = server.expect({ script: page, context, timeoutMs: Math.min(TIMEOUT_MS, left()) });
    byContext[name] = await visit(driven, url, outcome).catch((error) => [
      { area: 'process', name: 'starts', ok: false, ms: 0, error: error.message },
    ]);
  }
  return byContext;
}

/** What came of a visit. @throws {Error} the page could not be opened, or told of an error, or nothing in time. */
export async function visit(driven, url, outcome) {
  // Told of here: until the page is open, nobody waits for it.
  outcome.catch(() => undefined);
  await driven.visit(url);
  return outcome;
}
