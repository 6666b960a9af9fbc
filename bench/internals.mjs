// Modules of ours that no entry of the package exports, as its entries have them: bundled without what they import from npm.
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Everything that `src/<path>` exports, for each of the paths. */
export async function internals(...paths) {
  const { outputFiles } = await build({
    stdin: {
      contents: paths.map((path) => `export * from './src/${path}';`).join('\n'),
      resolveDir: root,
    },
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    write: false,
  });
  // In a file, so that packages are found from there.
  const file = `${root}build/.bench-internals.mjs`;
  writeFileSync(file, outputFiles[0].text);
  try {
    return await import(pathToFileURL(file).href);
  } finally {
    rmSync(file);
  }
}
