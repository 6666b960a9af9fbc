/// <reference lib="esnext.disposable" preserve="true" />

import { follow, HttpInputError, quietly } from '../http/index.js';
import { closeOnDispose } from '../runtime/disposable.js';
import type { ServerEvent } from './event.js';
import type { EventStreamOptions } from './options.js';
import { reconnect } from './reconnect.js';
import type { EventStreamStatus } from './status.js';

/**
 * Events, from as many connections as it takes. Iterate it once; `break` closes the connection. It connects when the
 * first event is asked for, and reads no more than is asked for.
 */
export class EventStream implements AsyncIterableIterator<ServerEvent> {
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;

  readonly #batches: AsyncGenerator<readonly ServerEvent[], 'no-content' | 'ended', void>;
  readonly #controller = new AbortController();
  readonly #unfollow: () => void;
  readonly #onStatus: EventStreamOptions['onStatus'];
  readonly #state;
  #status: EventStreamStatus = { state: 'idle' };
  #events: readonly ServerEvent[] = [];
  #next = 0;
  /** How many calls of `next` wait, and the last of them: calls that overlap are served in order. */
  #waiting = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(options: EventStreamOptions) {
    closeOnDispose(EventStream.prototype, Symbol.asyncDispose);
    this.#onStatus = options.onStatus;
    this.#unfollow = follow(options.signal, this.#controller);
    this.#state = {
      lastEventId: options.lastEventId ?? '',
      setStatus: (status: EventStreamStatus) => this.#setStatus(status),
    };
    this.#batches = reconnect(options, this.#state, this.#controller.signal);
    // What has been read and not handed over is not, after an abort.
    this.#controller.signal.addEventListener('abort', () => (this.#events = []), { once: true });
  }

  /** Where to resume: the id of the last event that was handed over. `''` if there is none. */
  get lastEventId(): string {
    return this.#state.lastEventId;
  }

  get status(): EventStreamStatus {
    return this.#status;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * The next event.
   *
   * @throws the signal's reason, or what ended the stream.
   */
  next(): Promise<IteratorResult<ServerEvent, undefined>> {
    const event = this.#waiting === 0 ? this.#take() : undefined;
    if (event !== undefined) return Promise.resolve({ done: false, value: event });
    const turn = this.#waiting === 0 ? this.#wait() : this.#turn.then(() => this.#wait());
    this.#waiting += 1;
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /**
   * The next event and those that came with it; `undefined` at the end. For a consumer that takes many at once, since each
   * `next` costs a promise.
   *
   * @throws the signal's reason, or what ended the stream.
   */
  async nextBatch(): Promise<readonly ServerEvent[] | undefined> {
    const { done, value } = await this.next();
    if (done) return undefined;
    const batch = [value, ...this.#events.slice(this.#next)];
    this.#next = this.#events.length;
    this.#state.lastEventId = batch.at(-1)?.id ?? value.id;
    return batch;
  }

  /** Closes the connection; a call of `next` under way finishes. May be called again. */
  async close(): Promise<void> {
    if (!this.#closed) this.#end({ state: 'closed', reason: 'closed' });
    await this.#batches.return('ended').catch(() => {});
  }

  /** What `break` calls. */
  async return(): Promise<IteratorReturnResult<undefined>> {
    await this.close();
    return { done: true, value: undefined };
  }

  #take(): ServerEvent | undefined {
    const event = this.#events[this.#next];
    if (event === undefined) return undefined;
    this.#next += 1;
    this.#state.lastEventId = event.id;
    return event;
  }

  async #wait(): Promise<IteratorResult<ServerEvent, undefined>> {
    const { signal } = this.#controller;
    try {
      while (!this.#closed) {
        signal.throwIfAborted();
        const event = this.#take();
        if (event !== undefined) return { done: false, value: event };
        const { done, value } = await this.#batches.next();
        if (this.#closed) break;
        signal.throwIfAborted();
        if (done) this.#end({ state: 'closed', reason: value });
        else [this.#events, this.#next] = [value, 0];
      }
    } catch (error) {
      // The abort of `close` is no error of the one who waits.
      if (!this.#closed) {
        this.#end({ state: 'closed', reason: signal.aborted ? 'aborted' : 'failed', error });
        throw error;
      }
    } finally {
      this.#waiting -= 1;
    }
    return { done: true, value: undefined };
  }

  #end(status: EventStreamStatus): void {
    this.#closed = true;
    this.#unfollow();
    this.#setStatus(status);
    this.#controller.abort();
    // Where it stands at a batch that nobody will finish, this frees its connection and its timer.
    this.#batches.return('ended').catch(() => {});
  }

  #setStatus(status: EventStreamStatus): void {
    this.#status = Object.freeze(status);
    quietly(() => this.#onStatus?.(status));
  }
}

/**
 * Events of a server, as an async iterable that connects again and resumes whenever a connection ends (HTML §9.2).
 *
 * @throws {HttpInputError} `idleTimeoutMs` or `maxEventLength` is not a number above 0.
 */
export function eventStream(options: EventStreamOptions): EventStream {
  for (const name of ['idleTimeoutMs', 'maxEventLength'] as const) {
    const value = options[name];
    if (value !== undefined && !(value > 0)) throw new HttpInputError(`${name} must be a number above 0.`);
  }
  return new EventStream(options);
}
