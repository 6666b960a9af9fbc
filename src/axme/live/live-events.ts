/// <reference lib="esnext.disposable" preserve="true" />

import { type Calls, follow } from '../../http/index.js';
import type { Clock } from '../../runtime/clock.js';
import { closeOnDispose } from '../../runtime/disposable.js';

export interface LiveEventsOptions<T> {
  readonly calls: Calls;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  /** Milliseconds for the whole iteration, from the first event asked for. */
  readonly timeoutMs: number | undefined;
  /** What the iteration throws after `timeoutMs`; `undefined`: it just ends. */
  readonly expired: () => Error | undefined;
  /** What it throws for what `batches` throws. */
  readonly translate: (error: unknown) => unknown;
  /** The events, as many at a time as there are. Begun with the first event asked for. */
  readonly batches: (signal: AbortSignal) => AsyncGenerator<readonly T[], void, void>;
}

type Result<T> = IteratorResult<T, undefined>;

/**
 * Events as they come, over as many connections as it takes. Iterate it once: `break` and `close()` let go of the connection and
 * of every timer, and so do the signal, the time limit and the client's `close()`, even while nobody waits for an event.
 */
export class LiveEvents<T> implements AsyncIterableIterator<T> {
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;

  readonly #options: LiveEventsOptions<T>;
  readonly #controller = new AbortController();
  #batches: AsyncGenerator<readonly T[], void, void> | undefined;
  #events: readonly T[] = [];
  #next = 0;
  /** How many calls of `next` wait, and the last of them: calls that overlap are served in order. */
  #waiting = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #ended = false;
  #release = (): void => {};

  constructor(options: LiveEventsOptions<T>) {
    closeOnDispose(LiveEvents.prototype, Symbol.asyncDispose);
    this.#options = options;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next event. @throws what the iteration throws. */
  next(): Promise<Result<T>> {
    const event = this.#waiting === 0 ? this.#take() : undefined;
    if (event !== undefined) return Promise.resolve(event);
    const turn = this.#waiting === 0 ? this.#wait() : this.#turn.then(() => this.#wait());
    this.#waiting += 1;
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Lets go of everything; a call of `next` under way finishes. May be called again. */
  async close(): Promise<void> {
    this.#end();
    await this.#batches?.return().catch(() => {});
  }

  /** What `break` calls. */
  async return(): Promise<IteratorReturnResult<undefined>> {
    await this.close();
    return { done: true, value: undefined };
  }

  #take(): IteratorYieldResult<T> | undefined {
    if (this.#next >= this.#events.length) return undefined;
    return { done: false, value: this.#events[this.#next++] as T };
  }

  async #wait(): Promise<Result<T>> {
    const { signal } = this.#controller;
    try {
      while (!this.#ended) {
        this.#batches ??= await this.#begin();
        signal.throwIfAborted();
        const event = this.#take();
        if (event !== undefined) return event;
        const { done, value } = await this.#batches.next();
        if (this.#ended) break;
        signal.throwIfAborted();
        if (done) this.#end();
        else [this.#events, this.#next] = [value, 0];
      }
    } catch (error) {
      // The abort of `#end` is no error of the one who waits.
      if (!this.#ended) {
        const reason = signal.aborted ? signal.reason : this.#options.translate(error);
        this.#end();
        throw reason;
      }
    } finally {
      this.#waiting -= 1;
    }
    return { done: true, value: undefined };
  }

  async #begin(): Promise<AsyncGenerator<readonly T[], void, void>> {
    const { timeoutMs, clock, expired, batches } = this.#options;
    const controller = this.#controller;
    controller.signal.addEventListener('abort', () => this.#abandon(), { once: true });
    await this.#join();
    if (timeoutMs !== undefined) {
      const onExpired = () => {
        const error = expired();
        if (error === undefined) this.#end();
        else controller.abort(error);
      };
      clock.sleep(timeoutMs, { signal: controller.signal }).then(onExpired, () => {});
    }
    return batches(controller.signal);
  }

  /** Becomes a call of the client, which lasts until the end, so that the client's `close` ends this too. */
  #join(): Promise<void> {
    const { calls, signal } = this.#options;
    const over = new Promise<void>((resolve) => {
      this.#release = resolve;
    });
    return new Promise((resolve, reject) => {
      const last = async (call: AbortSignal) => {
        const unfollow = follow(call, this.#controller);
        resolve();
        await over;
        unfollow();
      };
      calls
        .run(signal, (error) => error, last)
        .catch((error) => {
          this.#controller.abort(error);
          reject(error);
        });
    });
  }

  #end(): void {
    this.#ended = true;
    this.#controller.abort();
  }

  /** What has been read and not handed over is not, after an abort. */
  #abandon(): void {
    this.#events = [];
    this.#release();
    this.#batches?.return().catch(() => {});
  }
}
