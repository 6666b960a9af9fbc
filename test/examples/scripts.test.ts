import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPrivateNetwork, type PrivateNetwork } from '../proxy/private-network.js';
import { commandOf } from '../runtimes/runtimes.mjs';

const examples = new URL('../../examples/', import.meta.url).pathname;
const home = mkdtempSync(join(tmpdir(), 'countersign-scripts-'));
let network: PrivateNetwork;
beforeAll(async () => {
  network = await openPrivateNetwork();
});
afterAll(async () => {
  await network.close();
  rmSync(home, { recursive: true });
});

/** Runs a program where the names of its hosts lead to the emulator. */
function run(command: string, args: readonly string[], env: Record<string, string> = {}) {
  return promisify(execFile)(command, args, {
    timeout: 60_000,
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      LIME_AGENT_TOKEN: network.emulator.lime.agentToken,
      CA_FILE: network.caFile,
      TLS_PORT: String(network.tlsPort),
      HTTPS_PROXY: network.proxyUrl,
      NODE_EXTRA_CA_CERTS: network.caFile,
      ...env,
    },
  });
}

describe('the scripts of the examples, run as their head says', { timeout: 90_000 }, () => {
  it('node-script logs in and calls a tool', async () => {
    const { requestId } = network.emulator.lime.createLoginRequest();
    const preload = new URL('../readme/local-https.mjs', import.meta.url).href;
    const args = ['--import', preload, `${examples}node-script/main.mjs`, requestId, 'https://tools.example.org/mcp'];
    const { stdout, stderr } = await run(process.execPath, args);
    expect({ stdout, stderr }).toEqual({ stdout: 'APPROVED\n5\n', stderr: '' });
  });

  it('deno-script logs in with the permissions of its head, and no others', async ({ skip }) => {
    const deno = commandOf('deno');
    if (deno === undefined) return skip('deno is not installed: npm run test:runtimes installs it');
    const file = `${examples}deno-script/main.ts`;
    const [, flags = ''] = /deno run ((?:--\S+ )+)main\.ts/.exec(readFileSync(file, 'utf8')) ?? [];
    expect(flags).toContain('--allow-net=lime.pics');
    const { requestId } = network.emulator.lime.createLoginRequest();
    const args = [
      'run',
      '--quiet',
      '--no-prompt',
      '--no-remote',
      '--node-modules-dir=manual',
      ...flags.trim().split(' '),
    ];
    const env = { DENO_DIR: `${home}/.deno`, DENO_NO_UPDATE_CHECK: '1' };
    const { stdout, stderr } = await run(deno, [...args, file, requestId], env);
    expect({ stdout, stderr }).toEqual({ stdout: 'APPROVED\n', stderr: '' });
  });

  it('bun-script logs in', async ({ skip }) => {
    const bun = commandOf('bun');
    if (bun === undefined) return skip('bun is not installed: npm run test:runtimes installs it');
    const { requestId } = network.emulator.lime.createLoginRequest();
    const { stdout, stderr } = await run(bun, [`${examples}bun-script/main.ts`, requestId]);
    expect({ stdout, stderr }).toEqual({ stdout: 'APPROVED\n', stderr: '' });
  });
});
