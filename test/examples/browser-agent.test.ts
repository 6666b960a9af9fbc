import { spawn } from 'node:child_process';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { launch, noChromium } from './chromium.js';

const main = new URL('../../examples/browser-agent/main.mjs', import.meta.url).pathname;

if (noChromium) console.warn(`Skipped: examples/browser-agent (${noChromium}).`);
describe.skipIf(noChromium)('browser-agent', () => {
  let browser: Browser;
  let emulator: StartedEmulator;
  const urls = new Map<string, string>();
  const ended: Promise<number | null>[] = [];
  let end: () => void = () => undefined;

  beforeAll(async () => {
    [browser, emulator] = await Promise.all([launch(), startEmulator({ lime: { difficulty: 14 } })]);
    const child = spawn(process.execPath, [main], {
      env: { LIME_API_BASE: emulator.lime.apiBase, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    end = () => child.kill('SIGTERM');
    ended.push(new Promise((resolve) => child.once('exit', resolve)));
    await new Promise<void>((resolve, reject) => {
      let text = '';
      child.stdout.on('data', (piece) => {
        text += piece;
        for (const url of text.match(/^http:.*\/$/gm) ?? []) urls.set(new URL(url).pathname.replaceAll('/', ''), url);
        if (urls.size === 5) resolve();
      });
      child.once('exit', (code) => reject(new Error(`browser-agent ended with ${code}`)));
    });
  });
  afterAll(async () => {
    await browser?.close();
    end();
    expect(await ended[0]).toBe(0);
    await emulator?.close();
  });

  async function open(profile: string) {
    const page = await browser.newPage();
    await page.goto(urls.get(profile)!);
    return page;
  }

  it.each([
    ['open', /^(simd|scalar) on web-worker: \d+ hashes in \d+ ms$/, 'web-worker'],
    ['wasm', /^(simd|scalar) on web-worker:/, 'web-worker'],
    ['hosted', /^(simd|scalar) on worker-file:/, 'worker-file'],
    ['strict', /^js on same-thread:/, 'same-thread. Workers failed:'],
    ['trusted-types', /^(simd|scalar) on web-worker:/, 'web-worker'],
  ])('logs in under the policy %s, and says how', async (profile, solved, transport) => {
    const { requestId } = emulator.emulator.lime.createLoginRequest();
    const page = await open(profile);
    await page.getByLabel('Agent token').fill(emulator.lime.agentToken);
    await page.getByLabel('Login request').fill(requestId);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText(/^(APPROVED|DELIVERED)$/).waitFor();
    expect(await page.locator('[data-of=solved]').textContent()).toMatch(solved);
    await page.locator('[data-of=transport]', { hasText: transport }).waitFor();
    expect(['APPROVED', 'DELIVERED']).toContain(emulator.emulator.lime.getLoginRequest(requestId)?.status);
    await page.close();
  });

  it('shows progress, stops when it is told to, and says what is wrong', async () => {
    const { requestId } = emulator.emulator.lime.createLoginRequest({ difficulty: 30 });
    const page = await open('open');
    await page.getByLabel('Agent token').fill(emulator.lime.agentToken);
    await page.getByLabel('Login request').fill(requestId);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText(/^Solving at .* million hashes a second/).waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Stopped.').waitFor();
    expect(emulator.emulator.lime.getLoginRequest(requestId)?.status).toBe('PENDING');
    await page.getByLabel('Login request').fill(emulator.emulator.lime.createLoginRequest().requestId);
    await page.getByLabel('Agent token').fill('at_wrong');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText(/^INVALID_AGENT_TOKEN: ./).waitFor();
    expect(await page.locator('body').textContent()).not.toContain('at_wrong');
    await page.close();
  });
});
