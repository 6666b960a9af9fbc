import { describe, expect, it } from 'vitest';
import { failure } from '../http/clients.js';
import { scene } from './helpers.js';

/** The most requests in any minute. */
function busiestMinute(times: readonly number[]): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 60_000).length));
}

describe('300 permissions pending at once, polling only, with the limits of the real server', () => {
  it('never more than 60 requests a minute, no 429, and every decision arrives', async () => {
    const one = scene();
    const asked = await Promise.all(
      Array.from({ length: 300 }, (_, n) => one.client.requestPermission({ action: `act.${n}`, ttlSeconds: 3600 })),
    );
    await one.pass(70_000, 5000);
    one.emulator.agentOtp.configure({ agentRequestsPerMinute: 60 });
    const from = one.traffic.length;
    const waits = asked.map(({ id }) => one.client.waitForDecision(id));
    await one.pass(400_000, 250);
    for (const [index, { id }] of asked.entries()) {
      if (index % 2 === 0) one.emulator.agentOtp.approve(id);
      else one.emulator.agentOtp.deny(id, { reason: `no ${index}` });
    }
    const decided = await one.until(Promise.all(waits), 250);
    expect(decided.filter(({ status, token }) => status === 'approved' && token)).toHaveLength(150);
    expect(decided.filter(({ reason }) => reason?.startsWith('no '))).toHaveLength(150);
    const polls = one.traffic.slice(from);
    expect(busiestMinute(polls.map(({ at }) => at))).toBeLessThanOrEqual(60);
    expect(polls.filter(({ status }) => status === 429)).toEqual([]);
    expect(one.clock.sleeping).toBe(0);
  });

  it('those that end soonest are read first, and one read is kept for each end', async () => {
    const one = scene({}, { agentRequestsPerMinute: 60 });
    const other = one.another({ apiKey: one.emulator.agentOtp.addAgent().apiKey });
    one.emulator.agentOtp.configure({ agentRequestsPerMinute: null });
    const late = await Promise.all(
      Array.from({ length: 250 }, (_, n) => other.requestPermission({ action: `late.${n}`, ttlSeconds: 3600 })),
    );
    const soon = await other.requestPermission({ action: 'soon', ttlSeconds: 90 });
    await one.pass(62_000, 5000);
    one.emulator.agentOtp.configure({ agentRequestsPerMinute: 60 });
    const from = one.traffic.length;
    const ended = Promise.allSettled(late.map(({ id }) => other.waitForDecision(id, { timeoutMs: 300_000 })));
    const waiting = other.waitForDecision(soon.id);
    await one.pass(1000);
    expect(one.traffic[from]!.line).toContain('GET');
    expect(one.traffic.slice(from).findIndex(({ line }) => line.endsWith(soon.id))).toBeLessThan(3);
    await one.pass(26_500);
    one.emulator.agentOtp.approve(soon.id);
    expect(await one.until(waiting)).toMatchObject({ status: 'approved' });
    await one.until(ended, 500);
    const polls = one.traffic.slice(from);
    expect(busiestMinute(polls.map(({ at }) => at))).toBeLessThanOrEqual(60);
    expect(polls.filter(({ status }) => status === 429)).toEqual([]);
    // Their ends come together, and five minutes have one read for each.
    for (const { id } of late) expect(polls.filter(({ line }) => line.endsWith(id)).length).toBeGreaterThanOrEqual(1);
  });
});

it('300 requests at once wait for their turn where the server has a limit', async () => {
  const one = scene({}, { agentRequestsPerMinute: 60 });
  const asked = await one.until(
    Promise.all(Array.from({ length: 300 }, (_, n) => one.client.requestPermission({ action: `act.${n}` }))),
    500,
  );
  expect(asked).toHaveLength(300);
  expect(one.traffic.filter(({ status }) => status === 429)).toEqual([]);
  expect(one.traffic).toHaveLength(300);
});

it('and do not where it has none', async () => {
  const one = scene();
  const begun = one.clock.now();
  await one.until(
    Promise.all(Array.from({ length: 300 }, (_, n) => one.client.requestPermission({ action: `act.${n}` }))),
    20,
  );
  expect(one.clock.now() - begun).toBeLessThan(1000);
});

it('a limit that others use up is waited for; without retries it is an error with the time to wait', async () => {
  const one = scene({}, { agentRequestsPerMinute: 2 });
  const other = one.another({ retries: 0 });
  for (const action of ['a', 'b']) await other.requestPermission({ action });
  const error = await failure(other.requestPermission({ action: 'c' }));
  expect(error).toMatchObject({ name: 'RateLimitError', code: 'RATE_LIMITED', status: 429, retryable: true });
  expect((error as { retryAfter: number }).retryAfter).toBe(60);
  expect((error as { retryAfterMs: number }).retryAfterMs).toBe(60_000);
  expect(await one.until(one.client.requestPermission({ action: 'd' }), 500)).toMatchObject({ status: 'pending' });
});

it('300 that ask, wait and act at once, limited from the beginning: no 429, and each token is spent in time', async () => {
  const one = scene({}, { agentRequestsPerMinute: 60 });
  const acting = Promise.all(
    Array.from({ length: 300 }, (_, n) =>
      one.client.executeWithPermission({ action: `act.${n}`, ttlSeconds: 3600 }, (_token, _scope, { id }) => id),
    ),
  );
  // Whoever decides takes a minute or two for each, so that asking, polling and acting go on side by side.
  const deciding = async () => {
    for (let decided = 0; decided < 300; ) {
      await one.pass(15_000, 250);
      const pending = one.emulator.agentOtp.listPermissions().filter(({ status }) => status === 'pending');
      for (const { id } of pending.slice(0, 10)) one.emulator.agentOtp.approve(id);
      decided += Math.min(10, pending.length);
    }
  };
  await deciding();
  expect(new Set(await one.until(acting, 250)).size).toBe(300);
  expect(busiestMinute(one.traffic.map(({ at }) => at))).toBeLessThanOrEqual(120);
  expect(one.traffic.filter(({ status }) => status === 429)).toEqual([]);
  expect(one.emulator.agentOtp.listPermissions().filter(({ status }) => status !== 'used')).toEqual([]);
  expect(one.clock.sleeping).toBe(0);
});

it('what another process takes of the limit costs a wait time, and no error', async () => {
  const one = scene({}, { agentRequestsPerMinute: 10 });
  const waits = Array.from({ length: 5 }, (_, n) =>
    one.client.requestPermission({ action: `act.${n}`, waitForApproval: true, ttlSeconds: 3600 }),
  );
  const other = one.another({ retries: 0 });
  for (let minute = 0; minute < 5; minute++) {
    await Promise.all(Array.from({ length: 8 }, () => other.getPermission('x').catch(() => {})));
    await one.pass(60_000, 500);
  }
  for (const { id } of one.emulator.agentOtp.listPermissions()) one.emulator.agentOtp.approve(id);
  const permissions = await one.until(Promise.all(waits), 500);
  expect(permissions.every(({ token }) => token !== undefined)).toBe(true);
});
