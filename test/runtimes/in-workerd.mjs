// workerd through Miniflare: the host bundled as a bundler for Workers does it, the kernels beside it as Wasm modules.
import { join } from 'node:path';
import { bundle } from './bundle.mjs';
import { runOverlaps } from './overlaps.mjs';

/** @returns {Promise<object[]>} the suite's results, and those of requests that overlap */
export async function runWorkerd({ folder, context }) {
  return runIn((host) => modulesOf(join(folder, 'hosts', host)), context);
}

/**
 * The results of the suite, and those of requests that overlap.
 *
 * @param {(host: string) => Promise<object[]>} modulesOf the modules of a Worker of this host, the first its entry
 */
export async function runIn(modulesOf, context) {
  const suite = await inWorker(await modulesOf('workerd.mjs'), async (ask) => {
    const response = await ask(JSON.stringify(context));
    if (!response.ok) throw new Error(`The Worker answered ${response.status}: ${await response.text()}`);
    return response.json();
  });
  const overlaps = await inWorker(await modulesOf('shared-clients.mjs'), (ask) => runOverlaps(ask, context));
  return [...suite, ...overlaps];
}

/** What `work` returns of a Worker of these modules, which it asks by POST. */
async function inWorker(modules, work) {
  const miniflare = await open(modules);
  try {
    return await work((body) => miniflare.dispatchFetch('http://suite/', { method: 'POST', body }));
  } finally {
    await miniflare.dispose();
  }
}

/**
 * A Worker of this module. Dispose of it.
 *
 * @param {string} entry
 * @param {object} [options] more of Miniflare's, such as bindings
 */
export async function openWorker(entry, options = {}) {
  return open(await modulesOf(entry), options);
}

async function modulesOf(entry) {
  const { text, wasm } = await bundle(entry, {
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser', 'import'],
    external: ['cloudflare:*'],
  });
  const compiled = [...wasm].map(([path, contents]) => ({ type: 'CompiledWasm', path, contents }));
  return [{ type: 'ESModule', path: 'worker.mjs', contents: text }, ...compiled];
}

async function open(modules, options = {}) {
  const { Log, LogLevel, Miniflare } = await import('miniflare');
  return new Miniflare({
    cf: false,
    log: new Log(LogLevel.ERROR),
    compatibilityDate: '2026-04-01',
    modules,
    ...options,
  });
}
