import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { visit } from './browser.js';
import { hasPackage } from './installed.js';

const root = new URL('../..', import.meta.url).pathname;
let emulator: StartedEmulator;
// Below the installed Next.js.
const project = mkdtempSync(`${root}test/bundlers/.next-`);
beforeAll(async () => {
  emulator = await startEmulator({ lime: { difficulty: 10 } });
});
afterAll(async () => {
  await emulator.close();
  rmSync(project, { recursive: true });
});

it('nextjs-site lets an agent in', { timeout: 300_000 }, async ({ skip }) => {
  if (!hasPackage('bundlers', 'next')) return skip('next is not installed: npm run test:bundlers installs it');
  const { buildNext, serveNext } = await import('../bundlers/builds/next.mjs');
  cpSync(`${root}examples/login-page.mjs`, join(project, 'login-page.mjs'));
  cpSync(`${root}examples/nextjs-site`, join(project, 'nextjs-site'), { recursive: true });
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(root, join(project, 'node_modules/countersign'), 'junction');
  const cwd = join(project, 'nextjs-site');
  // Where Next.js itself is installed.
  writeFileSync(join(cwd, 'next.config.mjs'), `export default ${JSON.stringify({ turbopack: { root } })};`);
  await buildNext(cwd);

  const { siteToken, apiBase } = emulator.lime;
  const server = serveNext(cwd, { LIME_SITE_TOKEN: siteToken, LIME_API_BASE: apiBase });
  try {
    const url = await server.url;
    const agent = emulator.emulator.lime.listAgents()[0];
    expect(await visit(emulator, (path, init) => fetch(url + path, init))).toEqual({ agentId: agent?.agentId });
  } finally {
    server.child.kill('SIGTERM');
    await server.closed;
  }
});
