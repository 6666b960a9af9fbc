// four-lanes.c, where there is a gcc.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHALLENGE } from '../message.mjs';
import { child, versionOf } from './child.mjs';

export function contenders() {
  const version = versionOf('gcc');
  if (!version) throw new Error('There is no gcc.');
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  const program = join(folder, 'four-lanes');
  execFileSync('gcc', ['-O3', '-o', program, fileURLToPath(new URL('../four-lanes.c', import.meta.url))]);
  const { run, close } = child(program, [CHALLENGE]);
  return [
    {
      solver: 'c-4lane',
      version: `${version}, -O3`,
      run,
      close() {
        close();
        rmSync(folder, { recursive: true, force: true });
      },
    },
  ];
}
