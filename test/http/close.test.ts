import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build, type Rollup } from 'vite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HttpClosedError } from '../../src/http/index.js';
import { clientFor, failure, get } from './clients.js';
import { ManualClock } from './manual-clock.js';
import { httpServer, inTurn, json } from './servers.js';

describe('close', () => {
  it('breaks off what is in flight and refuses what comes later', async () => {
    const clock = new ManualClock();
    const server = await httpServer(() => {});
    const client = clientFor(server.url, { clock });
    const calls = [failure(client.request(get())), failure(client.request(get()))];
    await expect.poll(() => server.requests.length).toBe(2);
    client.close();
    client.close();
    for (const error of [...(await Promise.all(calls)), await failure(client.request(get()))]) {
      expect(error).toBeInstanceOf(HttpClosedError);
      expect(error).toMatchObject({ code: 'CLOSED', retryable: false });
    }
    expect(clock.sleeping).toBe(0);
    await expect.poll(() => server.requests.every(({ socket }) => socket.destroyed)).toBe(true);
  });

  it('ends a back-off', async () => {
    const server = await httpServer(json(503, {}));
    const clock = new ManualClock();
    const client = clientFor(server.url, {
      clock,
      maxRetries: 1,
      hooks: { onRetry: () => setImmediate(() => client.close()) },
    });
    expect(await failure(client.request(get()))).toBeInstanceOf(HttpClosedError);
    expect(clock.sleeping).toBe(0);
  });

  it('lets the process end by itself within a second', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-close-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const program = join(folder, 'program.mjs');
    await writeFile(program, await bundle('./close.program.ts'));
    const server = await httpServer(inTurn(json(200, {}), json(503, {}, { 'retry-after': '30' }), () => {}));

    const child = spawn(process.execPath, [program, server.url], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    const lines: string[] = [];
    let closedAt = 0;
    for await (const line of createInterface(child.stdout)) {
      lines.push(line);
      if (line === 'closed') closedAt = performance.now();
    }
    expect(await ended).toEqual([0, null]);
    expect(performance.now() - closedAt).toBeLessThan(1000);
    expect(lines).toEqual(['answered 200', 'backing off', 'in flight', 'closed', 'CLOSED', 'CLOSED']);
  });
});

async function bundle(file: string): Promise<string> {
  const entry = fileURLToPath(new URL(file, import.meta.url));
  const built = await build({ configFile: false, logLevel: 'silent', build: { ssr: entry, write: false } });
  return (built as Rollup.RollupOutput).output[0].code;
}
