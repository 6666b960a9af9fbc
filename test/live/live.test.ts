import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { scenarios } from './scenarios.mjs';

const main = new URL('main.mjs', import.meta.url).pathname;
let emulator: StartedEmulator;
let tokens: Record<string, string>;
beforeAll(async () => {
  emulator = await startEmulator({ lime: { difficulty: 10 } });
  const { agentToken, siteToken, apiBase } = emulator.lime;
  tokens = { LIME_AGENT_TOKEN: agentToken, LIME_SITE_TOKEN: siteToken, LIME_API_BASE: apiBase };
});
afterAll(() => emulator.close());

/** What `npm run test:live` prints with these variables, and with what it ends. */
async function live(env: Record<string, string>, ...args: string[]) {
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 120_000 });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (piece) => {
      out += piece;
    });
  }
  const exit = await new Promise((resolve) => child.once('close', resolve));
  for (const secret of [emulator.lime.agentToken, emulator.lime.siteToken]) expect(out).not.toContain(secret.slice(4));
  expect(out).not.toMatch(/\beyJ/);
  return { exit, out };
}

const limeOnly = scenarios.filter(({ needs }) => needs === 'lime').length;

describe('the live tests, against the emulator', { timeout: 150_000 }, () => {
  it('all pass', async () => {
    const all = { LIME_INTEGRATION: '1', LIME_MCP_INTEGRATION: '1', MCP_SERVER_URL: emulator.url };
    const { exit, out } = await live({ ...tokens, ...all });
    expect(out).toMatch(new RegExp(`\\n${scenarios.length} passed, 0 failed, 0 not run\\n$`));
    expect(exit).toBe(0);
  });

  it('are repeated as often as they are asked to', async () => {
    const all = { LIME_INTEGRATION: '1', LIME_MCP_INTEGRATION: '1', MCP_SERVER_URL: emulator.url };
    const { exit, out } = await live({ ...tokens, ...all }, '--runs', '2');
    expect(out).toContain('\nrun 2 of 2\n');
    expect(out).toMatch(new RegExp(`\\n${2 * scenarios.length} passed, 0 failed, 0 not run\\n$`));
    expect(exit).toBe(0);
    const refused = await live(tokens, '--runs', 'many');
    expect(refused).toEqual({ exit: 1, out: '--runs must be a whole number of 1 or more.\n' });
  });

  it('leave MCP out unless it is enabled, and say so', async () => {
    const { exit, out } = await live({ ...tokens, LIME_INTEGRATION: '1' });
    expect(exit).toBe(0);
    expect(out).toContain('- tools are listed, and echo is called: it is not enabled: set LIME_MCP_INTEGRATION=1\n');
    expect(out).toContain(`\n${limeOnly} passed, 0 failed, ${scenarios.length - limeOnly} not run\n`);
  });

  it('do nothing unless they are enabled, and say so', async () => {
    const seen = emulator.emulator.requests.length;
    const { exit, out } = await live(tokens);
    expect(exit).toBe(0);
    expect(out).toContain(`0 passed, 0 failed, ${scenarios.length} not run`);
    expect(out).toContain('set LIME_INTEGRATION=1');
    expect(emulator.emulator.requests).toHaveLength(seen);
  });

  it('fail when they are enabled and have no tokens, and when a scenario does not hold', async () => {
    const lacking = await live({ LIME_INTEGRATION: '1' });
    expect(lacking).toEqual({ exit: 1, out: 'LIME_INTEGRATION=1 needs LIME_AGENT_TOKEN and LIME_SITE_TOKEN.\n' });
    const wrong = await live({ ...tokens, LIME_INTEGRATION: '1', LIME_AGENT_TOKEN: 'at_wrong_token' });
    expect(wrong.exit).toBe(1);
    expect(wrong.out).toMatch(/✗ the profile says who the agent and its owner are: \w+, /);
  });
});
