import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { type Call, Calls } from '../../src/http/index.js';
import { failure } from './clients.js';

const closed = new Error('closed');
const translated = new Error('translated');
const reason = new Error('enough');

/** Calls of a client that closes with `closed`, one of which is under way and waits to be told how its work ends. */
function underWay(ask: 'asks for the signal' | 'asks for none') {
  const calls = new Calls(() => closed);
  const controller = new AbortController();
  let call: Call | undefined;
  let end: { resolve(value: string): void; reject(error: unknown): void } | undefined;
  const result = calls.runCall(
    controller.signal,
    () => translated,
    (own) => {
      call = own;
      if (ask === 'asks for the signal') expect(own.signal.aborted).toBe(false);
      return new Promise<string>((resolve, reject) => {
        end = { resolve, reject };
      });
    },
  );
  // Whatever it comes to is looked at later.
  result.catch(() => {});
  return { calls, controller, call: call!, end: end!, result };
}

const listeners = ({ signal }: AbortController) => getEventListeners(signal, 'abort').length;
const thrownBy = (work: () => void): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe.each(['asks for the signal', 'asks for none'] as const)('a call that %s', (ask) => {
  it('gives what its work gives, and lets go of the signal', async () => {
    const { controller, end, result } = underWay(ask);
    expect(listeners(controller)).toBe(ask === 'asks for none' ? 0 : 1);
    end.resolve('done');
    expect(await result).toBe('done');
    expect(listeners(controller)).toBe(0);
  });

  it('throws what translate makes of what its work throws', async () => {
    const { controller, end, result } = underWay(ask);
    end.reject(new Error('raw'));
    expect(await failure(result)).toBe(translated);
    expect(listeners(controller)).toBe(0);
  });

  it('knows that it was aborted, and throws the reason itself', async () => {
    const { controller, call, end, result } = underWay(ask);
    expect(thrownBy(() => call.throwIfAborted())).toBeUndefined();
    controller.abort(reason);
    expect(thrownBy(() => call.throwIfAborted())).toBe(reason);
    expect(call.signal).toMatchObject({ aborted: true, reason });
    end.reject(new Error('raw'));
    expect(await failure(result)).toBe(reason);
    expect(listeners(controller)).toBe(0);
  });

  it('knows that its client has closed, and throws that', async () => {
    const { calls, controller, call, end, result } = underWay(ask);
    calls.close();
    expect(thrownBy(() => call.throwIfAborted())).toBe(closed);
    expect(call.signal).toMatchObject({ aborted: true, reason: closed });
    end.reject(new Error('raw'));
    expect(await failure(result)).toBe(closed);
    expect(listeners(controller)).toBe(0);
  });

  it('ends by what came first: the abort or the close', async () => {
    for (const first of ['abort', 'close'] as const) {
      const { calls, controller, call, end, result } = underWay(ask);
      if (first === 'close') calls.close();
      controller.abort(reason);
      calls.close();
      const expected = first === 'abort' ? reason : closed;
      expect(thrownBy(() => call.throwIfAborted())).toBe(expected);
      expect(call.signal.reason).toBe(expected);
      end.reject(new Error('raw'));
      expect(await failure(result)).toBe(expected);
    }
  });

  it('keeps what was done before the end was heard of', async () => {
    for (const stop of ['abort', 'close'] as const) {
      const { calls, controller, end, result } = underWay(ask);
      end.resolve('done');
      if (stop === 'abort') controller.abort(reason);
      else calls.close();
      expect(await result).toBe('done');
    }
  });
});

describe('a call', () => {
  it('has one signal, which hears of the end while its work waits', async () => {
    for (const stop of ['abort', 'close'] as const) {
      const { calls, controller, call, end } = underWay('asks for the signal');
      const { signal } = call;
      expect(call.signal).toBe(signal);
      const heard = new Promise<unknown>((resolve) => {
        signal.addEventListener('abort', () => resolve(signal.reason));
      });
      if (stop === 'abort') controller.abort(reason);
      else calls.close();
      expect(await heard).toBe(stop === 'abort' ? reason : closed);
      end.resolve('');
    }
  });

  it('keeps any reason, even null', async () => {
    const { controller, end, result } = underWay('asks for the signal');
    controller.abort(null);
    end.reject(new Error('raw'));
    expect(await failure(result)).toBeNull();
  });

  it('translates what its work throws at once', async () => {
    const calls = new Calls(() => closed);
    const work = () => {
      throw new Error('raw');
    };
    expect(await failure(calls.runCall(undefined, () => translated, work))).toBe(translated);
  });

  it.each(['aborted before', 'closed before'])('is not begun when it is %s', async (when) => {
    const calls = new Calls(() => closed);
    let begun = false;
    const work = async () => {
      begun = true;
    };
    if (when === 'closed before') calls.close();
    const signal = when === 'closed before' ? undefined : AbortSignal.abort(reason);
    const expected = when === 'closed before' ? closed : reason;
    for (const run of [calls.run, calls.runCall]) {
      expect(await failure(run.call(calls, signal, () => translated, work))).toBe(expected);
    }
    expect(begun).toBe(false);
  });

  it('is closed with all others, and may have no caller to hear of', async () => {
    const calls = new Calls(() => closed);
    const waiting = Array.from({ length: 3 }, (_, i) =>
      failure(
        calls.runCall(
          undefined,
          () => translated,
          ({ signal }) =>
            new Promise((_resolve, reject) => {
              signal.addEventListener('abort', () => reject(new Error(`raw ${i}`)));
            }),
        ),
      ),
    );
    calls.close();
    calls.close();
    expect(await Promise.all(waiting)).toEqual([closed, closed, closed]);
  });

  it('shares one listener with the other calls of its signal', async () => {
    const calls = new Calls(() => closed);
    const controller = new AbortController();
    const ends: (() => void)[] = [];
    const running = Array.from({ length: 20 }, () =>
      calls.run(
        controller.signal,
        (error) => error,
        () => new Promise<void>((resolve) => void ends.push(resolve)),
      ),
    );
    expect(listeners(controller)).toBe(1);
    for (const end of ends) end();
    await Promise.all(running);
    expect(listeners(controller)).toBe(0);
  });
});
