import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const src = fileURLToPath(new URL('../../src/', import.meta.url));

/** A module that imports `pow` from our sources, as one file. */
export async function bundle(program: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: `import * as pow from './pow/index.ts';\n${program}`, resolveDir: src, loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2022',
    write: false,
  });
  return outputFiles[0]!.text;
}

/** The file that `countersign/pow/worker` is, as one that an application hosts. */
export async function workerFile(): Promise<string> {
  const entryPoints = [`${src}pow/worker.ts`];
  const { outputFiles } = await build({ entryPoints, bundle: true, format: 'esm', target: 'es2022', write: false });
  return outputFiles[0]!.text;
}

export interface Ended {
  readonly code: number | null;
  /** What it printed, a line of JSON each. */
  readonly lines: readonly unknown[];
  /** From its last line to its end. */
  readonly lingeredMs: number;
}

/** Runs a program (see `bundle`) in a process of its own, until it ends by itself; after 20 s it is killed. */
export async function run(program: string, flags: readonly string[] = []): Promise<Ended> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-pow-'));
  const file = join(folder, 'program.mjs');
  try {
    await writeFile(file, await bundle(`const say = (value) => console.log(JSON.stringify(value));\n${program}`));
    return await runFile(file, flags);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function runFile(file: string, flags: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--no-warnings', ...flags, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: 20_000,
    });
    let text = '';
    let spokeAt = performance.now();
    child.stdout.on('data', (chunk) => {
      text += chunk;
      spokeAt = performance.now();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const lines = text.split('\n').filter(Boolean);
      resolve({ code, lines: lines.map((line) => JSON.parse(line)), lingeredMs: performance.now() - spokeAt });
    });
  });
}
