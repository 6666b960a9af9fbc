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
  const env = { AXME_BASE_URL: emulator.axme.baseUrl, AXME_API_KEY: emulator.axme.apiKey, ...given.env };
  return commandAt(emulator, argv, { ...given, env });
}
const DESK = 'agent://acme/orders/desk';
const send = (...args: string[]) => command(['intent', 'send', 'orders.place.v1', '--to', DESK, ...args]);
const sentId = async (...args: string[]) => JSON.parse((await send('--json', ...args)).out).intent_id as string;
const isFollowed = () => expect.poll(() => emulator.emulator.axme.openStreams, { interval: 5 }).toBe(1);
const APPROVAL = JSON.stringify({
  title: 'Two crates?',
  task_type: 'approval',
  allowed_outcomes: ['approved', 'rejected'],
});

describe('countersign intent', () => {
  it('sends an intent once a key', async () => {
    const { exit, out, err } = await send('--payload', '{"item":"apples"}', '--key', 'order-1');
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(out).toMatch(/^[0-9a-f-]{36} is SUBMITTED\.\n$/);
    expect(await sentId('--payload', '{"item":"apples"}', '--key', 'order-1')).toBe(out.slice(0, 36));
    expect(emulator.emulator.axme.listIntents()).toHaveLength(1);
    expect(await send('--payload', '{"item":"pears"}', '--key', 'order-1')).toMatchObject({ exit: 4, out: '' });
  });

  it('watches an intent until another process resolves it', async () => {
    const id = await sentId();
    const watched = command(['intent', 'watch', id]);
    await isFollowed();
    const resolved = await command(['intent', 'resolve', id, '--result', '{"crates":2}']);
    expect(resolved).toMatchObject({ exit: 0, out: `${id} is COMPLETED.\n` });
    const { exit, out } = await watched;
    expect(exit).toBe(0);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => line.trim().split(/ {2,}/)[2]),
    ).toEqual(['intent.created', 'intent.submitted', 'intent.completed']);
    expect(out).toContain('{"result":{"crates":2}}');
  });

  it('prints an event a line as JSON, after the one it is told', async () => {
    const id = await sentId();
    await command(['intent', 'resolve', id, '--status', 'failed', '--error', '{"code":"sold_out"}', '--json']);
    const { exit, out } = await command(['intent', 'watch', id, '--since', '2', '--json']);
    expect(exit).toBe(8);
    expect(JSON.parse(out)).toMatchObject({ seq: 3, status: 'FAILED' });
  });

  it('exits with 9 when the intent does not end in time, and with 130 on Ctrl-C', async () => {
    const id = await sentId();
    expect(await command(['intent', 'watch', id, '--timeout', '1'])).toMatchObject({
      exit: 9,
      err: expect.stringContaining('TIMEOUT'),
    });
    const interrupt = new AbortController();
    const watched = command(['intent', 'watch', id], { signal: interrupt.signal });
    await isFollowed();
    interrupt.abort();
    expect(await watched).toMatchObject({ exit: 130, err: 'Interrupted.\n' });
  });

  it.each([
    ['no verb', ['intent'], {}, 2, /send, watch or resolve/],
    ['a wrong verb', ['intent', 'cancel', 'x'], {}, 2, /send, watch or resolve/],
    ['no type', ['intent', 'send', '--to', DESK], {}, 2, /type is missing/],
    ['no recipient', ['intent', 'send', 'orders.place.v1'], {}, 2, /recipient is missing/],
    ['two intents', ['intent', 'watch', 'a', 'b'], {}, 2, /one argument/],
    ['an option of another verb', ['intent', 'watch', 'a', '--to', DESK], {}, 2, /--to is no option of intent watch/],
    [
      'a payload that is no object',
      ['intent', 'send', 'a.b.v1', '--to', DESK, '--payload', '[]'],
      {},
      2,
      /not an array/,
    ],
    ['a wrong status', ['intent', 'resolve', 'a', '--status', 'done'], {}, 2, /completed, failed or canceled/],
    ['a cancellation without a reason', ['intent', 'resolve', 'a', '--status', 'canceled'], {}, 2, /--reason/],
    [
      'a result of a failure',
      ['intent', 'resolve', 'a', '--status', 'failed', '--result', '{}'],
      {},
      2,
      /--result does not/,
    ],
    ['no key', ['intent', 'watch', 'a'], { AXME_API_KEY: '' }, 3, /AXME_API_KEY/],
    ['a wrong key', ['intent', 'watch', 'a'], { AXME_API_KEY: 'axme_wrong' }, 3, /HTTP 401/],
    ['an unknown intent', ['intent', 'resolve', '2f0c5f4e-58c5-4d53-9a79-bd3c1aa7e7c0'], {}, 4, /HTTP 404/],
    ['an inbox without a verb', ['inbox'], {}, 2, /list, approve or reject/],
    ['a list of a thread', ['inbox', 'list', 'a'], {}, 2, /options only/],
    ['a comment on a list', ['inbox', 'list', '--comment', 'a'], {}, 2, /--comment goes with/],
    ['no thread', ['inbox', 'approve'], {}, 2, /thread is missing/],
    ['two threads', ['inbox', 'reject', 'a', 'b'], {}, 2, /one thread/],
  ])('%s: says so and exits accordingly', async (_, argv, env, code, message) => {
    const { exit, out, err } = await command(argv, { env });
    expect({ exit, out }).toEqual({ exit: code, out: '' });
    expect(err).toMatch(message);
  });

  it.each(['intent', 'inbox'])('%s has help', async (name) => {
    const { exit, out } = await command([name, '--help']);
    expect(exit).toBe(0);
    expect(out).toMatch(new RegExp(`^Usage: countersign ${name} `));
  });
});

describe('countersign inbox', () => {
  it('lists what waits, and approves it: the intent goes on', async () => {
    const id = await sentId('--human-task', APPROVAL);
    const list = await command(['inbox', 'list', '--owner', DESK]);
    expect(list).toMatchObject({ exit: 0, err: '' });
    expect(list.out).toMatch(new RegExp(`^${id} {2}pending {2}`));
    const approved = await command(['inbox', 'approve', id, '--owner', DESK, '--comment', 'Enjoy.', '--json']);
    expect(approved.exit).toBe(0);
    expect(JSON.parse(approved.out).thread).toMatchObject({ thread_id: id });
    expect(await command(['intent', 'watch', id])).toMatchObject({
      exit: 0,
      out: expect.stringContaining('COMPLETED'),
    });
  });

  it('rejects it: the intent is canceled', async () => {
    const id = await sentId('--human-task', APPROVAL);
    expect(await command(['inbox', 'reject', id, '--owner', DESK])).toMatchObject({ exit: 0 });
    expect(await command(['intent', 'watch', id])).toMatchObject({ exit: 8, out: expect.stringContaining('CANCELED') });
    const all = JSON.parse((await command(['inbox', 'list', '--owner', DESK, '--json'])).out);
    expect(all.threads).toHaveLength(1);
  });
});
