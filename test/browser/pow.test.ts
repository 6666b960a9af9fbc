import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as Pow from '../../src/pow/index.js';
import { bundle, workerFile } from '../pow/bundle.js';
import { launch, noChromium, type Site, serve } from './page.js';

declare global {
  var pow: typeof Pow;
}

const STRICT = "default-src 'self'";
const PAGES = {
  open: "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src blob:",
  strict: STRICT,
  wasm: `${STRICT}; script-src 'self' 'wasm-unsafe-eval'`,
  blob: `${STRICT}; worker-src blob:`,
};

let browser: Browser;
let site: Site;

if (noChromium) console.warn(`Skipped: proof of work in Chromium (${noChromium}).`);
describe.skipIf(noChromium)('in Chromium', () => {
  beforeAll(async () => {
    const scripts = { '/program.js': await bundle('globalThis.pow = pow;'), '/assets/worker.js': await workerFile() };
    [browser, site] = await Promise.all([launch(), serve(PAGES, scripts)]);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  /** Solves in a page, and tells how. */
  async function solveIn(page: keyof typeof PAGES, workerUrl?: string) {
    const tab = await browser.newPage();
    try {
      await tab.goto(`${site.origin}/${page}`);
      await tab.waitForFunction(() => globalThis.pow !== undefined);
      return await tab.evaluate(async (workerUrl) => {
        const { createSolver, diagnose, solve, verify } = globalThis.pow;
        const solver = workerUrl === undefined ? undefined : createSolver({ workerUrl });
        const question = { challenge: 'a page’s challenge', difficulty: 14 };
        const { nonce, ...how } = await (solver ? solver.solve(question) : solve(question));
        const { why, kernels } = solver ? await solver.findings() : await diagnose();
        await solver?.close();
        return { ...how, valid: verify({ ...question, nonce }), why, available: kernels.available };
      }, workerUrl);
    } finally {
      await tab.close();
    }
  }

  it('a page solves in a worker from our own source', async () => {
    expect(await solveIn('open')).toMatchObject({
      valid: true,
      transport: 'web-worker',
      available: ['simd', 'scalar', 'js'],
      why: undefined,
    });
  });

  it('a page that allows neither blob: workers nor WebAssembly solves in plain JavaScript on its own thread', async () => {
    expect(await solveIn('strict')).toMatchObject({
      valid: true,
      transport: 'same-thread',
      kernel: 'js',
      available: ['js'],
      why: expect.stringMatching(/^Workers failed: /),
    });
  });

  it('a page that allows WebAssembly, but no blob: workers, solves with it on its own thread', async () => {
    expect(await solveIn('wasm')).toMatchObject({
      valid: true,
      transport: 'same-thread',
      kernel: expect.stringMatching(/^(simd|scalar)$/),
      why: expect.stringMatching(/^Workers failed: /),
    });
  });

  it('a page that allows blob: workers, but no WebAssembly, solves in plain JavaScript in a worker', async () => {
    expect(await solveIn('blob')).toMatchObject({
      valid: true,
      transport: 'web-worker',
      kernel: 'js',
      available: ['js'],
    });
  });

  it('a strict page solves in the worker’s file that it hosts', async () => {
    expect(await solveIn('strict', '/assets/worker.js')).toMatchObject({
      valid: true,
      transport: 'worker-file',
      available: ['simd', 'scalar', 'js'],
      why: undefined,
    });
  });

  it('a page whose worker’s file is not there solves on its own thread', async () => {
    expect(await solveIn('strict', '/assets/nowhere.js')).toMatchObject({
      valid: true,
      transport: 'same-thread',
      why: expect.stringMatching(/^Workers failed: /),
    });
  });

  it('a page stays responsive while it solves on its own thread', async () => {
    const tab = await browser.newPage();
    await tab.goto(`${site.origin}/strict`);
    await tab.waitForFunction(() => globalThis.pow !== undefined);
    const [turns, code] = await tab.evaluate(async () => {
      let turns = 0;
      const beat = setInterval(() => turns++, 10);
      const question = { challenge: 'c', difficulty: 250, maxDifficulty: 256, timeoutMs: 1_000 };
      const solves = [1, 2, 3].map(() => globalThis.pow.solve(question).catch(({ code }) => code));
      const [code] = await Promise.all(solves);
      clearInterval(beat);
      return [turns, code] as const;
    });
    await tab.close();
    expect(code).toBe('POW_TIMEOUT');
    // A hundred are due; a page that is blocked has none.
    expect(turns).toBeGreaterThan(15);
  });
});
