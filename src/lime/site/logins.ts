import type { Clock } from '../../runtime/clock.js';
import type { LimeError } from '../errors.js';
import { RequestExpiredError } from './errors.js';
import type { LoginEvent } from './frame.js';
import { HandlerQueue, type LoginHandler } from './handler-queue.js';
import { LoginResult } from './login-result.js';

/** How many events are remembered: by their ids duplicates are known, and who asks late is answered. */
const MAX_REMEMBERED = 5000;

interface Waiter {
  settle(event: LoginEvent): void;
  fail(error: LimeError): void;
}

/** Takes events to whom they concern: each once to the handlers, and to everybody who waits for its request. */
export class Logins {
  readonly #queue: HandlerQueue;
  readonly #remembered = new Map<string, LoginEvent>();
  readonly #waiters = new Map<string, Set<Waiter>>();

  constructor(init: {
    readonly clock: Clock;
    readonly timeoutMs: number;
    readonly report: (error: LimeError) => void;
  }) {
    this.#queue = new HandlerQueue(init);
  }

  /** Resolves, or returns, when there is room for another event. */
  deliver(event: LoginEvent): Promise<void> | undefined {
    const { requestId } = event;
    // Delivery is at least once (LIME contract §9.1).
    if (this.#remembered.has(requestId)) return undefined;
    this.#remember(event);
    const waiters = this.#waiters.get(requestId);
    for (const waiter of waiters ?? []) waiter.settle(event);
    return waiters === undefined || this.#queue.hasHandlers ? this.#queue.push(event) : undefined;
  }

  onLogin(handler: LoginHandler): () => void {
    return this.#queue.add(handler);
  }

  /**
   * Waits for a request's event, which may have come already.
   *
   * @throws {RequestExpiredError} the request has expired.
   * @throws the error that `ended` gives, where the event has not come; what `fail` is called with; the signal's reason.
   */
  wait(requestId: string, signal: AbortSignal, ended: LimeError | undefined): Promise<LoginResult> {
    signal.throwIfAborted();
    const event = this.#remembered.get(requestId);
    if (event !== undefined && !this.#queue.hasHandlers) this.#queue.withdraw(requestId);
    return new Promise((resolve, reject) => {
      const settle = (event: LoginEvent) => {
        if (event.passport === null) reject(expired(requestId));
        else resolve(new LoginResult(requestId, event.passport, event.redirectUrl));
      };
      if (event !== undefined) return settle(event);
      if (ended !== undefined) return reject(ended);
      const forget = this.#addWaiter(requestId, {
        settle(event) {
          leave();
          settle(event);
        },
        fail(error) {
          leave();
          reject(error);
        },
      });
      const onAbort = () => {
        forget();
        reject(signal.reason);
      };
      const leave = () => {
        forget();
        signal.removeEventListener('abort', onAbort);
      };
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** No more events come: whoever waits is told why. */
  fail(error: LimeError): void {
    for (const waiters of [...this.#waiters.values()]) for (const waiter of [...waiters]) waiter.fail(error);
  }

  close(): void {
    this.#queue.close();
    this.#remembered.clear();
  }

  #remember(event: LoginEvent): void {
    if (this.#remembered.size >= MAX_REMEMBERED) {
      for (const oldest of this.#remembered.keys()) {
        this.#remembered.delete(oldest);
        break;
      }
    }
    this.#remembered.set(event.requestId, event);
  }

  #addWaiter(requestId: string, waiter: Waiter): () => void {
    const waiters = this.#waiters.get(requestId) ?? new Set();
    this.#waiters.set(requestId, waiters.add(waiter));
    return () => {
      waiters.delete(waiter);
      if (waiters.size === 0) this.#waiters.delete(requestId);
    };
  }
}

function expired(requestId: string): RequestExpiredError {
  return new RequestExpiredError(
    'SITE_LOGIN_REQUEST_EXPIRED',
    'The login request expired before an agent logged in. Create another one.',
    { requestId },
  );
}
