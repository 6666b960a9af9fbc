import { describe, expect, it } from 'vitest';
import {
  LimeInputError,
  LoginHandlerError,
  LoginWaitTimeoutError,
  RequestExpiredError,
} from '../../../src/lime/index.js';
import { failure } from '../../http/clients.js';
import { ManualClock } from '../../http/manual-clock.js';
import { httpServer } from '../../http/servers.js';
import { staying } from '../../sse/helpers.js';
import { settled, siteFor, siteScene, until } from './helpers.js';

const approved = (id: string) =>
  `data: {"type":"approved","login_request_id":"${id}","agent_passport_jwt":"a.b.c"}\n\n`;
const serverOf = (ids: readonly string[]) => httpServer(staying(ids.map(approved).join('')));

describe('handlers', () => {
  it('run one event at a time, in order, each event by all', async () => {
    const { url } = await serverOf(['1', '2', '3']);
    const site = siteFor(url);
    const log: string[] = [];
    let running = 0;
    for (const name of ['a', 'b']) {
      site.onLogin(async (id) => {
        expect(++running).toBe(1);
        await settled();
        running--;
        log.push(name + id);
      });
    }
    await until(() => log.length === 6);
    expect(log).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3']);
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('oops');
      },
    ],
    ['rejects', () => Promise.reject(new Error('oops'))],
    ['rejects with a cancellation', () => Promise.reject(new DOMException('oops', 'AbortError'))],
    [
      'throws undefined',
      () => {
        throw undefined;
      },
    ],
    [
      'returns what throws when it is awaited',
      () => ({
        // biome-ignore lint/suspicious/noThenProperty: a handler may return whatever it likes.
        then() {
          throw new Error('oops');
        },
      }),
    ],
  ])('one that %s is reported and keeps nobody from running', async (_, fail) => {
    const { url } = await serverOf(['1', '2']);
    const errors: unknown[] = [];
    const site = siteFor(url, {
      onError: (error) => {
        errors.push(error);
        throw new Error('this neither');
      },
    });
    const got: string[] = [];
    site.onLogin(fail);
    site.onLogin((id) => void got.push(id));
    await until(() => got.length === 2);
    expect(errors).toMatchObject([
      { code: 'HANDLER_FAILED', requestId: '1' },
      { code: 'HANDLER_FAILED', requestId: '2' },
    ]);
    expect(errors[0]).toBeInstanceOf(LoginHandlerError);
  });

  it('one that hangs is reported after handlerTimeoutMs, and the next runs', async () => {
    const { url } = await serverOf(['1', '2']);
    const clock = new ManualClock();
    const errors: unknown[] = [];
    const site = siteFor(url, { clock, handlerTimeoutMs: 700, onError: (error) => errors.push(error) });
    const got: string[] = [];
    site.onLogin(() => new Promise(() => {}));
    site.onLogin((id) => void got.push(id));
    const before = clock.sleeping;
    await until(() => clock.sleeping > before);
    for (const id of ['1', '2']) {
      await settled();
      await until(() => clock.sleeping >= 2); // The idle watch of the stream, and the handler's.
      clock.advance(699);
      await settled();
      expect(got).not.toContain(id);
      clock.advance(1);
      await until(() => got.includes(id));
    }
    expect(errors).toMatchObject([
      { code: 'HANDLER_TIMEOUT', requestId: '1', message: expect.stringContaining('700 ms') },
      { code: 'HANDLER_TIMEOUT', requestId: '2' },
    ]);
  });

  it('that come late get what came before, once; those of one moment get the same', async () => {
    const { url } = await serverOf(['1', '2', '3']);
    const site = siteFor(url);
    await site.waitForLogin('3');
    const got: string[] = [];
    site.onLogin((id) => void got.push(`a${id}`));
    const off = site.onLogin((id) => void got.push(`b${id}`));
    await settled();
    // The third was taken by who waited for it.
    expect(got).toEqual(['a1', 'b1', 'a2', 'b2']);
    off();
    site.onLogin((id) => void got.push(`c${id}`));
    await settled();
    expect(got).toHaveLength(4);
  });

  it('may be taken away, also by themselves, and what comes then waits for the next', async () => {
    const { url } = await serverOf(['1', '2', '3']);
    const site = siteFor(url);
    const got: string[] = [];
    const off = site.onLogin((id) => {
      got.push(`a${id}`);
      off();
      off();
    });
    await until(() => got.length === 1);
    await settled();
    expect(got).toEqual(['a1']);
    site.onLogin((id) => void got.push(`b${id}`));
    await until(() => got.length === 3);
    expect(got).toEqual(['a1', 'b2', 'b3']);
  });

  it('the same function may be registered twice', async () => {
    const { url } = await serverOf(['1']);
    const site = siteFor(url);
    const got: string[] = [];
    const handler = (id: string) => void got.push(id);
    const off = site.onLogin(handler);
    site.onLogin(handler);
    off();
    await until(() => got.length === 1);
    await settled();
    expect(got).toEqual(['1']);
  });

  it('of a busy site make the stream wait: nothing is lost, and memory is bounded', async () => {
    const ids = Array.from({ length: 3500 }, (_, i) => String(i));
    const { url } = await serverOf(ids);
    const errors: unknown[] = [];
    const site = siteFor(url, { onError: (error) => errors.push(error) });
    const got: string[] = [];
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    site.onLogin(async (id) => {
      await gate;
      got.push(id);
    });
    await site.ready();
    await settled();
    go();
    await until(() => got.length === ids.length);
    expect(got).toEqual(ids);
    expect(errors).toEqual([]);
  });

  it('that never come cost the oldest events, which is reported', async () => {
    const ids = Array.from({ length: 1100 }, (_, i) => String(i));
    const { url } = await serverOf(ids);
    const errors: unknown[] = [];
    const site = siteFor(url, { onError: (error) => errors.push(error) });
    expect((await site.waitForLogin('1099')).passport).toBe('a.b.c');
    expect(errors).toHaveLength(99);
    expect(errors[0]).toMatchObject({ code: 'LOGIN_EVENTS_DROPPED', requestId: '0' });
    const got: string[] = [];
    site.onLogin((id) => void got.push(id));
    await settled();
    expect(got).toEqual(ids.slice(99, 1099));
    // Who waits for one is still answered.
    expect((await site.waitForLogin('0')).requestId).toBe('0');
  });
});

describe('waitForLogin', () => {
  it('resolves with the passport, whether it waits before or asks after, with and without handlers', async () => {
    for (const withHandler of [false, true]) {
      const { site, listen, approve, handled } = await siteScene();
      if (withHandler) listen();
      const before = await site.createLoginRequest();
      const waiting = [site.waitForLogin(before.requestId), site.waitForLogin(` ${before.requestId} `)];
      approve(before.requestId);
      for (const result of await Promise.all(waiting)) {
        expect(result).toMatchObject({ requestId: before.requestId, redirectUrl: null });
        expect(result.passport.split('.')).toHaveLength(3);
      }
      expect((await site.waitForLogin(before.requestId)).requestId).toBe(before.requestId);
      await settled();
      expect(handled).toHaveLength(withHandler ? 1 : 0);
    }
  });

  it('rejects when the request expires', async () => {
    const { site, emulator } = await siteScene();
    const { requestId } = await site.createLoginRequest();
    const waiting = failure(site.waitForLogin(requestId));
    await site.ready();
    emulator.lime.expireLoginRequest(requestId);
    for (const error of [await waiting, await failure(site.waitForLogin(requestId))]) {
      expect(error).toBeInstanceOf(RequestExpiredError);
      expect(error).toMatchObject({ code: 'SITE_LOGIN_REQUEST_EXPIRED', requestId });
    }
  });

  it('rejects at its deadline, which is of the whole wait, and may be called again', async () => {
    const clock = new ManualClock();
    const { url } = await serverOf([]);
    const site = siteFor(url, { clock });
    const waiting = failure(site.waitForLogin('one', { timeoutMs: 5000 }));
    const other = failure(site.waitForLogin('one'));
    await site.ready();
    clock.advance(5000);
    const error = await waiting;
    expect(error).toBeInstanceOf(LoginWaitTimeoutError);
    expect(error).toMatchObject({ code: 'LOGIN_WAIT_TIMEOUT', requestId: 'one', retryable: true });
    clock.advance(115_000);
    expect(await other).toBeInstanceOf(LoginWaitTimeoutError);
  });

  it('ends with its signal, alone', async () => {
    const { site, approve } = await siteScene();
    const { requestId } = await site.createLoginRequest();
    const controller = new AbortController();
    const reason = new Error('enough');
    const waiting = failure(site.waitForLogin(requestId, { signal: controller.signal }));
    const other = site.waitForLogin(requestId);
    await site.ready();
    controller.abort(reason);
    expect(await waiting).toBe(reason);
    expect(await failure(site.waitForLogin(requestId, { signal: controller.signal }))).toBe(reason);
    approve(requestId);
    await other;
  });

  it('refuses what is no id and no time', async () => {
    const { site } = await siteScene();
    for (const id of ['', ' ', '..', undefined as unknown as string]) {
      expect(await failure(site.waitForLogin(id))).toMatchObject({ code: 'INVALID_REQUEST_ID', httpStatus: 400 });
    }
    expect(await failure(site.waitForLogin('x', { timeoutMs: Number.NaN }))).toBeInstanceOf(LimeInputError);
  });
});

describe('starting', () => {
  it.each(['onLogin', 'createLoginRequest', 'waitForLogin', 'ready'] as const)(
    '%s opens the stream',
    async (method) => {
      const { site, emulator } = await siteScene();
      await settled();
      expect(emulator.lime.events.stats.opened).toBe(0);
      if (method === 'onLogin') site.onLogin(() => {});
      if (method === 'createLoginRequest') await site.createLoginRequest();
      if (method === 'waitForLogin') void site.waitForLogin('x').catch(() => {});
      if (method === 'ready') await site.ready();
      await until(() => emulator.lime.events.stats.opened === 1);
    },
  );

  it('without autoStart only start() does, and who would wait in vain is told', async () => {
    const { site, emulator, listen, approve, handled } = await siteScene({ autoStart: false });
    listen();
    const { requestId } = await site.createLoginRequest();
    expect(await failure(site.ready())).toMatchObject({ code: 'NOT_STARTED' });
    expect(await failure(site.waitForLogin(requestId))).toMatchObject({ code: 'NOT_STARTED' });
    expect(emulator.lime.events.stats.opened).toBe(0);
    site.start();
    site.start();
    await site.ready();
    approve(requestId);
    await until(() => handled.length === 1);
    expect(emulator.lime.events.stats.opened).toBe(1);
  });

  it('loses nothing between construction, ready and the first handler', async () => {
    const { site, emulator, listen, approve, handled } = await siteScene();
    await site.ready();
    const { requestId } = await site.createLoginRequest();
    approve(requestId);
    // Signing the first passport takes a while: the event must be here before the handler is.
    await until(() => emulator.lime.events.stats.delivered.length === 1);
    expect(await site.getLoginRequest(requestId)).toHaveProperty('status', 'DELIVERED');
    await settled();
    listen();
    await until(() => handled.length === 1);
    expect(handled).toEqual([`${requestId} passport`]);
  });
});
