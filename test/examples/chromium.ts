import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright';

const executablePath = process.env['CHROMIUM_PATH'] || '/usr/bin/chromium';

/** Why no test can run in Chromium here; `undefined` where they can. */
export const noChromium: string | undefined = existsSync(executablePath)
  ? undefined
  : `no Chromium at ${executablePath}; CHROMIUM_PATH may say where there is one`;

/** Started as root it has no sandbox. */
export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
}
