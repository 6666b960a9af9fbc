import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it, onTestFinished } from 'vitest';
import { createEmulator } from '../../src/emulator/index.js';
import { emulatorListener } from '../../src/emulator/node/listener.js';
import { httpServer } from '../http/servers.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** As soak.program.ts has it. */
const IN_FLIGHT = 16;

it('5,000 calls leave no listener, timer, socket or memory behind', { timeout: 240_000 }, async () => {
  const emulator = createEmulator({ lime: { tokenLifetimeSeconds: 86_400 } });
  onTestFinished(() => emulator.close());
  // What runs at once, and the connections of it: an answer's stream may end a little after its call has.
  let open = 0;
  let mostOpen = 0;
  const listener = emulatorListener(emulator);
  const server = await httpServer((request, response) => {
    mostOpen = Math.max(mostOpen, ++open);
    response.once('close', () => open--);
    listener(request, response);
  });

  const child = spawn(
    process.execPath,
    ['--expose-gc', await program(), `${server.url}/api/v1`, emulator.lime.agentToken, `${server.url}/mcp`],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  onTestFinished(() => void child.kill());
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const atRest = async () => {
    const { value } = await lines.next();
    const sockets = server.sockets.size;
    return { ...JSON.parse(value ?? '{}'), sockets, sessions: emulator.mcp.stats.sessions };
  };
  const goOn = () => child.stdin.write('\n');

  const before = await atRest();
  goOn();
  const after = await atRest();
  goOn();
  const closed = await atRest();
  goOn();
  expect(await ended).toEqual([0, null]);

  const nothing = { timers: 0, listeners: 0, warnings: 0 };
  expect(before).toMatchObject({ ...nothing, sessions: 1 });
  expect(after).toMatchObject({ ...nothing, sessions: 1 });
  expect(closed).toMatchObject({ ...nothing, sessions: 0 });
  // Two hundred bytes a call would be more. What is compiled and cached meanwhile is half of it.
  for (const { heapUsed } of [after, closed]) expect(heapUsed - before.heapUsed).toBeLessThan(2 ** 20);
  // A call has one connection, and one more if its answer's stream ends late.
  expect(mostOpen).toBeLessThanOrEqual(2 * IN_FLIGHT);
  expect(after.sockets).toBeLessThanOrEqual(2 * IN_FLIGHT);
});

/** The program as one file, and what it may import. */
async function program(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-soak-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const outfile = join(folder, 'program.mjs');
  await build({
    entryPoints: [join(root, 'test/mcp/soak.program.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    alias: { '#kernels': join(root, 'build/kernels.js') },
  });
  return outfile;
}
