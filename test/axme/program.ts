import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build, type Rollup } from 'vite';
import { onTestFinished } from 'vitest';

/** Runs a program of this folder as a process of its own, until it ends by itself: what it said, line by line, and how it ended. */
export async function runProgram(
  file: string,
  args: readonly string[],
  nodeOptions: readonly string[] = [],
): Promise<{ readonly lines: readonly string[]; readonly code: number | null; readonly endedAfterMs: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-axme-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const entry = fileURLToPath(new URL(file, import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    ssr: { noExternal: true },
    build: { ssr: entry, write: false, rolldownOptions: { output: { codeSplitting: false } } },
  });
  const program = join(folder, 'program.mjs');
  await writeFile(program, (built as Rollup.RollupOutput).output[0].code);
  const child = spawn(process.execPath, [...nodeOptions, program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill());
  const ended = once(child, 'exit');
  const lines: string[] = [];
  let saidAt = 0;
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    saidAt = performance.now();
  }
  const [code] = await ended;
  return { lines, code, endedAfterMs: performance.now() - saidAt };
}
