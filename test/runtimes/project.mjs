// A project in a temporary folder that has the packed package and the suite, for all runtimes alike.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { installPacked, pack, root } from '../packaging/packed.mjs';

/** @returns {Promise<{ folder: string, emulator: object, close(): void }>} the folder goes when this process ends */
export async function openProject() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-runtimes-')));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
  await installPacked(folder, (await pack(folder)).tarball);
  for (const part of ['conformance', 'vectors']) cpSync(`${root}test/${part}`, join(folder, part), { recursive: true });
  cpSync(`${root}test/runtimes/hosts`, join(folder, 'hosts'), { recursive: true });
  const { emulator, close } = await startEmulator(folder);
  return { folder, emulator, close };
}

function startEmulator(folder) {
  const child = spawn(process.execPath, [join(folder, 'hosts/emulator.mjs')], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const close = () => child.stdin.end();
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (piece) => {
      text += piece;
      if (text.includes('\n')) resolve({ emulator: JSON.parse(text), close });
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The emulator ended with code ${code}.`)));
  });
}
