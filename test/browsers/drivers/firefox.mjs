// Firefox, by Puppeteer over WebDriver BiDi.
import puppeteer from 'puppeteer-core';

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
    close: () => browser.close(),
  };
}
