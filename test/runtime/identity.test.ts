import { afterEach, describe, expect, it, vi } from 'vitest';
import { coreCount } from '../../src/runtime/cores.js';
import { clockStandsStill, runtimeName } from '../../src/runtime/identity.js';
import { nextTask } from '../../src/runtime/task.js';

afterEach(() => vi.unstubAllGlobals());

describe('runtimeName', () => {
  it.each<[string, Record<string, unknown>]>([
    ['node', {}],
    ['node', { navigator: { userAgent: 'Node.js/24' } }],
    ['bun', { Bun: {} }],
    ['deno', { Deno: {} }],
    ['workerd', { navigator: { userAgent: 'Cloudflare-Workers' } }],
    ['edge-light', { EdgeRuntime: 'edge-runtime', process: undefined }],
    ['browser', { process: undefined, document: {}, navigator: { userAgent: 'Mozilla/5.0' } }],
    ['browser', { process: undefined, navigator: { userAgent: 'Mozilla/5.0' } }],
    ['unknown', { process: undefined, navigator: undefined }],
  ])('is %s', (name, globals) => {
    for (const [key, value] of Object.entries(globals)) vi.stubGlobal(key, value);
    expect(runtimeName()).toBe(name);
    expect(clockStandsStill()).toBe(name === 'workerd');
  });
});

describe('coreCount', () => {
  it.each<[number, unknown]>([
    [6, { hardwareConcurrency: 6 }],
    [1, { hardwareConcurrency: 0 }],
    [1, { hardwareConcurrency: Number.NaN }],
    [1, { hardwareConcurrency: 2.5 }],
  ])('is %i, whatever a browser claims', (cores, navigator) => {
    vi.stubGlobal('navigator', navigator);
    expect(coreCount()).toBe(cores);
  });

  it('is what Node says where there is no navigator, and 1 where nobody knows', () => {
    vi.stubGlobal('navigator', undefined);
    expect(coreCount()).toBeGreaterThanOrEqual(1);
    vi.stubGlobal('process', undefined);
    expect(coreCount()).toBe(1);
  });
});

describe('nextTask', () => {
  it.each<[string, Record<string, unknown>]>([
    ['setImmediate', {}],
    ['MessageChannel', { setImmediate: undefined }],
    ['setTimeout', { setImmediate: undefined, MessageChannel: undefined }],
  ])('by %s comes after everything that is only promised', async (_, globals) => {
    for (const [key, value] of Object.entries(globals)) vi.stubGlobal(key, value);
    const order: string[] = [];
    const task = nextTask().then(() => order.push('task'));
    Promise.resolve()
      .then(() => undefined)
      .then(() => order.push('promise'));
    await task;
    expect(order).toEqual(['promise', 'task']);
  });
});
