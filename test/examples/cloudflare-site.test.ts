import { expect, it } from 'vitest';
import { startEmulator } from '../../src/emulator/node/index.js';
import { openWorker } from '../runtimes/in-workerd.mjs';
import { visit } from './browser.js';
import { hasPackage } from './installed.js';

it('cloudflare-site lets an agent in', { timeout: 60_000 }, async ({ skip }) => {
  if (!hasPackage('runtimes', 'miniflare'))
    return skip('miniflare is not installed: npm run test:runtimes installs it');
  const emulator = await startEmulator({ lime: { difficulty: 10 } });
  const { siteToken, apiBase } = emulator.lime;
  const worker = await openWorker(new URL('../../examples/cloudflare-site/worker.mjs', import.meta.url).pathname, {
    bindings: { LIME_SITE_TOKEN: siteToken, LIME_API_BASE: apiBase },
    durableObjects: { LOGINS: { className: 'Logins', useSQLite: true } },
  });
  try {
    const who = await visit(emulator, async (path, init) => {
      const response: unknown = await worker.dispatchFetch(`https://site.example${path}`, init);
      return response as Response;
    });
    expect(who).toEqual({ agentId: emulator.emulator.lime.listAgents()[0]?.agentId });
  } finally {
    await worker.dispose();
    await emulator.close();
  }
});
