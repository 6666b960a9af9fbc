import type { HttpErrorCode } from './errors.js';
import { type Logger, quietly } from './logger.js';

/** An attempt begins. */
export interface HttpRequestEvent {
  /** The part of the package that asks, as in log lines. */
  readonly scope: string;
  readonly method: string;
  /** The URL with its path as a template (`…/intents/{intent_id}`) and without its query. */
  readonly url: string;
  /** 1 for the first. */
  readonly attempt: number;
}

/** An attempt has ended: with a `status`, with an `error`, or with both if the answer broke off or was refused. */
export interface HttpResponseEvent extends HttpRequestEvent {
  readonly status: number | undefined;
  /** The code of the error that ended it; `ABORTED` if the caller's signal did. */
  readonly error: HttpErrorCode | 'ABORTED' | undefined;
  /** Milliseconds from its beginning to the end of its body; of a stream, to its headers. */
  readonly durationMs: number;
}

/** An attempt has ended, and the next begins in `delayMs` milliseconds. */
export interface HttpRetryEvent extends HttpResponseEvent {
  readonly delayMs: number;
}

/** For tracing and metrics: every `onRequest` is followed by one `onResponse`. What a hook throws is ignored. */
export interface HttpHooks {
  onRequest?(event: HttpRequestEvent): void;
  onResponse?(event: HttpResponseEvent): void;
  onRetry?(event: HttpRetryEvent): void;
}

/** Tells the logger and the hooks, neither of which can break a request. */
export class Observer {
  readonly #logger: Logger | undefined;
  readonly #hooks: HttpHooks | undefined;

  constructor(logger: Logger | undefined, hooks: HttpHooks | undefined) {
    this.#logger = logger;
    this.#hooks = hooks;
  }

  request(event: HttpRequestEvent): void {
    quietly(() => this.#logger?.debug(`${event.method} ${event.url}`, { ...event }));
    quietly(() => this.#hooks?.onRequest?.({ ...event }));
  }

  response(event: HttpResponseEvent): void {
    const line = `${event.method} ${event.url}: ${ending(event)} after ${Math.round(event.durationMs)} ms`;
    quietly(() => this.#logger?.debug(line, { ...event }));
    quietly(() => this.#hooks?.onResponse?.({ ...event }));
  }

  retry(event: HttpRetryEvent): void {
    const line = `${event.method} ${event.url}: ${ending(event)}, next attempt in ${event.delayMs} ms`;
    quietly(() => this.#logger?.warn(line, { ...event }));
    quietly(() => this.#hooks?.onRetry?.({ ...event }));
  }
}

function ending({ status, error }: HttpResponseEvent): string {
  return [status, error].filter((part) => part !== undefined).join(' ');
}
