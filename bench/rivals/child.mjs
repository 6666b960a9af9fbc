// A rival in another language: a program that is told "so many milliseconds" a line on stdin and answers "hashes ms".
import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What a program says of its version, on one line; `undefined` where there is none. */
export function versionOf(command) {
  try {
    return execFileSync(command, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split(
      '\n',
    )[0];
  } catch {
    return undefined;
  }
}

export function child(command, args) {
  const process = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  return {
    close: () => process.kill(),
    async run(ms) {
      process.stdin.write(`${Math.ceil(ms)}\n`);
      const { value } = await lines.next();
      if (value === undefined) throw new Error(`${command} ended.`);
      const [hashes, elapsed] = value.split(' ').map(Number);
      return { hashes, ms: elapsed };
    },
  };
}
