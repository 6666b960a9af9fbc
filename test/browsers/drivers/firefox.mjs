// Firefox, by Puppeteer over WebDriver BiDi.
import { setTimeout as sleep } from 'node:timers/promises';
import puppeteer from 'puppeteer-core';

const CLOSE_MS = 10_000;

/** @returns {Promise<import('../browsers.mjs').Driven>} */
export async function startFirefox(executablePath, { timeoutMs }) {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    protocol: 'webDriverBiDi',
    executablePath,
    headless: true,
    timeout: timeoutMs,
    protocolTimeout: timeoutMs,
  });
  const page = await browser.newPage();
  return {
    version: (await browser.version()).replace('firefox/', ''),
    visit: async (url) => void (await page.goto(url, { timeout: timeoutMs })),
    async close() {
      await Promise.race([browser.close(), sleep(CLOSE_MS, undefined, { ref: false })]);
      browser.process()?.kill('SIGKILL');
    },
  };
}
