import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/run.js';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { version } from '../../src/version.js';
import { commandAt, type Given } from './command.js';

let emulator: StartedEmulator;
beforeEach(async () => {
  emulator = await startEmulator({ lime: { difficulty: 8 } });
});
afterEach(() => emulator.close());

const command = (argv: string[], given?: Given) => commandAt(emulator, argv, given);
const newRequest = (options = {}) => emulator.emulator.lime.createLoginRequest(options).requestId;

describe('countersign login', () => {
  it('approves a request and says how', async () => {
    const id = newRequest();
    const { exit, out, err } = await command(['login', id]);
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(out).toMatch(
      new RegExp(`^APPROVED: request ${id} at site .+ as agent .+, until .+Z\nProof of work: difficulty 8 `),
    );
    expect(emulator.emulator.lime.getLoginRequest(id)?.status).toBe('APPROVED');
  });

  it('prints one line of JSON', async () => {
    const id = newRequest();
    const { exit, out } = await command(['login', id, '--json']);
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ requestId: id, status: 'APPROVED', proofOfWork: { difficulty: 8 } });
  });

  it('takes the API root from --api-base before the environment', async () => {
    const { exit } = await command(['login', newRequest(), '--api-base', emulator.lime.apiBase], {
      env: { LIME_API_BASE: 'http://localhost:9/api/v1' },
    });
    expect(exit).toBe(0);
  });

  it.each([
    ['no id', ['login'], 2, /request id is missing/],
    ['a blank id', ['login', '  '], 2, /INVALID_REQUEST_ID/],
    ['two ids', ['login', 'a', 'b'], 2, /One request id is expected/],
    ['an unknown option', ['login', 'a', '--nonsense'], 2, /Unknown option '--nonsense'/],
    ['an unknown request', ['login', 'nobody'], 4, /SITE_LOGIN_REQUEST_NOT_FOUND, HTTP 404/],
    ['an unknown command', ['logout'], 2, /no command "logout"/],
    ['a command that is a property of objects', ['toString'], 2, /no command "toString"/],
  ])('%s: says so and exits accordingly', async (_, argv, code, message) => {
    const { exit, out, err } = await command(argv);
    expect({ exit, out }).toEqual({ exit: code, out: '' });
    expect(err).toMatch(message);
  });

  it('exits with 3 for a missing and for a wrong token', async () => {
    expect(await command(['login', 'x'], { env: { LIME_AGENT_TOKEN: '' } })).toMatchObject({ exit: 3 });
    expect(await command(['login', newRequest()], { env: { LIME_AGENT_TOKEN: 'at_wrong' } })).toMatchObject({
      exit: 3,
    });
  });

  it('exits with 5 when the difficulty is above the limit', async () => {
    const { exit, err } = await command(['login', newRequest({ difficulty: 40 })]);
    expect(exit).toBe(5);
    expect(err).toMatch(/40/);
  });

  it('takes the time for the proof of work from --pow-timeout', async () => {
    const { exit, err } = await command(['login', newRequest({ difficulty: 30 }), '--pow-timeout', '0.2']);
    expect(exit).toBe(5);
    expect(err).toMatch(/within 200 ms/);
    expect(await command(['login', 'x', '--pow-timeout', 'soon'])).toMatchObject({ exit: 2 });
  });

  it('prints errors as JSON with --json, and only on standard error', async () => {
    const { exit, out, err } = await command(['login', 'nobody', '--json']);
    expect({ exit, out }).toEqual({ exit: 4, out: '' });
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'SITE_LOGIN_REQUEST_NOT_FOUND', status: 404 } });
  });

  it('exits with 130 when it is interrupted in the middle of a proof of work', async () => {
    const interrupt = new AbortController();
    const id = newRequest({ difficulty: 30 });
    const running = command(['login', id], { signal: interrupt.signal, isTerminal: true });
    setTimeout(() => interrupt.abort(), 500);
    const { exit, err } = await running;
    expect(exit).toBe(130);
    expect(err).toMatch(/Solving difficulty 30: [\d,]+ hashes/);
    expect(err).toMatch(/Interrupted\.\n$/);
  });
});

describe('countersign emulator', () => {
  it('prints the line of JSON when it is ready, and ends with the signal', async () => {
    const interrupt = new AbortController();
    const lines: string[] = [];
    let ready: (text: string) => void = () => undefined;
    const printed = new Promise<string>((resolve) => {
      ready = resolve;
    });
    const exit = run(['emulator', '--port', '0', '--difficulty', '3', '--json'], {
      out: (text) => {
        lines.push(text);
        ready(text);
      },
      err: () => undefined,
      env: {},
      isTerminal: false,
      signal: interrupt.signal,
    });
    const { url, lime, agentOtp } = JSON.parse(await printed);
    const created = await fetch(`${lime.apiBase}/modules/agent-login/requests`, {
      method: 'POST',
      headers: { 'X-Site-Token': lime.siteToken },
      body: '{}',
    });
    expect(created.status).toBe(201);
    const { data } = (await created.json()) as { data: { login_request_id: string } };
    const challenge = await fetch(`${lime.apiBase}/auth/requests/${data.login_request_id}`);
    expect(await challenge.json()).toMatchObject({ data: { pow_difficulty: 3 } });
    const asked = await fetch(`${agentOtp.baseUrl}/api/v1/permissions/request`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${agentOtp.apiKey}`, 'Content-Type': 'application/json' },
      body: '{"action":"email.send"}',
    });
    expect(asked.status).toBe(202);
    const agents = await fetch(`${agentOtp.baseUrl}/api/v1/agents`, { headers: { 'X-User-ID': agentOtp.ownerId } });
    expect(agents.status).toBe(200);
    interrupt.abort();
    expect(await exit).toBe(0);
    expect(lines).toHaveLength(1);
    await expect(fetch(url)).rejects.toThrow();
  });

  it.each([
    [['--port', '99999'], /--port must be an integer from 0 to 65535/],
    [['--port', 'x'], /--port must be/],
    [['--difficulty', '256'], /--difficulty must be an integer from 0 to 255/],
  ])('refuses %j', async (args, message) => {
    const { exit, err } = await command(['emulator', ...args]);
    expect(exit).toBe(2);
    expect(err).toMatch(message);
  });

  it('says that a port is taken', async () => {
    const { exit, err } = await command(['emulator', '--port', String(emulator.port)]);
    expect(exit).toBe(1);
    expect(err).toMatch(/port/i);
  });
});

describe('countersign', () => {
  it('prints help and version', async () => {
    expect(await command(['--version'])).toMatchObject({ exit: 0, out: `${version}\n` });
    for (const argv of [
      [],
      ['--help'],
      ...['login', 'whoami', 'tools', 'call', 'emulator'].map((name) => [name, '--help']),
    ]) {
      expect(await command(argv)).toMatchObject({ exit: 0, out: expect.stringMatching(/^Usage: countersign/) });
    }
  });
});
