import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { openPrivateNetwork, type PrivateNetwork } from '../proxy/private-network.js';
import { commandOf } from '../runtimes/runtimes.mjs';

// A folder inside the project, so that `countersign` is found by the package's own name, as in a user's project.
const root = new URL('../..', import.meta.url).pathname;
const folder = mkdtempSync(`${root}.readme-`);
let network: PrivateNetwork;
/** Where Agent OTP and AXME are: sockets and streams are reached without the proxy. */
let platforms: StartedEmulator;
beforeAll(async () => {
  network = await openPrivateNetwork();
  platforms = await startEmulator();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await Promise.all([network.close(), platforms.close()]);
});

/** A second word after the fence names what the snippet needs: the runtime behind a proxy instead of the open network. */
const readme = readFileSync(`${root}README.md`, 'utf8');
const snippets = [...readme.matchAll(/```js(?: (\w+))?\n([\s\S]*?)```/g)].map(([, behindProxy, code]) => ({
  behindProxy,
  code: code!,
}));
const expected = [
  /^APPROVED after \d+ hashes on the simd kernel\n$/,
  /got no complete answer/,
  /^Emulated agent finds echo, add, .*whoami\n1 of 3\n2 of 3\n3 of 3\ndone in 3 steps\n$/,
  /^APPROVED at \S+\nThe tool says 5\n$/,
  /^one job is done\nanother job is done\n$/,
  /^2 \+ 3 = 5\n$/,
  /^slowNetwork Emulated agent\nflakyUpstream .*\nhardProofOfWork .*\nstaging Emulated agent\n$/,
  /^hello 300 \{"tokenType":"Bearer","expiresInSeconds":300,"expiresAt":".*"\}\n$/,
  /^POST https:\/\/lime\.pics\/api\/v1\/modules\/oauth\/token \{[\s\S]*scope: 'lime\.agents\.mcp'/,
  /^9 tools\n$/,
  /^9 tools\n$/,
  /^9 tools\n$/,
  /^\S{36} is in, for \S{36}\n$/,
  /^Show the id to the agent; it is good for a while\.\nAn agent has a session\.\n$/,
  /^201 PENDING\n$/,
  /^The person picks an agent at http\S+\n\S{36} is bound to the account\n$/,
  /^It is \S{36}\nDomain mismatch\n$/,
  /^401 Bearer realm="lime"\n$/,
  /^Hello, \S{36}\n$/,
  /^401 Bearer realm="lime"\n$/,
  /^401 invalid_token\n$/,
  // Permissions
  /^Send the mail now\.\n$/,
  /^Decide at http\S+\n(Nobody has decided yet\.\n)+approved Go ahead\.\n$/,
  /^Nothing was done: Not on a Friday\.\n$/,
  /^Sent to ann@example\.org: hello\nPermission denied: Not on a Friday\. The action was not carried out\.\n$/,
  /^conditions\["action"\]\.begins_with is no operator: .*\napproved\n$/,
  /^483920, from Shop\n$/,
  /^msg_1 permission\.approved\n204\n401\n$/,
  // Intents
  /^1 intent\.created CREATED\n2 intent\.submitted SUBMITTED\n3 intent\.completed COMPLETED\nCOMPLETED 7\n$/,
  /^1 tea\n$/,
  /^COMPLETED\n$/,
  /^generation 1\nSomebody was faster: it is 1\nCANCELED\n$/,
  /^WAITING\nIN_PROGRESS\n$/,
  /^true\nHTTP 409: idempotency key reused with different payload\n$/,
  /^axme\.check_nick, .*\ntrue\nnick has the wrong type\n$/,
  // The emulator
  /^\[ 503, 503, 200 \]\nTIMED_OUT\n$/,
  /^\d+: \d+ hashes in [\d.]+ ms[\s\S]*true is true[\s\S]*Difficulty 24 takes \d+ ms/,
];

/** Lets an agent log in with every request that a program has made. */
function approveAllBut(own: string) {
  const { lime } = network.emulator;
  for (const { requestId, status } of lime.listLoginRequests()) {
    if (requestId !== own && status === 'PENDING') lime.approveLoginRequest(requestId);
  }
}

/** Decides what a program has asked Agent OTP for, as its reader's owner would; of transfers only when `isPressed`. */
function decidePending(isPressed: boolean) {
  const { agentOtp } = platforms.emulator;
  for (const { id, status, action, resource } of agentOtp.listPermissions()) {
    if (status !== 'pending' || (action === 'bank.transfer' && !isPressed)) continue;
    if (action === 'database.drop' || resource === 'email:all@example.org') {
      agentOtp.deny(id, { reason: 'Not on a Friday.' });
    } else {
      agentOtp.approve(id, { reason: 'Go ahead.' });
    }
  }
}

/** Runs a program as its reader would. */
async function run(command: string, args: readonly string[], env: Record<string, string> = {}) {
  const { requestId } = network.emulator.lime.createLoginRequest();
  const { agentOtp, axme } = platforms;
  network.connects.length = 0;
  const running = promisify(execFile)(command, args, {
    timeout: 60_000,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      CA_FILE: network.caFile,
      LIME_AGENT_TOKEN: network.emulator.lime.agentToken,
      LIME_SITE_TOKEN: network.emulator.lime.siteToken,
      LOGIN_REQUEST_ID: requestId,
      AGENT_OTP_BASE_URL: agentOtp.baseUrl,
      AGENT_OTP_API_KEY: agentOtp.apiKey,
      AGENT_OTP_OWNER_ID: agentOtp.ownerId,
      AXME_BASE_URL: axme.baseUrl,
      AXME_API_KEY: axme.apiKey,
      DENO_DIR: `${folder}/.deno`,
      DENO_NO_UPDATE_CHECK: '1',
      ...env,
    },
  });
  // A site's programs run until they are told to end; the agents that they wait for are played here.
  running.child.stdout?.on('data', (piece: string) => {
    if (piece.includes('An agent has a session.')) running.child.kill('SIGTERM');
    if (piece.includes('Show the id to the agent')) approveAllBut(requestId);
    if (piece.includes('Nobody has decided yet.')) decidePending(true);
  });
  const owner = setInterval(() => decidePending(false), 50);
  const { stdout, stderr } = await running.finally(() => clearInterval(owner));
  for (const secret of [network.emulator.lime.agentToken, agentOtp.apiKey, axme.apiKey]) {
    expect(stdout).not.toContain(secret.slice(4));
  }
  expect(stdout).not.toMatch(/\beyJ/);
  return { stdout, stderr };
}

const argsOf: Readonly<Record<string, readonly string[]>> = {
  deno: ['run', '--quiet', '--no-prompt', '--allow-all', '--no-remote', '--node-modules-dir=manual'],
};

/** Runs a program on a runtime behind the proxy. @returns `undefined` if this machine does not have the runtime. */
async function runBehindProxy(runtime: string, file: string, env: Record<string, string>) {
  const command = runtime === 'node' ? process.execPath : commandOf(runtime);
  if (command === undefined) return undefined;
  const { stdout, stderr } = await run(command, [...(argsOf[runtime] ?? []), file], env);
  expect(stderr.replace(/^.*UNDICI-EHPA.*\n.*\n/, '')).toBe('');
  expect(new Set(network.connects)).toEqual(new Set(['lime.pics:443', 'tools.example.org:443']));
  return stdout;
}

const lacking = (runtime: string) => `${runtime} is not installed: npm run test:runtimes installs it`;

describe('the snippets of the README, pasted as they are', { timeout: 90_000 }, () => {
  it('are the ones that are expected', () => {
    expect(snippets).toHaveLength(expected.length);
  });

  const numbered = snippets.map((snippet, i) => ({ ...snippet, i, pattern: expected[i]! }));
  it.for(numbered)('%# runs', async ({ i, behindProxy, code, pattern }, { skip }) => {
    const file = `${folder}/snippet-${i}.mjs`;
    writeFileSync(file, code);
    if (behindProxy !== undefined) {
      const stdout = await runBehindProxy(behindProxy, file, { PROXY_URL: network.proxyUrl });
      if (stdout === undefined) return skip(lacking(behindProxy));
      expect(stdout).toMatch(pattern);
      return;
    }
    const preload = ['--import', new URL('local-https.mjs', import.meta.url).href];
    const { stdout, stderr } = await run(process.execPath, [...preload, file], { TLS_PORT: String(network.tlsPort) });
    expect(stderr).toBe('');
    expect(stdout).toMatch(pattern);
  });
});

describe("the table of AXME's methods", () => {
  const methods: readonly { readonly python: string | null; readonly camel: string }[] = JSON.parse(
    readFileSync(new URL('../vectors/axme-methods.json', import.meta.url), 'utf8'),
  );

  const table = readme.split('| family | Python | here |')[1]!.split('\n\n')[0]!;
  const rows = table.split('\n').map((line) => line.split(' | '));

  it.each(methods)('has $camel', ({ python, camel }) => {
    const names = rows.map(([, ofPython = '', here = '']) => ({ ofPython, here }));
    const row = names.find(({ here }) => here.includes(`\`${camel}\``));
    expect(row).toBeDefined();
    if (python !== null) expect(row?.ofPython).toContain(`\`${python}\``);
  });
});

describe('the snippet for production', () => {
  it('says what LIME refused', { timeout: 90_000 }, async () => {
    const file = `${folder}/refused.mjs`;
    writeFileSync(file, snippets[3]!.code);
    const preload = ['--import', new URL('local-https.mjs', import.meta.url).href];
    const env = { TLS_PORT: String(network.tlsPort), LOGIN_REQUEST_ID: 'nobody' };
    await expect(run(process.execPath, [...preload, file], env)).rejects.toMatchObject({
      stderr: expect.stringContaining('LIME refused: SITE_LOGIN_REQUEST_NOT_FOUND, HTTP 404'),
    });
  });
});

describe('the variables that the README names for proxies and private CAs', { timeout: 90_000 }, () => {
  it.for(['node 22', 'node 24', 'deno', 'bun'])('are heeded by %s, on both lanes', async (runtime, { skip }) => {
    const file = `${folder}/variables.mjs`;
    writeFileSync(
      file,
      `import { LimeAgent } from 'countersign';
const agent = new LimeAgent();
console.log((await agent.listTools('tools.example.org')).length);
await agent.close();`,
    );
    const stdout = await runBehindProxy(runtime, file, {
      NODE_USE_ENV_PROXY: '1',
      HTTPS_PROXY: network.proxyUrl,
      NODE_EXTRA_CA_CERTS: network.caFile,
    });
    if (stdout === undefined) return skip(lacking(runtime));
    expect(stdout).toBe('9\n');
  });
});
