import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';

/**
 * The first of these programs that is there: by one of its names on the PATH, or elsewhere by its whole path.
 *
 * @param {readonly string[]} names
 * @param {readonly (string | undefined)[]} [elsewhere]
 * @returns {string | undefined}
 */
export function findProgram(names, elsewhere = []) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const onPath = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return [...onPath, ...elsewhere].find((path) => path && existsSync(path));
}
