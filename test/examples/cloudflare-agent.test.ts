import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { openWorker } from '../runtimes/in-workerd.mjs';
import { hasPackage } from './installed.js';

const require = createRequire(new URL('../runtimes/', import.meta.url));
/** The example's. */
const MAX_HASHES = 4_000_000;

describe.skipIf(!hasPackage('runtimes', 'miniflare'))('cloudflare-agent', { timeout: 60_000 }, () => {
  let emulator: StartedEmulator;
  let worker: Awaited<ReturnType<typeof openWorker>>;
  beforeAll(async () => {
    emulator = await startEmulator();
    const { agentToken, apiBase } = emulator.lime;
    const { kCurrentWorker } = require('miniflare') as { kCurrentWorker: symbol };
    worker = await openWorker(new URL('hosts/agent-caller.mjs', import.meta.url).pathname, {
      bindings: { LIME_AGENT_TOKEN: agentToken, LIME_API_BASE: apiBase },
      serviceBindings: { AGENT: { name: kCurrentWorker, entrypoint: 'Agent' } },
    });
  });
  afterAll(async () => {
    await worker?.dispose();
    await emulator?.close();
  });

  /** Calls it with the id of a new login of this difficulty. */
  async function logIn(difficulty: number) {
    const { lime } = emulator.emulator;
    lime.difficulty = difficulty;
    const { requestId } = lime.createLoginRequest();
    const response = await worker.dispatchFetch('http://caller/', { method: 'POST', body: requestId });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  it('logs in, for calls that overlap too', async () => {
    const logins = await Promise.all([logIn(15), logIn(15), logIn(15)]);
    for (const { status, body } of logins) {
      expect(body).toMatchObject({ status: 'APPROVED', siteId: expect.any(String) });
      expect(status).toBe(200);
    }
  });

  it('spends no more hashes than it may, and says so', async () => {
    const { status, body } = await logIn(30);
    expect(status).toBe(500);
    expect(body['message']).toMatch(/No proof of work of difficulty 30/);
    const [, hashes] = /after (\d+) hashes/.exec(String(body['message'])) ?? [];
    expect(Number(hashes)).toBeGreaterThan(0.9 * MAX_HASHES);
    expect(Number(hashes)).toBeLessThanOrEqual(MAX_HASHES);
  });

  it('is not to be reached from the internet', async () => {
    const alone = await openWorker(new URL('../../examples/cloudflare-agent/worker.mjs', import.meta.url).pathname);
    try {
      const { status } = await alone.dispatchFetch('http://agent/logIn', { method: 'POST' });
      expect(status).toBe(500);
    } finally {
      await alone.dispose();
    }
  });
});
