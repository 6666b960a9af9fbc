// workerd with the bundle that wrangler itself makes of the host, as `wrangler deploy` would send it.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { runIn } from './in-workerd.mjs';

/** @returns {Promise<object[]>} the suite's results, and those of requests that overlap */
export function runWrangler({ folder, context }) {
  return runIn((host) => modulesOf(folder, host), context);
}

async function modulesOf(folder, host) {
  const out = join(folder, 'wrangler', host);
  const wrangler = createRequire(import.meta.url).resolve('wrangler/bin/wrangler.js');
  const args = ['deploy', `hosts/${host}`, '--dry-run', '--outdir', out, '--name', 'suite'];
  await promisify(execFile)(process.execPath, [wrangler, ...args, '--compatibility-date', '2026-04-01'], {
    cwd: folder,
    // Its settings and logs stay in the folder, and it asks nobody.
    env: { PATH: process.env.PATH, HOME: folder, XDG_CONFIG_HOME: folder, WRANGLER_SEND_METRICS: 'false', CI: '1' },
    timeout: 120_000,
  });
  return readdirSync(out)
    .filter((name) => /\.(js|wasm)$/.test(name))
    .sort((a, b) => Number(a.endsWith('.wasm')) - Number(b.endsWith('.wasm')))
    .map((path) => ({
      type: path.endsWith('.wasm') ? 'CompiledWasm' : 'ESModule',
      path,
      contents: readFileSync(join(out, path)),
    }));
}
