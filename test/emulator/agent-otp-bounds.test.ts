import { expect, it } from 'vitest';
import { Audit } from '../../src/emulator/agent-otp/audit.js';
import { Devices } from '../../src/emulator/agent-otp/devices.js';
import { type NewPermission, Permissions } from '../../src/emulator/agent-otp/permissions.js';
import { RateLimits } from '../../src/emulator/agent-otp/rate-limits.js';
import { type NewRelayRequest, RelayRequests } from '../../src/emulator/agent-otp/relay-requests.js';
import { Webhooks } from '../../src/emulator/agent-otp/webhooks.js';
import { createRandom } from '../../src/emulator/random.js';
import { START } from './agent-otp-helpers.js';
import { ManualClock } from './manual-clock.js';

// Memory stays bounded: what is oldest is forgotten.

const clock = new ManualClock(START);
const random = createRandom('bounds', 'test');

it('permissions', () => {
  const permissions = new Permissions(
    clock,
    () => 'otp_x',
    () => {},
  );
  const wish = { ownerId: 'o', agentId: 'a', action: 'x', resource: null, scope: {}, context: {}, reason: null };
  const more = { policyId: null, expiresAtMs: START + 1000, callbackUrl: null, ticket: 't', formKey: 'f' };
  const add = (id: string) => permissions.add({ id, ...wish, ...more } satisfies NewPermission);
  for (let i = 0; i <= 5000; i++) add(String(i));
  expect([permissions.peek('0'), permissions.peek('1')?.id, permissions.list().length]).toEqual([undefined, '1', 5000]);
});

it('requests for codes', () => {
  const relays = new RelayRequests(clock, () => {});
  const wish = { ownerId: 'o', agentId: 'a', purpose: 'p', publicKey: 'k', expectedSender: null, filter: {} };
  const more = { expiresAtMs: START + 1000, callbackUrl: null, ticket: 't', formKey: 'f' };
  const add = (id: string) => relays.add({ id, ...wish, ...more } satisfies NewRelayRequest);
  for (let i = 0; i <= 1000; i++) add(String(i));
  expect([relays.get('0'), relays.get('1')?.id, relays.list().length]).toEqual([undefined, '1', 1000]);
});

it('lines of the audit', () => {
  const audit = new Audit(clock);
  for (let i = 0; i <= 5000; i++) audit.note({ userId: 'o', eventType: 'use', details: { i } }, random);
  const entries = audit.list('o');
  expect([entries.length, entries.at(-1)?.details]).toEqual([5000, { i: 1 }]);
});

it('devices and accounts', () => {
  const devices = new Devices();
  for (let i = 0; i <= 1000; i++) devices.linkDevice(String(i), 'o');
  expect([devices.hasDevice('0', 'o'), devices.hasDevice('1', 'o')]).toEqual([false, true]);
});

it('counts of clients: whoever comes after ten thousand shares one', () => {
  const limits = new RateLimits(clock);
  for (let i = 0; i < 10_000; i++) limits.count(String(i), 2);
  expect(limits.count('late', 2).remaining).toBe(1);
  expect(limits.count('later', 2).remaining).toBe(0);
  expect(limits.count('latest', 2).exceeded).toBe(true);
  expect(limits.count('1', 2).exceeded).toBe(false);
});

it('webhooks: the oldest is given up', async () => {
  const webhooks = new Webhooks(clock);
  const hook = { url: 'http://127.0.0.1:9/', secret: `whsec_${btoa('x'.repeat(24))}`, type: 't', data: {} };
  for (let i = 0; i <= 1000; i++) webhooks.send({ subjectId: String(i), ...hook }, random);
  const kept = webhooks.list();
  webhooks.close();
  expect([kept.length, kept[0]?.subjectId]).toEqual([1000, '1']);
  expect(webhooks.list().every(({ status }) => status === 'failed')).toBe(true);
});
