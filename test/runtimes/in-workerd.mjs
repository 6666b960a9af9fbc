// workerd through Miniflare: the host bundled as a bundler for Workers does it, the kernels beside it as Wasm modules.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { runOverlaps } from './overlaps.mjs';

/** @returns {Promise<object[]>} the suite's results, and those of requests that overlap */
export async function runWorkerd({ folder, context }) {
  return [...(await runSuite({ folder, context })), ...(await overlaps({ folder, context }))];
}

async function overlaps({ folder, context }) {
  const miniflare = await openWorker(join(folder, 'hosts/shared-clients.mjs'));
  try {
    return await runOverlaps((body) => miniflare.dispatchFetch('http://shared/', { method: 'POST', body }), context);
  } finally {
    await miniflare.dispose();
  }
}

async function runSuite({ folder, context }) {
  const miniflare = await openWorker(join(folder, 'hosts/workerd.mjs'));
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
  const { Log, LogLevel, Miniflare } = await import('miniflare');
  const wasm = new Map();
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['workerd', 'worker', 'browser', 'import'],
    external: ['cloudflare:*'],
    logLevel: 'silent',
    plugins: [wasmModules(wasm)],
  });
  return new Miniflare({
    cf: false,
    log: new Log(LogLevel.ERROR),
    compatibilityDate: '2026-04-01',
    modules: [
      { type: 'ESModule', path: 'worker.mjs', contents: outputFiles[0].text },
      ...[...wasm].map(([path, contents]) => ({ type: 'CompiledWasm', path, contents })),
    ],
    ...options,
  });
}

/** Leaves each imported .wasm to the runtime, and keeps its bytes. */
function wasmModules(found) {
  return {
    name: 'wasm-modules',
    setup({ onResolve }) {
      onResolve({ filter: /\.wasm$/ }, ({ path, resolveDir }) => {
        const name = basename(path);
        found.set(name, readFileSync(join(resolveDir, path)));
        return { path: `./${name}`, external: true };
      });
    },
  };
}
