// What a bundler makes of an import of the package, for a browser.
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import { root } from './packed.mjs';

export interface BundleOptions {
  /** Whether what is imported by `import()` becomes files of its own. Default `false`: all is one file. */
  readonly splitting?: boolean;
  /** Conditions of package.json that are on beside those of browsers. */
  readonly conditions?: readonly string[];
}

/** The entry's file and those that it imports, but not those that it loads later by `import()`. */
export interface Bundle {
  /** Each file compressed by itself, as it is sent. */
  readonly gzipBytes: number;
  readonly text: string;
  /** Its largest parts with their bytes before compression, for whoever has to make it smaller. */
  readonly parts: readonly string[];
  /** npm's packages that are in it. */
  readonly packages: readonly string[];
  /** Modules of Node that it imports. */
  readonly nodeModules: readonly string[];
}

/** Bundles a module's source, `export * from 'countersign/pow'` for instance. The entries are the built ones. */
export async function bundle(contents: string, options: BundleOptions = {}): Promise<Bundle> {
  const { splitting = false, conditions = [] } = options;
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    splitting,
    conditions: [...conditions],
    outdir: root,
    // Left as they are, so that they can be seen: for a browser the build would fail. And what no bundle has inside.
    external: ['node:*', '*.wasm'],
    logLevel: 'silent',
  });
  const paths = [...sentAtOnce(metafile)];
  const files = paths.map((path) => outputFiles.find((file) => file.path.endsWith(`/${path}`))!);
  const sizes = paths.flatMap((path) =>
    Object.entries(metafile.outputs[path]!.inputs).map(([path, { bytesInOutput }]) => ({ path, bytesInOutput })),
  );
  sizes.sort((a, b) => b.bytesInOutput - a.bytesInOutput);
  const packages = sizes.map(({ path }) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  const imports = paths.flatMap((path) => metafile.outputs[path]!.imports.map(({ path }) => path));
  return {
    gzipBytes: files.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0),
    text: files.map(({ text }) => text).join('\n'),
    parts: sizes.slice(0, 8).map(({ path, bytesInOutput }) => `${bytesInOutput} ${path}`),
    packages: [...new Set(packages.filter((name) => name !== undefined))].sort(),
    nodeModules: imports.filter((path) => path.startsWith('node:')),
  };
}

/** The paths of the entry's file and of all that it imports. */
function sentAtOnce({ outputs }: Metafile): Set<string> {
  const found = new Set<string>();
  const add = (path: string) => {
    if (found.has(path) || outputs[path] === undefined) return;
    found.add(path);
    for (const { path: imported, kind } of outputs[path].imports) if (kind === 'import-statement') add(imported);
  };
  add(Object.keys(outputs).find((path) => outputs[path]!.entryPoint !== undefined)!);
  return found;
}
