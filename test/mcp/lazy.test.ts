import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEmulator } from '../../src/emulator/node/index.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const OF_MCP = /node_modules\/(@modelcontextprotocol|zod|ajv)|sdk-v1/;

// Reports every module that is loaded, on standard error.
const HOOKS = `
import { writeSync } from 'node:fs';
export async function load(url, context, next) {
  writeSync(2, url + '\\n');
  return next(url, context);
}`;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-lazy-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  await build({
    entryPoints: { lime: join(root, 'src/lime/index.ts'), login: join(root, 'src/lime/login.ts') },
    outdir: join(folder, 'built'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'neutral',
    packages: 'external',
    alias: { '#kernels': join(root, 'build/kernels.js') },
  });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'hooks.mjs'), HOOKS);
  writeFileSync(
    join(folder, 'watch.mjs'),
    "import { register } from 'node:module';\nregister('./hooks.mjs', import.meta.url);",
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The modules that a program loads. */
function loadedBy(program: string, env: Record<string, string>): Promise<string[]> {
  const path = join(folder, 'program.mjs');
  writeFileSync(path, program);
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ['--import', join(folder, 'watch.mjs'), path],
      { cwd: folder, env: { ...process.env, ...env }, timeout: 25_000 },
      (error, stdout, stderr) => (error || stdout !== 'done' ? reject(error ?? stdout) : resolve(stderr.split('\n'))),
    );
  });
}

it('a login alone loads neither the MCP SDK nor zod; an MCP call does', async () => {
  await using emulator = await startEmulator({ lime: { difficulty: 4 } });
  const { apiBase, agentToken, mcpUrl } = emulator.lime;
  const { requestId } = emulator.emulator.lime.createLoginRequest();
  const env = { LIME_API_BASE: apiBase, LIME_AGENT_TOKEN: agentToken, REQUEST_ID: requestId, MCP_URL: mcpUrl };
  const program = (work: string) => `
    import { LimeAgent } from './built/lime.js';
    const agent = new LimeAgent({ allowInsecureTargets: true });
    ${work}
    await agent.close();
    process.stdout.write('done');`;

  const login = await loadedBy(
    program('await agent.login(process.env.REQUEST_ID); await agent.getProfile(); await agent.getMcpAccessToken();'),
    env,
  );
  expect(login.some((url) => url.includes('/built/lime.js'))).toBe(true);
  expect(login.filter((url) => OF_MCP.test(url))).toEqual([]);

  const call = await loadedBy(program('await agent.sendPing(process.env.MCP_URL);'), env);
  expect(call.some((url) => url.includes('@modelcontextprotocol/sdk'))).toBe(true);
});

it('countersign/lime/login does not even reach them', async () => {
  const { metafile } = await build({
    entryPoints: [join(root, 'src/lime/login.ts')],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['import'],
    alias: { '#kernels': join(root, 'build/kernels.js') },
  });
  const inputs = Object.keys(metafile.inputs);
  expect(inputs.some((path) => path.endsWith('src/lime/lime-login.ts'))).toBe(true);
  expect(inputs.filter((path) => OF_MCP.test(path) || path.includes('src/mcp/'))).toEqual([]);
});

it('a program that forgets to close ends all the same', async () => {
  await using emulator = await startEmulator();
  const { apiBase, agentToken, mcpUrl } = emulator.lime;
  const env = { LIME_API_BASE: apiBase, LIME_AGENT_TOKEN: agentToken, MCP_URL: mcpUrl };
  await loadedBy(
    `import { LimeAgent } from './built/lime.js';
    const agent = new LimeAgent({ allowInsecureTargets: true });
    await agent.callTool(process.env.MCP_URL, 'echo', { text: 'x' });
    process.stdout.write('done');`,
    env,
  );
});
