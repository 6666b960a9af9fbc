// The scripts that browsers get: bundles of the hosts with the packed package, as a user's bundler makes them.
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * @param {string} folder the project that has the hosts and the package
 * @param {{ entries: readonly string[], format: 'esm' | 'iife', splitting: boolean }} options
 * @returns {Promise<Map<string, { text: string }>>} by path
 */
export async function bundle(folder, { entries, format, splitting }) {
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: entries.map((entry) => join(folder, 'browsers', `${entry}.mjs`)),
    outdir: join(folder, 'bundles', format),
    bundle: true,
    write: false,
    format,
    splitting,
    target: 'es2022',
    platform: 'browser',
    logLevel: 'silent',
  });
  const start = join(folder, 'bundles').length;
  return new Map(outputFiles.map(({ path, text }) => [path.slice(start).replaceAll('\\', '/'), { text }]));
}
