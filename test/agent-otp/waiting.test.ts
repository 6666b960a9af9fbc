import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApprovalTimeoutError, TimeoutError, TokenMissingError } from '../../src/agent-otp/index.js';
import type { Clock } from '../../src/runtime/clock.js';
import { failure } from '../http/clients.js';
import { DIALECTS, scene } from './helpers.js';

afterEach(() => vi.unstubAllGlobals());

const ASK = { action: 'file.delete', waitForApproval: true } as const;

describe.each(DIALECTS)('polling, %s', (dialect) => {
  it('an approval arrives with its token and reason', async () => {
    const one = scene({ dialect });
    const told: unknown[] = [];
    const waiting = one.client.requestPermission({ ...ASK, onPendingApproval: (pending) => void told.push(pending) });
    await one.pass(3000);
    const { id } = one.emulator.agentOtp.listPermissions()[0]!;
    one.emulator.agentOtp.approve(id, { reason: 'fine', scopeModifications: { once: true } });
    const permission = await one.until(waiting);
    expect(permission).toMatchObject({
      id,
      status: 'approved',
      reason: 'fine',
      scope: { once: true },
      decidedBy: 'user',
    });
    expect(permission.token).toMatch(/^otp_/);
    expect(told).toEqual([
      {
        permissionId: id,
        approvalUrl: expect.any(String),
        webhookUrl: expect.any(String),
        expiresAt: expect.any(Date),
      },
    ]);
    expect(one.clock.sleeping).toBe(0);
  });

  it('a denial arrives with its reason', async () => {
    const one = scene({ dialect });
    const waiting = one.client.requestPermission(ASK);
    await one.pass(1500);
    one.emulator.agentOtp.deny(one.emulator.agentOtp.listPermissions()[0]!.id, { reason: 'too risky' });
    expect(await one.until(waiting)).toMatchObject({ status: 'denied', reason: 'too risky' });
  });
});

it('the wait ends on time with an error that carries the permission, and may be gone on with', async () => {
  const one = scene();
  const begun = one.clock.now();
  const error = await failure(one.until(one.client.requestPermission({ ...ASK, timeoutMs: 20_000 })));
  expect(error).toBeInstanceOf(ApprovalTimeoutError);
  expect(error).toBeInstanceOf(TimeoutError);
  expect(one.clock.now() - begun).toBe(20_000);
  const { permission } = error as ApprovalTimeoutError;
  expect(permission).toMatchObject({ status: 'pending', action: 'file.delete' });
  const more = one.client.waitForDecision(permission!.id);
  one.emulator.agentOtp.approve(permission!.id);
  expect(await one.until(more)).toMatchObject({ status: 'approved', token: expect.any(String) });
});

it('a decision in the last moment is not missed', async () => {
  const one = scene();
  const waiting = one.client.requestPermission({ ...ASK, timeoutMs: 20_000 });
  await one.pass(19_400);
  one.emulator.agentOtp.approve(one.emulator.agentOtp.listPermissions()[0]!.id);
  expect(await one.until(waiting)).toMatchObject({ status: 'approved' });
});

it('without a timeout it waits until the permission expires, which is a result', async () => {
  const one = scene();
  const begun = one.clock.now();
  const result = await one.until(one.client.requestPermission({ ...ASK, ttlSeconds: 60 }));
  expect(result).toMatchObject({ status: 'expired' });
  expect(one.clock.now() - begun).toBeGreaterThanOrEqual(60_000);
  expect(one.clock.now() - begun).toBeLessThan(62_000);
  const thrown = one.until(one.client.requestPermission({ ...ASK, ttlSeconds: 60, throwOnDenied: true }));
  expect(await failure(thrown)).toMatchObject({ code: 'PERMISSION_EXPIRED', permission: { status: 'expired' } });
});

it('waiting polls less and less often', async () => {
  const one = scene();
  const waiting = failure(one.client.requestPermission({ ...ASK, timeoutMs: 60_000 }));
  await one.until(waiting);
  const polls = one.traffic.filter(({ line }) => line.startsWith('GET'));
  expect(polls.length).toBeGreaterThan(8);
  expect(polls.length).toBeLessThan(20);
});

it('a server that leaves the token out after approval is told of by an error of its own', async () => {
  const one = scene({}, { strictCompat: true });
  const waiting = one.client.requestPermission(ASK);
  await one.pass(1500);
  one.emulator.agentOtp.approve(one.emulator.agentOtp.listPermissions()[0]!.id);
  const error = await failure(one.until(waiting));
  expect(error).toBeInstanceOf(TokenMissingError);
  expect(error).toMatchObject({ code: 'TOKEN_MISSING', permission: { status: 'approved' } });
});

it('an abort ends the wait with its reason, and nothing is left behind', async () => {
  const one = scene();
  const controller = new AbortController();
  const waiting = failure(one.client.requestPermission({ ...ASK, signal: controller.signal }));
  await one.pass(5000);
  controller.abort('enough');
  expect(await waiting).toBe('enough');
  await one.pass(0);
  expect(one.clock.sleeping).toBe(0);
  const before = one.traffic.length;
  await one.pass(30_000, 1000);
  expect(one.traffic).toHaveLength(before);
});

it('close ends every wait and leaves nothing behind', async () => {
  const one = scene();
  const waits = [1, 2, 3].map(() => failure(one.client.requestPermission(ASK)));
  await one.pass(1000);
  await one.client.close();
  for (const error of await Promise.all(waits)) expect(error).toMatchObject({ code: 'CLOSED' });
  await one.pass(0);
  expect(one.clock.sleeping).toBe(0);
  expect(await failure(one.client.getPermission('x'))).toMatchObject({ code: 'CLOSED' });
});

it('what onPendingApproval throws is ignored, and it is called once', async () => {
  const one = scene();
  let calls = 0;
  const waiting = one.client.requestPermission({
    ...ASK,
    async onPendingApproval({ permissionId }) {
      calls++;
      one.emulator.agentOtp.approve(permissionId);
      throw new Error('broken');
    },
  });
  expect(await one.until(waiting)).toMatchObject({ status: 'approved' });
  expect(calls).toBe(1);
});

it('failures on the way do not end a wait, a refusal does', async () => {
  const one = scene();
  const waiting = one.client.requestPermission(ASK);
  await one.pass(500);
  const { id } = one.emulator.agentOtp.listPermissions()[0]!;
  one.emulator.faults.add({
    path: '/agent-otp/api/v1/permissions/*',
    respond: { status: 503, body: '<html>' },
    times: 2,
  });
  await one.pass(6000);
  one.emulator.agentOtp.approve(id);
  expect(await one.until(waiting)).toMatchObject({ status: 'approved' });
  expect(one.traffic.filter(({ status }) => status === 503)).toHaveLength(2);
  expect(await failure(one.until(one.client.waitForDecision('nobody')))).toMatchObject({ code: 'NOT_FOUND' });
});

it('a server that cannot be asked at the end is told of by the cause', async () => {
  const one = scene();
  const waiting = failure(one.client.requestPermission({ ...ASK, timeoutMs: 5000 }));
  await one.pass(500);
  one.emulator.faults.add({ path: '/agent-otp/api/v1/permissions/*', lose: 'before' });
  expect(await one.until(waiting)).toMatchObject({ code: 'APPROVAL_TIMEOUT', cause: { code: 'NETWORK_ERROR' } });
});

it('a status of a later server is waited on', async () => {
  const one = scene();
  const waiting = failure(one.client.requestPermission({ ...ASK, timeoutMs: 5000 }));
  await one.pass(500);
  one.emulator.faults.add({
    path: '/agent-otp/api/v1/permissions/*',
    rewrite: (json) => ({ success: true, data: { ...(json as { data: object }).data, status: 'escalated' } }),
  });
  expect(await one.until(waiting)).toMatchObject({ permission: { status: 'escalated' } });
});

it.each([Number.NaN, 0, -1, '5000'])('timeoutMs %j is refused', async (timeoutMs) => {
  const { client } = scene();
  expect(await failure(client.waitForDecision('x', { timeoutMs: timeoutMs as number }))).toMatchObject({
    details: { timeoutMs: expect.any(String) },
  });
});

it('on Cloudflare Workers each wait has a timer of its own, and all keep to one budget', async () => {
  vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' });
  const one = scene();
  const waits = [1, 2].map(() => one.client.requestPermission(ASK));
  await one.pass(500);
  expect(one.clock.sleeping).toBe(2);
  for (const { id } of one.emulator.agentOtp.listPermissions()) one.emulator.agentOtp.approve(id);
  const permissions = await one.until(Promise.all(waits));
  expect(permissions.map(({ status }) => status)).toEqual(['approved', 'approved']);
  expect(one.clock.sleeping).toBe(0);
});

/** A clock that shows another time, and runs like the scene's. */
function shifted({ clock }: ReturnType<typeof scene>, byMs: number): Clock {
  return {
    now: () => clock.now() + byMs,
    monotonic: () => clock.monotonic(),
    sleep: (...args) => clock.sleep(...args),
  };
}

it.each([
  ['ahead by an hour', 3_600_000],
  ['ahead by most of the permission’s life', 240_000],
  ['behind by an hour', -3_600_000],
])('a clock that is %s ends no wait too early, and none too late', async (_, byMs) => {
  const one = scene();
  const { id } = await one.client.requestPermission({ action: 'a' });
  const other = one.another({ clock: shifted(one, byMs) });
  const waiting = other.waitForDecision(id);
  await one.pass(200_000, 1000);
  one.emulator.agentOtp.approve(id);
  expect(await one.until(waiting)).toMatchObject({ status: 'approved' });
  const { id: never } = await one.client.requestPermission({ action: 'a' });
  const begun = one.clock.now();
  expect(await one.until(other.waitForDecision(never), 500)).toMatchObject({ status: 'expired' });
  expect(one.clock.now() - begun).toBeLessThan(307_000);
});

it.each([12_000, 13_000, 14_000, 15_000, 20_000])(
  'a server that hangs and recovers is asked once more before the end of %d ms',
  async (timeoutMs) => {
    const one = scene();
    let hangs = false;
    const fetch: typeof globalThis.fetch = (input, init) =>
      hangs
        ? new Promise((_, reject) => init!.signal!.addEventListener('abort', () => reject(init!.signal!.reason)))
        : one.emulator.fetch(new Request(input, init));
    const waiting = one.another({ fetch }).requestPermission({ ...ASK, timeoutMs });
    await one.pass(4000);
    hangs = true;
    await one.pass(5000);
    hangs = false;
    one.emulator.agentOtp.approve(one.emulator.agentOtp.listPermissions()[0]!.id);
    expect(await one.until(waiting)).toMatchObject({ status: 'approved', token: expect.any(String) });
    expect(one.clock.sleeping).toBe(0);
  },
);

it('a page instead of an answer does not end a wait, but is an error where there was no answer before', async () => {
  const one = scene();
  const waiting = one.client.requestPermission(ASK);
  await one.pass(500);
  const { id } = one.emulator.agentOtp.listPermissions()[0]!;
  const path = '/agent-otp/api/v1/permissions/*';
  one.emulator.faults.add({ path, respond: { status: 200, body: '<html>' }, times: 2 });
  await one.pass(6000);
  one.emulator.agentOtp.approve(id);
  expect(await one.until(waiting)).toMatchObject({ status: 'approved' });
  one.emulator.faults.add({ path, respond: { status: 200, body: '<html>' } });
  expect(await failure(one.until(one.client.waitForDecision(id)))).toMatchObject({ code: 'INVALID_RESPONSE' });
});

it('what is decided between the request and the first question arrives with the first', async () => {
  const one = scene();
  const waiting = one.client.requestPermission({
    ...ASK,
    onPendingApproval: ({ permissionId }) => void one.emulator.agentOtp.deny(permissionId, { reason: 'at once' }),
  });
  expect(await one.until(waiting)).toMatchObject({ status: 'denied', reason: 'at once' });
  expect(one.traffic.filter(({ line }) => line.startsWith('GET'))).toHaveLength(1);
});

it('where the runtime has no WebSocket it polls, and says so at debug level', async () => {
  vi.stubGlobal('WebSocket', undefined);
  const told: [string, string][] = [];
  const tell = (level: string) => (message: string) => void told.push([level, message]);
  const logger = { debug: tell('debug'), info: tell('info'), warn: tell('warn'), error: tell('error') };
  const one = scene({ WebSocket: undefined, logger });
  const waiting = one.client.requestPermission(ASK);
  await one.pass(500);
  one.emulator.agentOtp.approve(one.emulator.agentOtp.listPermissions()[0]!.id);
  expect(await one.until(waiting)).toMatchObject({ status: 'approved' });
  expect(told).toContainEqual(['debug', expect.stringContaining('no WebSocket')]);
  expect(told.filter(([level]) => level !== 'debug')).toEqual([]);
});
