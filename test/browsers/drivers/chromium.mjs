// Chromium, by Playwright.
import { chromium } from 'playwright';

// Started as root it has no sandbox; the rest keeps it from doing anything that no test asked for.
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @returns {Promise<import('../browsers.mjs').Driven>} */
export async function startChromium(executablePath, { timeoutMs }) {
  const browser = await chromium.launch({ executablePath, args: ARGS, timeout: timeoutMs });
  const page = await browser.newPage();
  return {
    version: browser.version(),
    visit: async (url) => void (await page.goto(url, { timeout: timeoutMs })),
    close: () => browser.close(),
  };
}
