import { expect, it } from 'vitest';
import { Table } from '../../src/emulator/axme/administration/table.js';
import { AuditLog } from '../../src/emulator/axme/audit-log.js';
import { Scheduler } from '../../src/emulator/axme/scheduler.js';
import { UsageMeter } from '../../src/emulator/axme/usage-meter.js';
import { createEmulator } from '../../src/emulator/index.js';
import { createRandom } from '../../src/emulator/random.js';
import { NOW } from './axme-admin.js';
import { ManualClock } from './manual-clock.js';

interface Row {
  readonly id: string;
  readonly color?: string | null;
}

it('a table drops its oldest row when it is full, and keeps order through changes', () => {
  const table = new Table<Row>(2);
  const one = table.add('1', { id: '1' });
  table.add('2', { id: '2' });
  table.update('1', one, { color: 'red' });
  expect(table.list().map(({ id }) => id)).toEqual(['1', '2']);
  table.add('3', { id: '3', color: null });
  expect(table.list().map(({ id }) => id)).toEqual(['2', '3']);
  expect(table.get('1')).toBeUndefined();
  expect(table.list({ color: null })).toEqual([{ id: '3', color: null }]);
  expect(table.list({ color: undefined })).toHaveLength(2);
  expect(Object.isFrozen(table.get('2'))).toBe(true);
});

it('usage is kept for a thousand workspaces', () => {
  const time = new Scheduler(new ManualClock(NOW));
  const meter = new UsageMeter(time);
  for (let i = 0; i <= 1000; i++) meter.count(`w${i}`, 'intents_per_day');
  const used = (workspace: string) => meter.between(workspace, 0, NOW * 2).intents_per_day;
  expect([used('w0'), used('w1'), used('w1000')]).toEqual([0, 1, 1]);
});

it('the audit log keeps the latest ten thousand', () => {
  const random = createRandom('1', 'test');
  const log = new AuditLog(new Scheduler(new ManualClock(NOW)), () => random);
  const event = { actor_id: 'a', owner_agent: 'o', org_id: 'g', workspace_id: 'w', details: { method: '', path: '' } };
  for (let i = 0; i <= 10_000; i++) log.record({ ...event, action: `n${i}` });
  expect(log.list()).toHaveLength(10_000);
  expect(log.list()[0]?.action).toBe('n1');
});

it('a seed gives the same ids, also after a reset', async () => {
  const create = async (emulator: ReturnType<typeof createEmulator>) => {
    const response = await emulator.fetch('http://emulator.test/axme/v1/organizations', {
      method: 'POST',
      headers: { 'x-api-key': emulator.axme.apiKey },
      body: JSON.stringify({ name: 'Acme', requested_by_actor_id: 'ann' }),
    });
    const { organization } = (await response.json()) as { organization: { org_id: string } };
    return organization.org_id;
  };
  const [one, two, other] = [createEmulator({ seed: 1 }), createEmulator({ seed: 1 }), createEmulator({ seed: 2 })];
  const first = await create(one);
  expect(await create(two)).toBe(first);
  expect(await create(other)).not.toBe(first);
  expect(await create(one)).not.toBe(first);
  one.reset();
  expect(await create(one)).toBe(first);
});
