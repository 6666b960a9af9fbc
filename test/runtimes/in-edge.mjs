// Vercel's edge runtime: the host bundled by the condition `edge-light`, `./x.wasm?module` being a compiled module.
import { join } from 'node:path';
import { bundle } from './bundle.mjs';

/** @returns {Promise<object[]>} the suite's results */
export async function runEdge({ folder, context }) {
  const { EdgeRuntime } = await import('edge-runtime');
  const { text, wasm } = await bundle(join(folder, 'hosts/edge.mjs'), {
    format: 'iife',
    conditions: ['edge-light', 'worker', 'browser', 'import'],
    wasm: (name) => `export default globalThis.wasmModules[${JSON.stringify(name)}];`,
  });
  const wasmModules = Object.fromEntries([...wasm].map(([name, bytes]) => [name, new WebAssembly.Module(bytes)]));
  const runtime = new EdgeRuntime({ initialCode: text, extend: (globals) => Object.assign(globals, { wasmModules }) });
  const response = await runtime.dispatchFetch('http://suite/', { method: 'POST', body: JSON.stringify(context) });
  await response.waitUntil();
  if (!response.ok) throw new Error(`The function answered ${response.status}: ${await response.text()}`);
  return await response.json();
}
