import { getEventListeners } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { LimeError } from '../../src/lime/index.js';
import { failure } from '../http/clients.js';
import { APPROVE, CHALLENGE, type Scene, scene } from './helpers.js';

interface Phase {
  /** Makes the login stay in the phase. */
  prepare(one: Scene): void;
  /** Whether it is there. */
  reached(one: Scene): boolean;
}

const seen = (method: string) => (one: Scene) => one.emulator.requests.some((request) => request.method === method);
const busy = { status: 503, body: 'busy' };
const phases: Record<string, Phase> = {
  'waiting for the challenge': {
    prepare: ({ emulator }) => emulator.faults.add({ path: CHALLENGE, delayMs: 60_000 }),
    reached: seen('GET'),
  },
  'backing off from the challenge': {
    prepare: ({ emulator }) => emulator.faults.add({ path: CHALLENGE, respond: { ...busy, retryAfter: 50 } }),
    reached: ({ told, clock }) => JSON.stringify(told).includes('delayMs') && clock.sleeping === 1,
  },
  solving: {
    prepare: ({ emulator }) => {
      emulator.lime.difficulty = 30;
    },
    reached: ({ told }) => JSON.stringify(told).includes('hashesPerSecond'),
  },
  'waiting for the approval': {
    prepare: ({ emulator }) => emulator.faults.add({ path: APPROVE, delayMs: 60_000 }),
    reached: seen('POST'),
  },
  'backing off from the approval': {
    prepare: ({ emulator }) => emulator.faults.add({ path: APPROVE, respond: { ...busy, retryAfter: 50 } }),
    reached: ({ told, clock }) => JSON.stringify(told).includes('delayMs') && clock.sleeping === 1,
  },
};

/** A login that stays in the phase, with what it takes to end it. */
async function stay({ prepare, reached }: Phase) {
  const told: unknown[] = [];
  const tell = (...args: unknown[]) => void told.push(args);
  const one = { ...(await scene({ hooks: { onRetry: tell, onResponse: tell }, powTimeoutMs: 60_000 })), told };
  prepare(one);
  const { requestId } = one.request();
  const controller = new AbortController();
  const ending = failure(one.lime.login(requestId, { signal: controller.signal, onProgress: tell }));
  await expect.poll(() => reached(one), { timeout: 10_000, interval: 5 }).toBe(true);
  return { ...one, requestId, controller, ending };
}

describe('abort', () => {
  it.each(Object.entries(phases))('while %s', async (_, phase) => {
    const { controller, ending, clock, lime, emulator, requestId } = await stay(phase);
    const reason = { why: 'the user left' };
    controller.abort(reason);
    expect(await ending).toBe(reason);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    expect(clock.sleeping).toBe(0);
    expect(emulator.lime.getLoginRequest(requestId)?.status).toBe('PENDING');

    emulator.faults.clear();
    const { requestId: next } = emulator.lime.createLoginRequest({ difficulty: 8 });
    expect((await lime.login(next)).status).toBe('APPROVED');
  });

  it('before the start: nothing is sent', async () => {
    const { lime, traffic } = await scene();
    const reason = new Error('too late');
    expect(await failure(lime.login('one', { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(traffic()).toEqual([]);
  });

  it('keeps any reason, even null', async () => {
    const { lime } = await scene();
    const controller = new AbortController();
    const ending = failure(lime.login('one', { signal: controller.signal }));
    controller.abort(null);
    expect(await ending).toBeNull();
  });

  it('needs one listener for many logins on one signal, and leaves none', async () => {
    const { lime, request } = await scene();
    const { signal } = new AbortController();
    const ids = ['unknown', ...Array.from({ length: 12 }, () => request().requestId)];
    const logins = ids.map((id) => lime.login(id, { signal }));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await Promise.allSettled(logins);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});

describe('close', () => {
  it.each(Object.entries(phases))('while %s', async (_, phase) => {
    const { controller, ending, clock, lime } = await stay(phase);
    await lime.close();
    const error = await ending;
    expect(error).toBeInstanceOf(LimeError);
    expect(error).toMatchObject({ code: 'CLOSED', retryable: false });
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    expect(clock.sleeping).toBe(0);
  });

  it('refuses later logins, and may be called again under any of its names', async () => {
    const { lime, request, traffic } = await scene();
    await lime.close();
    await lime.aclose();
    await lime[Symbol.asyncDispose]();
    for (const login of [lime.login(request().requestId), lime.approve(request().requestId)]) {
      const error = await failure(login);
      expect(error).toBeInstanceOf(LimeError);
      expect(error).toMatchObject({ code: 'CLOSED' });
    }
    expect(traffic()).toEqual([]);
  });

  it('comes at the end of `await using`', async () => {
    const { lime } = await scene();
    {
      await using client = lime;
      expect(Object.getOwnPropertySymbols(client)).toEqual([]);
    }
    expect(await failure(lime.login('one'))).toMatchObject({ code: 'CLOSED' });
  });

  it('has no such symbol where the runtime has none', async () => {
    const { Symbol: real } = globalThis;
    const get = (_: object, name: string) => (name === 'asyncDispose' ? undefined : Reflect.get(real, name));
    vi.stubGlobal('Symbol', new Proxy(() => {}, { get: get as NonNullable<ProxyHandler<object>['get']> }));
    onTestFinished(() => void vi.unstubAllGlobals());
    vi.resetModules();
    const { LimeLogin: Older } = await import('../../src/lime/lime-login.js');
    expect(Reflect.ownKeys(Older.prototype)).toEqual(['constructor', 'login', 'approve', 'close', 'aclose']);
    await new Older({ agentToken: 'at_1' }).close();
  });
});
