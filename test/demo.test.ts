import { execFile, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const demo = new URL('../examples/demo/main.mjs', import.meta.url).pathname;

describe('the demo', { timeout: 90_000 }, () => {
  it('tells the whole story, finds every check true, and prints no token', async () => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [demo], { timeout: 60_000 });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/\nAll 48 checks were true\.\n$/);
    expect(stdout.match(/session {5}opened for/g)).toHaveLength(2);
    expect(stdout.match(/node:crypto finds \d+ zero bits/g)).toHaveLength(2);
    expect(stdout).toMatch(/█████ step 5 of 5/);
    expect(stdout).not.toMatch(/eyJ|at_[0-9a-f]{8}|st_[0-9a-f]{8}/);
  });

  it.for(['SIGINT', 'SIGKILL'] as const)('leaves no process behind when it is ended by %s', async (signal) => {
    const child = spawn(process.execPath, [demo], { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    for await (const piece of child.stdout) {
      out += piece;
      if (out.includes('wants in')) break;
    }
    const pids = [...out.matchAll(/process {5}(\d+)/g)].map(([, pid]) => Number(pid));
    expect(pids).toHaveLength(4);
    const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
    child.kill(signal);
    expect(await ended).toBe(signal === 'SIGINT' ? 130 : 'SIGKILL');
    for (let waits = 0; pids.some(isAlive) && waits < 100; waits++) await sleep(100);
    expect(pids.filter(isAlive)).toEqual([]);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
