import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium } from 'playwright';

const executablePath = process.env['CHROMIUM_PATH'] || '/usr/bin/chromium';

/** Why no test can run in Chromium here; `undefined` where they can. */
export const noChromium: string | undefined = existsSync(executablePath)
  ? undefined
  : `no Chromium at ${executablePath}; CHROMIUM_PATH may say where there is one`;

export function launch(): Promise<Browser> {
  const args =
    '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
  return chromium.launch({ executablePath, args: args.split(' ') });
}

export interface Site {
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves scripts by path, and at /<name> a page that runs /program.js under the content security policy `pages[name]`. */
export async function serve(
  pages: Readonly<Record<string, string>>,
  scripts: Readonly<Record<string, string>>,
): Promise<Site> {
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const script = scripts[path];
    const policy = pages[path.slice(1)];
    if (script !== undefined) {
      // A worker obeys the policy of its own file's answer.
      response.writeHead(200, {
        'content-type': 'text/javascript',
        ...(path.endsWith('worker.js') && { 'content-security-policy': WORKER_POLICY }),
      });
      response.end(script);
    } else if (policy !== undefined) {
      response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy });
      response.end('<!doctype html><title>countersign</title><script type="module" src="/program.js"></script>');
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const WORKER_POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
