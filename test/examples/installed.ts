import { createRequire } from 'node:module';

/** Whether a package of `test/runtimes` or `test/bundlers` is there. */
export function hasPackage(folder: 'runtimes' | 'bundlers', name: string): boolean {
  try {
    createRequire(new URL(`../${folder}/`, import.meta.url)).resolve(name);
    return true;
  } catch {
    return false;
  }
}
