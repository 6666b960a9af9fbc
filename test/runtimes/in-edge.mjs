// Vercel's edge runtime: the host bundled by the condition `edge-light`, `./x.wasm?module` being a compiled module.
import { join } from 'node:path';
import { bundle } from './bundle.mjs';

/** @returns {Promise<object[]>} the suite's results */
export async function runEdge({ folder, context }) {
  const runtime = await openEdge(join(folder, 'hosts/edge.mjs'));
  const response = await runtime.dispatchFetch('http://suite/', { method: 'POST', body: JSON.stringify(context) });
  await response.waitUntil();
  if (!response.ok) throw new Error(`The function answered ${response.status}: ${await response.text()}`);
  return await response.json();
}

/**
 * A runtime with this host, which listens to `fetch`.
 *
 * @param {string} entry
 * @param {Record<string, unknown>} [more] globals
 */
export async function openEdge(entry, more = {}) {
  const { EdgeRuntime } = await import('edge-runtime');
  const { text, wasm } = await bundle(entry, {
    format: 'iife',
    conditions: ['edge-light', 'worker', 'browser', 'import'],
    wasm: (name) => `export default globalThis.wasmModules[${JSON.stringify(name)}];`,
  });
  const wasmModules = Object.fromEntries([...wasm].map(([name, bytes]) => [name, new WebAssembly.Module(bytes)]));
  return new EdgeRuntime({ initialCode: text, extend: (globals) => Object.assign(globals, { wasmModules, ...more }) });
}
