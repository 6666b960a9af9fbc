// Vite's development server, and what it builds, each opened by a Chromium.
import { join } from 'node:path';
import process from 'node:process';

const root = (folder) => join(folder, 'programs/page');

export async function viteDev({ folder, out, input }) {
  const { createServer } = await import('vite');
  const server = await createServer({
    configFile: false,
    root: root(folder),
    cacheDir: join(out, '.vite'),
    logLevel: 'error',
    server: { host: '127.0.0.1', port: 0, fs: { allow: [folder] } },
  });
  await server.listen();
  try {
    return await inChromium(server.resolvedUrls.local[0], input);
  } finally {
    await server.close();
  }
}

export async function viteBuild({ folder, out, input }) {
  const { build, preview } = await import('vite');
  const shared = {
    configFile: false,
    root: root(folder),
    logLevel: 'error',
    build: { outDir: out, emptyOutDir: true },
  };
  await build(shared);
  const server = await preview({ ...shared, preview: { host: '127.0.0.1', port: 0 } });
  try {
    return await inChromium(server.resolvedUrls.local[0], input);
  } finally {
    await server.close();
  }
}

async function inChromium(url, input) {
  const { chromium } = await import('playwright');
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    await page.waitForFunction(() => globalThis.logIn !== undefined, undefined, { timeout: 60_000 });
    return await page.evaluate((input) => globalThis.logIn(input), input);
  } finally {
    await browser.close();
  }
}
