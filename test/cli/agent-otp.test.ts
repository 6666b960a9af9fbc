import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { commandAt, type Given } from './command.js';

let emulator: StartedEmulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.emulator.reset());
afterAll(() => emulator.close());

function command(argv: string[], given: Given = {}) {
  const { baseUrl, apiKey, ownerId } = emulator.agentOtp;
  const env = { AGENT_OTP_BASE_URL: baseUrl, AGENT_OTP_API_KEY: apiKey, AGENT_OTP_OWNER_ID: ownerId, ...given.env };
  return commandAt(emulator, argv, { ...given, env });
}
const ask = (...args: string[]) => command(['ask', '--action', 'email.send', ...args]);

/** Waits for a permission to be pending, and gives its id. */
async function pendingId(): Promise<string> {
  for (;;) {
    const [permission] = emulator.emulator.agentOtp.listPermissions();
    if (permission !== undefined) return permission.id;
    await sleep(5);
  }
}

describe('countersign ask', () => {
  it('asks, and says where to decide', async () => {
    const { exit, out, err } = await ask('--scope', '{"max_emails":1}', '--resource', 'mailto:a@example.org');
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    const [permission] = emulator.emulator.agentOtp.listPermissions();
    expect(permission).toMatchObject({ action: 'email.send', resource: 'mailto:a@example.org' });
    expect(out).toContain(`Permission:  ${permission!.id}\nStatus:      pending\n`);
    expect(out).toMatch(/^Decide at: {3}http:\/\/localhost:\d+\/agent-otp\/\S+$/m);
  });

  it('waits until another process approves, and shows the token only when asked to', async () => {
    const asked = ask('--wait', '--json');
    const approved = await command(['approve', await pendingId(), '--json']);
    expect(approved.exit).toBe(0);
    expect(JSON.parse(approved.out)).toMatchObject({ status: 'approved' });
    const { exit, out, err } = await asked;
    expect(exit).toBe(0);
    const { id: permissionId } = JSON.parse(out);
    expect(JSON.parse(err)).toEqual({
      pending: {
        permissionId,
        approvalUrl: expect.stringContaining(permissionId),
        expiresAt: expect.stringMatching(/Z$/),
      },
    });
    expect(JSON.parse(out)).toMatchObject({ status: 'approved', action: 'email.send' });
    expect(approved.out + out).not.toMatch(/otp_/);
    emulator.emulator.reset();

    const again = ask('--wait', '--json', '--show-token');
    await command(['approve', await pendingId()]);
    expect(JSON.parse((await again).out).token).toMatch(/^otp_/);
  });

  it('exits with 4 for a denial, and says the reason', async () => {
    const asked = ask('--wait');
    const { out } = await command(['deny', await pendingId(), '--reason', 'Not\u0007 today']);
    expect(out).toMatch(/ is denied\.\n$/);
    expect(await asked).toMatchObject({
      exit: 4,
      out: expect.stringContaining('Reason:      Not\\u0007 today'),
      err: expect.stringMatching(/^Waiting for \S+: decide at http/),
    });
  });

  it('exits with 9 when nobody decides in time', async () => {
    expect(await ask('--wait', '--timeout', '1')).toMatchObject({
      exit: 9,
      out: '',
      err: expect.stringContaining('APPROVAL_TIMEOUT'),
    });
  });

  it('ends with 130 on Ctrl-C', async () => {
    const interrupt = new AbortController();
    const asked = command(['ask', '--action', 'email.send', '--wait'], { signal: interrupt.signal });
    await pendingId();
    interrupt.abort();
    expect(await asked).toMatchObject({ exit: 130, err: expect.stringContaining('Interrupted.') });
  });

  it.each([
    ['no action', ['ask'], {}, 2, /action is missing/],
    ['a scope that is no JSON', ['ask', '--action', 'a', '--scope', '{'], {}, 2, /--scope is not JSON/],
    [
      'a life that is too short',
      ['ask', '--action', 'a', '--ttl', '29'],
      {},
      2,
      /--ttl must be an integer from 30 to 3600/,
    ],
    ['a timeout without a wait', ['ask', '--action', 'a', '--timeout', '5'], {}, 2, /--timeout is about --wait/],
    ['an argument', ['ask', 'me', '--action', 'a'], {}, 2, /options only/],
    ['no key', ['ask', '--action', 'a'], { AGENT_OTP_API_KEY: '', AGENT_OTP_KEY: '' }, 3, /MISSING_API_KEY/],
    ['a wrong key', ['ask', '--action', 'a'], { AGENT_OTP_API_KEY: 'ak_wrong' }, 3, /HTTP 401/],
    ['no id', ['approve'], {}, 2, /permission is missing/],
    ['two ids', ['deny', 'a', 'b'], {}, 2, /One permission is expected/],
    ['no owner', ['approve', 'a'], { AGENT_OTP_OWNER_ID: '' }, 2, /owner is missing/],
    ['an unknown permission', ['approve', '2f0c5f4e-58c5-4d53-9a79-bd3c1aa7e7c0'], {}, 4, /HTTP 404/],
  ])('%s: says so and exits accordingly', async (_, argv, env, code, message) => {
    const { exit, out, err } = await command(argv, { env });
    expect({ exit, out }).toEqual({ exit: code, out: '' });
    expect(err).toMatch(message);
  });

  it.each(['ask', 'approve', 'deny'])('%s has help', async (name) => {
    const { exit, out } = await command([name, '--help']);
    expect(exit).toBe(0);
    expect(out).toMatch(new RegExp(`^Usage: countersign ${name} `));
  });
});
