// What a bundler makes of an entry of the package, for a browser and in one file.
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { root } from './packed.mjs';

export interface Bundle {
  readonly gzipBytes: number;
  readonly text: string;
  /** Its largest parts with their bytes before compression, for whoever has to make it smaller. */
  readonly parts: readonly string[];
  /** npm's packages that are in it. */
  readonly packages: readonly string[];
  /** Modules of Node that it imports. */
  readonly nodeModules: readonly string[];
}

/** Bundles everything that an entry exports, `countersign/pow` for instance. The entry is the built one. */
export async function bundle(entry: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export * from '${entry}';`, resolveDir: root },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    // Left as they are, so that they can be seen: for a browser the build would fail.
    external: ['node:*'],
    logLevel: 'silent',
  });
  const { text, contents } = outputFiles[0]!;
  const packages = Object.keys(metafile.inputs).map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  const [output] = Object.values(metafile.outputs);
  const sizes = Object.entries(output!.inputs).map(([path, { bytesInOutput }]) => ({ path, bytesInOutput }));
  sizes.sort((a, b) => b.bytesInOutput - a.bytesInOutput);
  return {
    parts: sizes.slice(0, 8).map(({ path, bytesInOutput }) => `${bytesInOutput} ${path}`),
    gzipBytes: gzipSync(contents, { level: 9 }).length,
    text,
    packages: [...new Set(packages.filter((name) => name !== undefined))].sort(),
    nodeModules: output!.imports.map(({ path }) => path),
  };
}
