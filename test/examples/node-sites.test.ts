import { spawn } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { visit } from './browser.js';

let emulator: StartedEmulator;
beforeAll(async () => {
  emulator = await startEmulator({ lime: { difficulty: 10 } });
});
afterAll(() => emulator.close());

it.for(['hono-site', 'express-site'])('%s lets an agent in, and ends when it is told to', async (name) => {
  const { siteToken, apiBase } = emulator.lime;
  const main = new URL(`../../examples/${name}/main.mjs`, import.meta.url).pathname;
  const child = spawn(process.execPath, [main], {
    env: { LIME_SITE_TOKEN: siteToken, LIME_API_BASE: apiBase, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.once('data', (text) => resolve(String(text).trim()));
      child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
    });
    const agent = emulator.emulator.lime.listAgents()[0];
    expect(await visit(emulator, (path, init) => fetch(url + path, init))).toEqual({ agentId: agent?.agentId });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  } finally {
    child.kill('SIGKILL');
  }
});
