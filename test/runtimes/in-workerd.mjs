// workerd through Miniflare: the host bundled as a bundler for Workers does it, the kernels beside it as Wasm modules.
import { join } from 'node:path';
import { bundle } from './bundle.mjs';
import { runOverlaps } from './overlaps.mjs';

/** @returns {Promise<object[]>} the suite's results, and those of requests that overlap */
export async function runWorkerd({ folder, context }) {
  const results = await runIn(await modulesOf(join(folder, 'hosts/workerd.mjs')), context);
  return [...results, ...(await overlaps({ folder, context }))];
}

async function overlaps({ folder, context }) {
  const miniflare = await openWorker(join(folder, 'hosts/shared-clients.mjs'));
  try {
    return await runOverlaps((body) => miniflare.dispatchFetch('http://shared/', { method: 'POST', body }), context);
  } finally {
    await miniflare.dispose();
  }
}

/** The results of the suite in a Worker of these modules, the first of which is its entry. */
export async function runIn(modules, context) {
  const miniflare = await open(modules);
  try {
    const response = await miniflare.dispatchFetch('http://suite/', { method: 'POST', body: JSON.stringify(context) });
    if (!response.ok) throw new Error(`The Worker answered ${response.status}: ${await response.text()}`);
    return await response.json();
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
