import type { Clock } from '../../runtime/clock.js';
import { LimeError } from '../errors.js';
import { LoginHandlerError } from './errors.js';
import type { LoginEvent } from './frame.js';
import { TimeLimit } from './time-limit.js';

/**
 * Told of a login: its request's id, and the passport of the agent, or `null` if the request expired. The next event
 * waits for it, up to `handlerTimeoutMs`.
 */
export type LoginHandler = (requestId: string, passport: string | null) => unknown;

/** How many events wait for handlers. */
const MAX_WAITING = 1000;

/**
 * Hands each event to every handler, one event at a time, in order. Events wait for the first handler; so that they do not
 * without bound, the oldest is given up where there is no handler, and who pushes waits where there is one.
 */
export class HandlerQueue {
  readonly #handlers = new Set<{ readonly handle: LoginHandler }>();
  readonly #timeoutMs: number;
  readonly #limit: TimeLimit;
  readonly #report: (error: LimeError) => void;
  #events: LoginEvent[] = [];
  #running = false;
  #closed = false;
  #room: (() => void) | undefined;

  constructor(init: {
    readonly clock: Clock;
    readonly timeoutMs: number;
    readonly report: (error: LimeError) => void;
  }) {
    this.#timeoutMs = init.timeoutMs;
    this.#limit = new TimeLimit(init.clock, init.timeoutMs);
    this.#report = init.report;
  }

  get hasHandlers(): boolean {
    return this.#handlers.size > 0;
  }

  /** Registers a handler, to which all events go that have not been handled. Returns what takes it away. */
  add(handle: LoginHandler): () => void {
    const handler = { handle };
    this.#handlers.add(handler);
    this.#start();
    return () => {
      this.#handlers.delete(handler);
      if (!this.hasHandlers) this.#makeRoom();
    };
  }

  /** Resolves, or returns, when there is room for another event. Only one may be waiting at a time. */
  push(event: LoginEvent): Promise<void> | undefined {
    this.#events.push(event);
    this.#start();
    if (this.#events.length <= MAX_WAITING) return undefined;
    if (this.hasHandlers) {
      return new Promise((resolve) => {
        this.#room = resolve;
      });
    }
    this.#giveUpOldest();
    return undefined;
  }

  /** Somebody else has taken the event of this request, and there is no handler that would miss it. */
  withdraw(requestId: string): void {
    this.#events = this.#events.filter((event) => event.requestId !== requestId);
  }

  /** Gives up what waits. The handler that runs is left to itself. */
  close(): void {
    this.#closed = true;
    this.#handlers.clear();
    this.#events = [];
    this.#limit.stop();
    this.#makeRoom();
  }

  #start(): void {
    if (this.#running || !this.hasHandlers || this.#events.length === 0) return;
    this.#running = true;
    // Not at once: handlers that are registered together get the same events.
    queueMicrotask(() => void this.#run());
  }

  async #run(): Promise<void> {
    while (this.hasHandlers && this.#events.length > 0) {
      const batch = this.#events;
      this.#events = [];
      for (const [index, event] of batch.entries()) {
        if (!this.hasHandlers) {
          if (!this.#closed) this.#events = [...batch.slice(index), ...this.#events];
          break;
        }
        for (const handler of [...this.#handlers]) {
          // One may have taken another away.
          const pending = this.#handlers.has(handler) ? this.#call(handler.handle, event) : undefined;
          if (pending !== undefined) await pending;
        }
      }
      this.#makeRoom();
    }
    this.#running = false;
  }

  /** Calls a handler, and waits for it only if it is asynchronous. */
  #call(handle: LoginHandler, { requestId, passport }: LoginEvent): Promise<void> | undefined {
    try {
      const result = handle(requestId, passport);
      if (isPromiseLike(result)) return this.#wait(result, requestId);
    } catch (cause) {
      this.#failed(cause, requestId);
    }
    return undefined;
  }

  async #wait(result: PromiseLike<unknown>, requestId: string): Promise<void> {
    const message = `A handler of onLogin took longer than ${this.#timeoutMs} ms (handlerTimeoutMs), so the next one runs. Handlers should be fast: hand long work to a queue.`;
    const expired = () => new LoginHandlerError('HANDLER_TIMEOUT', message, { requestId });
    try {
      await this.#limit.run(result, expired);
    } catch (error) {
      if (error instanceof LoginHandlerError) this.#report(error);
      else this.#failed(error, requestId);
    } finally {
      this.#limit.rest();
    }
  }

  #failed(cause: unknown, requestId: string): void {
    const message = 'A handler of onLogin failed; the cause says why. The others run all the same.';
    this.#report(new LoginHandlerError('HANDLER_FAILED', message, { requestId, cause }));
  }

  #giveUpOldest(): void {
    const { requestId } = this.#events.shift()!;
    const message = `More than ${MAX_WAITING} logins wait and there is no handler, so the oldest was given up. Register one with onLogin.`;
    this.#report(new LimeError('LOGIN_EVENTS_DROPPED', message, { requestId }));
  }

  #makeRoom(): void {
    this.#room?.();
    this.#room = undefined;
  }
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined | null)?.then === 'function';
}
