// A host bundled as a runtime's own bundler does it: by its conditions, and with every imported .wasm left to the runtime.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/**
 * @param {string} entry
 * @param {object} options esbuild's; `wasm` says how the module of an imported `name.wasm` is got, as the code of a module, or
 *   leaves the import as it is if it is not given
 * @returns {Promise<{ text: string, wasm: Map<string, Buffer> }>} the bundle, and the bytes of each .wasm by its name
 */
export async function bundle(entry, { wasm: moduleOf, ...options }) {
  const wasm = new Map();
  const wasmModules = {
    name: 'wasm-modules',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\.wasm(\?module)?$/ }, ({ path, resolveDir }) => {
        const file = path.replace('?module', '');
        const name = basename(file);
        wasm.set(name, readFileSync(join(resolveDir, file)));
        return moduleOf ? { path: name, namespace: 'wasm' } : { path: `./${name}`, external: true };
      });
      onLoad({ filter: /./, namespace: 'wasm' }, ({ path }) => ({ contents: moduleOf(path) }));
    },
  };
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    target: 'es2022',
    logLevel: 'silent',
    plugins: [wasmModules],
    ...options,
  });
  return { text: outputFiles[0].text, wasm };
}
