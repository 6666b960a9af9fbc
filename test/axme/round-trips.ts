import { expect, onTestFinished } from 'vitest';
import { AxmeClient, type AxmeClientConfig } from '../../src/axme/index.js';
import { startEmulator } from '../../src/emulator/node/index.js';
import { contractOf } from './helpers.js';

/** A served emulator and a client of it, of which every reply is checked to have what the contract says. */
export async function roundTrips(config: AxmeClientConfig = {}) {
  const { emulator, axme: address, close } = await startEmulator();
  const client = new AxmeClient({ ...address, ...config });
  onTestFinished(async () => {
    await client.close();
    await close();
  });
  return { axme: checked(client), emulator, address };
}

/** The methods that have been called, in every round trip so far. */
export const called = new Set<string>();

function checked(client: AxmeClient): AxmeClient {
  return new Proxy(client, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        const reply: unknown = await value.apply(target, args);
        const method = contractOf(String(name));
        if (method !== undefined) {
          called.add(String(name));
          if (typeof reply === 'object') for (const field of method.response) expectField(reply, field);
        }
        return reply;
      };
    },
  });
}

/** That a reply has a field, written as `thread.timeline[]` or `agents[].address`; one with `?` may be missing. */
function expectField(reply: unknown, field: string): void {
  if (field.endsWith('?')) return;
  let values: readonly unknown[] = [reply];
  for (const step of field.split('.')) {
    const name = step.replace('[]', '');
    values = values.flatMap((value) => {
      expect(value, field).toHaveProperty([name]);
      const found = (value as Record<string, unknown>)[name];
      if (!step.endsWith('[]')) return [found];
      expect(Array.isArray(found), field).toBe(true);
      return found as unknown[];
    });
  }
}
