// One setup at a time: two that install into the same folder would break each other.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 250;
/** Between the file's creation and its content there is a moment; nobody needs longer. */
const EMPTY_MS = 5000;
/** Two that take over a dead owner's lock at once see within this time who has it. */
const SETTLE_MS = 50;

/**
 * Runs `work` while the file at `path` names this process. A lock whose process has ended is taken over.
 *
 * @param {string} path
 * @param {(line: string) => void} say
 * @param {() => Promise<void>} work
 */
export async function withLock(path, say, work) {
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  while (!(await take(path))) {
    const owner = ownerOf(path);
    if (owner !== undefined && !isAlive(owner)) {
      rmSync(path, { force: true });
      continue;
    }
    if (!told) say(`Waiting for another setup${owner ? ` (process ${owner})` : ''} …`);
    told = true;
    await sleep(POLL_MS);
  }
  const release = () => {
    if (ownerOf(path) === process.pid) rmSync(path, { force: true });
  };
  process.once('exit', release);
  try {
    await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

async function take(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if (error.code === 'EEXIST' || error.code === 'EPERM') return false;
    throw error;
  }
  await sleep(SETTLE_MS);
  return ownerOf(path) === process.pid;
}

/** The process that holds the lock; 0 for one that never said; undefined while nobody can tell. */
function ownerOf(path) {
  try {
    const text = readFileSync(path, 'utf8');
    if (text !== '') return Number(text);
    return Date.now() - statSync(path).mtimeMs > EMPTY_MS ? 0 : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // There is such a process, though not one of ours.
    return error.code === 'EPERM';
  }
}
