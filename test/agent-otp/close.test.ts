import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build, type Rollup } from 'vite';
import { expect, it, onTestFinished } from 'vitest';
import { startEmulator } from '../../src/emulator/node/index.js';
import { tcpServer } from '../http/servers.js';

it('whatever a wait was at when it ended, the process ends by itself within a second', {
  timeout: 60_000,
}, async () => {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  const mute = await tcpServer(() => {});
  // Opens a socket, and never says another word: not even that it is closed.
  const deaf = await tcpServer((socket, head) => {
    const key = /sec-websocket-key: (\S+)/i.exec(head)?.[1];
    if (key === undefined) return;
    // RFC 6455 §1.3.
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    const fields = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`];
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${fields.join('\r\n')}\r\n\r\n`);
  });
  const folder = await mkdtemp(join(tmpdir(), 'countersign-waits-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const program = join(folder, 'program.mjs');
  await writeFile(program, await bundle('./close.program.ts'));

  const { baseUrl, apiKey } = emulator.agentOtp;
  const child = spawn(process.execPath, [program, baseUrl, apiKey, mute.url, deaf.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const lines: string[] = [];
  let closedAt = 0;
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (line === 'closed') closedAt = performance.now();
  }
  expect(await ended).toEqual([0, null]);
  expect(lines.sort()).toEqual([
    'aborted: enough',
    'closed',
    'polling is put off: CLOSED',
    'the other side of the socket is deaf: CLOSED',
    'the request is in flight: CLOSED',
    'the socket is being opened: CLOSED',
    'the socket is open: CLOSED',
  ]);
  expect(performance.now() - closedAt).toBeLessThan(1000);
});

async function bundle(file: string): Promise<string> {
  const entry = fileURLToPath(new URL(file, import.meta.url));
  const options = { ssr: { noExternal: true }, build: { ssr: entry, write: false } } as const;
  const built = await build({ configFile: false, logLevel: 'silent', ...options });
  return (built as Rollup.RollupOutput).output[0].code;
}
