import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { commandAt, type Given } from './command.js';

let emulator: StartedEmulator;
let target: string;
beforeAll(async () => {
  emulator = await startEmulator();
  target = emulator.lime.mcpUrl;
});
afterEach(() => emulator.emulator.reset());
afterAll(() => emulator.close());

const command = (argv: string[], given?: Given) => commandAt(emulator, argv, given);
const local = '--allow-insecure-targets';
const tools = (...args: string[]) => command(['tools', target, local, ...args]);
const call = (tool: string, args: object = {}, more: string[] = [], given?: Given) =>
  command(['call', target, tool, '--args', JSON.stringify(args), local, ...more], given);

const PROFILE = '/api/v1/core/agents/me/profile';
const TOKEN = '/api/v1/modules/oauth/token';
const unreachable = { LIME_API_BASE: 'http://localhost:9/api/v1' };
const wrongToken = { LIME_AGENT_TOKEN: 'at_wrong' };

describe('countersign whoami', () => {
  it('says who the agent is, line by line', async () => {
    const { agentId } = emulator.emulator.lime.listAgents()[0]!;
    emulator.emulator.lime.updateAgent(agentId, {
      description: 'Buys \u001b[31mred\u001b[0m\nflowers',
      ownerKycLevel: 0,
    });
    const { exit, out, err } = await command(['whoami']);
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(out).toContain(`Agent:       ${agentId}\nName:        Emulated agent\n`);
    expect(out).toContain('Description: Buys \\u001b[31mred\\u001b[0m flowers\n');
    expect(out).toMatch(/^KYC level: {3}0$/m);
    expect(out).not.toMatch(/null|Avatar/);
  });

  it('prints one line of JSON', async () => {
    const { exit, out } = await command(['whoami', '--json', '--api-base', emulator.lime.apiBase], {
      env: unreachable,
    });
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ agentId: emulator.emulator.lime.listAgents()[0]!.agentId });
    expect(out.trim()).not.toContain('\n');
  });

  it.each([
    ['an argument', ['me'], {}, 2, /takes no arguments/],
    ['no token', [], { LIME_AGENT_TOKEN: '' }, 3, /MISSING_AGENT_TOKEN/],
    ['a wrong token', [], wrongToken, 3, /HTTP 401/],
  ])('%s: says so and exits accordingly', async (_, args, env, code, message) => {
    const { exit, out, err } = await command(['whoami', ...args], { env });
    expect({ exit, out }).toEqual({ exit: code, out: '' });
    expect(err).toMatch(message);
  });

  it('exits with 1 for an answer that is not LIME’s, and with 4 for a refusal', async () => {
    emulator.emulator.faults.add({ path: PROFILE, respond: { status: 200, body: 'hello' } });
    expect(await command(['whoami'])).toMatchObject({ exit: 1, err: expect.stringContaining('INVALID_RESPONSE') });
    emulator.emulator.reset();
    const body = { ok: false, error: { code: 'GONE', message: 'Gone\u0007 for good.' } };
    emulator.emulator.faults.add({ path: PROFILE, respond: { status: 410, body } });
    expect(await command(['whoami'])).toMatchObject({ exit: 4, err: expect.stringContaining('Gone\\u0007 for good.') });
  });
});

describe('countersign tools', () => {
  it('lists every tool with its arguments and description', async () => {
    const { exit, out, err } = await tools();
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(out).toMatch(/^echo \[text\] {16}Answers the text\n/);
    expect(out).toMatch(/^whoami {21}Says whose token this is, and for which domain$/m);
    expect(out.trim().split('\n')).toHaveLength(9);
  });

  it('prints one line of JSON', async () => {
    const { exit, out } = await tools('--json');
    expect(exit).toBe(0);
    expect(JSON.parse(out).map(({ name }: { name: string }) => name)).toContain('increment');
  });

  it('refuses local targets unless they are allowed, and names the option', async () => {
    const { exit, err } = await command(['tools', target]);
    expect(exit).toBe(2);
    expect(err).toMatch(/reserved for local use.*pass --allow-insecure-targets/);
    expect(emulator.emulator.requests).toHaveLength(0);
  });

  it.each([
    ['no target', [], {}, 2, /target is missing/],
    ['two targets', ['a.example', 'b.example'], {}, 2, /One target is expected/],
    ['a bad target', ['user@a.example'], {}, 2, /userinfo/],
    ['a wrong token', ['a.example'], wrongToken, 3, /HTTP 401/],
  ])('%s: says so and exits accordingly', async (_, args, env, code, message) => {
    const { exit, out, err } = await command(['tools', ...args], { env });
    expect({ exit, out }).toEqual({ exit: code, out: '' });
    expect(err).toMatch(message);
  });

  it('exits with 3 when the server takes no token, with 4 when the agent may have none', async () => {
    emulator.emulator.mcp.rejectNext(4);
    expect(await tools()).toMatchObject({ exit: 3, err: expect.stringContaining('MCP_AUTH_FAILED, HTTP 401') });
    const { agentTokenWithoutMcp } = emulator.lime;
    const denied = await command(['tools', target, local], { env: { LIME_AGENT_TOKEN: agentTokenWithoutMcp } });
    expect(denied).toMatchObject({ exit: 4, err: expect.stringContaining('OAUTH_CAPABILITY_DENIED, HTTP 403') });
  });

  it('exits with 6 when the platform or the server cannot be reached', async () => {
    const port = await freePort();
    const gone = await command(['tools', `http://localhost:${port}/mcp`, local]);
    expect(gone).toMatchObject({ exit: 6, err: expect.stringContaining('NETWORK_ERROR') });
    const limited = { status: 429, headers: { 'Retry-After': '120' }, body: { error: 'slow_down' } };
    emulator.emulator.faults.add({ path: TOKEN, respond: limited });
    expect(await tools()).toMatchObject({ exit: 6 });
  });
});

describe('countersign call', () => {
  it('prints the text', async () => {
    expect(await call('echo', { text: 'hello\n\u001b[2Jworld' })).toEqual({
      exit: 0,
      out: 'hello\n\\u001b[2Jworld\n',
      err: '',
    });
    expect(await command(['call', target, 'whoami', local])).toMatchObject({
      exit: 0,
      out: expect.stringContaining('"domain":"localhost"'),
    });
  });

  it('shows progress on standard error: in lines, or in one that is written over on a terminal', async () => {
    const args = { steps: 3, durationMs: 60 };
    const lines = await call('slow', args);
    expect(lines).toMatchObject({ exit: 0, out: 'done in 3 steps\n' });
    expect(lines.err).toBe('slow: 1 of 3, step 1 of 3\nslow: 2 of 3, step 2 of 3\nslow: 3 of 3, step 3 of 3\n');
    const { err } = await call('slow', args, [], { isTerminal: true });
    expect(err.split('\u001b[K')).toEqual([
      '\rslow: 1 of 3, step 1 of 3',
      '\rslow: 2 of 3, step 2 of 3',
      '\rslow: 3 of 3, step 3 of 3',
      '\r',
      '',
    ]);
  });

  it('prints the whole result as one line of JSON, and no progress', async () => {
    const { exit, out, err } = await call('add', { a: 2, b: 3 }, ['--json']);
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({ content: [{ type: 'text', text: '5' }], structuredContent: { sum: 5 } });
    expect(await call('slow', { durationMs: 30 }, ['--json'])).toMatchObject({ exit: 0, err: '' });
  });

  it('names what is no text, and prints the text of resources', async () => {
    const content = [
      { type: 'image', mimeType: 'image/gif', data: 'R0lGODlh' },
      { type: 'resource', resource: { uri: 'demo://note', text: 'A note.\n' } },
      { type: 'resource_link', uri: 'demo://\u0007more', name: 'more' },
    ];
    emulator.emulator.mcp.jsonResponses = true;
    emulator.emulator.faults.add({
      path: '/mcp',
      rpcMethod: 'tools/call',
      rewrite: { set: { '/result/content': content } },
    });
    expect(await call('echo', { text: 'x' })).toEqual({
      exit: 0,
      out: `[image: image/gif, 8 characters of Base64; --json has all of it]
A note.
[resource_link: demo://\\u0007more; --json has all of it]
`,
      err: '',
    });
  });

  it('exits with 8 when the tool fails, and prints what it says', async () => {
    const { exit, out } = await call('fail', { message: 'No.' });
    expect({ exit, out }).toEqual({ exit: 8, out: 'No.\n' });
    expect(await call('fail', {}, ['--json'])).toMatchObject({
      exit: 8,
      out: expect.stringContaining('"isError":true'),
    });
  });

  it('exits with 4 when the server refuses the call', async () => {
    const { exit, out, err } = await call('nonsense');
    expect({ exit, out }).toEqual({ exit: 4, out: '' });
    expect(err).toBe('countersign: The MCP server refused: Unknown tool: nonsense (-32602)\n');
    const asJson = await call('nonsense', {}, ['--json']);
    expect(JSON.parse(asJson.err)).toMatchObject({ error: { name: 'McpError', code: -32602 } });
  });

  it('exits with 7 when the answer is lost, for the tool may have run', async () => {
    emulator.emulator.faults.add({ path: '/mcp', rpcMethod: 'tools/call', lose: 'after' });
    const { exit, err } = await call('increment');
    expect({ exit }).toEqual({ exit: 7 });
    expect(err).toMatch(/MCP_OUTCOME_UNKNOWN/);
  });

  it.each([
    ['no target', [], /target is missing/],
    ['no tool', ['a.example'], /tool is missing/],
    ['arguments without their option', ['a.example', 'echo', '{}'], /as --args/],
    ['arguments that are no JSON', ['a.example', 'echo', '--args', '{text:1}'], /--args is not JSON: line 1, column 2/],
    ['arguments that are no object', ['a.example', 'echo', '--args', '[1]'], /not an array/],
    ['an unknown option', ['a.example', 'echo', '--nonsense'], /Unknown option '--nonsense'/],
  ])('%s: exits with 2 before anything is sent', async (_, args, message) => {
    const { exit, out, err } = await command(['call', ...args]);
    expect({ exit, out }).toEqual({ exit: 2, out: '' });
    expect(err).toMatch(message);
    expect(emulator.emulator.requests).toHaveLength(0);
  });

  it('exits with 130 when it is interrupted, and the tool is told', async () => {
    const interrupt = new AbortController();
    const onErr = () => interrupt.abort();
    const { exit, out, err } = await call('slow', { steps: 100, durationMs: 60_000 }, [], {
      signal: interrupt.signal,
      isTerminal: true,
      onErr,
    });
    expect({ exit, out }).toEqual({ exit: 130, out: '' });
    expect(err.endsWith('\r\u001b[KInterrupted.\n')).toBe(true);
    await expect
      .poll(() => emulator.emulator.mcp.stats, { timeout: 20_000 })
      .toMatchObject({ sessions: 0, openAnswers: 0 });
  });
});

describe('whoami and tools', () => {
  it.each([
    ['whoami', [], PROFILE],
    ['tools', ['https://tools.example.org/mcp'], TOKEN],
  ])('%s: exits with 130 when it is interrupted', async (name, args, path) => {
    const slow = emulator.emulator.faults.add({ path, delayMs: 600_000 });
    const interrupt = new AbortController();
    const running = command([name, ...args], { signal: interrupt.signal });
    await expect.poll(() => slow.hits, { timeout: 20_000 }).toBe(1);
    interrupt.abort();
    expect(await running).toEqual({ exit: 130, out: '', err: 'Interrupted.\n' });
  });
});

async function freePort(): Promise<number> {
  const other = await startEmulator();
  await other.close();
  return other.port;
}
