import { type Clock, systemClock } from '../runtime/clock.js';
import { follow } from './abort.js';
import { type AttemptContext, attempt } from './attempt.js';
import type { Backoff } from './backoff.js';
import { checkBaseUrl } from './base-url.js';
import { type HttpAttempt, HttpClosedError, HttpError, HttpInputError, HttpTransportError } from './errors.js';
import { type HttpResponseEvent, Observer } from './observer.js';
import { open } from './open.js';
import { type HttpRequest, type HttpStreamRequest, type PreparedRequest, prepare } from './request.js';
import type { HttpResponse } from './response.js';
import { type RetryPolicy, retryDelayMs } from './retry.js';
import { HttpStream } from './stream.js';
import type { TransportOptions } from './transport-options.js';

export interface HttpClientOptions extends TransportOptions {
  /** Absolute http(s) URL without credentials, query or fragment. Trailing slashes are removed. */
  readonly baseUrl: string;
  /** The name of the client in log lines and hooks, such as `lime`. */
  readonly scope: string;
  /** Milliseconds for each attempt, headers and body. */
  readonly timeoutMs: number;
  /** How often a request is sent again; 0 means one attempt. */
  readonly maxRetries: number;
  /** Statuses after which a request is sent again. Default 408, 429, 500, 502, 503, 504. */
  readonly retryStatuses?: readonly number[] | undefined;
  /** Default 250 ms, doubling up to 8 s. */
  readonly backoff?: Backoff | undefined;
}

/**
 * Requests to one base URL, with a deadline for each attempt, retries, and no secret in anything that it says. It knows no
 * platform: what an answer means is for each request's `decode` to say.
 */
export class HttpClient {
  readonly #baseUrl: string;
  readonly #scope: string;
  readonly #timeoutMs: number;
  readonly #retries: RetryPolicy;
  readonly #fetch: typeof globalThis.fetch | undefined;
  readonly #observer: Observer;
  readonly #clock: Clock;
  readonly #inFlight = new Set<AbortController>();
  #closed = false;

  /** @throws {HttpInputError} `baseUrl`, `timeoutMs` or `maxRetries` has the wrong form. */
  constructor(options: HttpClientOptions) {
    this.#baseUrl = checkBaseUrl(options.baseUrl);
    this.#scope = options.scope;
    this.#timeoutMs = checkTimeout(options.timeoutMs);
    if (!Number.isSafeInteger(options.maxRetries) || options.maxRetries < 0) {
      throw new HttpInputError(`maxRetries must be an integer of 0 or more, not ${String(options.maxRetries)}.`);
    }
    this.#retries = {
      maxRetries: options.maxRetries,
      statuses: options.retryStatuses ?? [408, 429, 500, 502, 503, 504],
      backoff: options.backoff ?? { baseMs: 250, capMs: 8000 },
      random: options.random ?? Math.random,
    };
    this.#fetch = options.fetch;
    this.#observer = new Observer(options.logger, options.hooks);
    this.#clock = options.clock ?? systemClock;
  }

  /**
   * Sends a request, again where that is allowed, and returns what `decode` makes of the answer.
   *
   * @throws {HttpInputError} an argument has the wrong form, or there is no `fetch`.
   * @throws {HttpTransportError} no complete answer came.
   * @throws {HttpRedirectError} the answer was a redirect.
   * @throws {HttpBodyTooLargeError} the answer was longer than `request.maxBytes`.
   * @throws {HttpClosedError} the client was closed.
   * @throws the reason of `request.signal`, or what `decode` throws.
   */
  async request<T>(request: HttpRequest<T>): Promise<T> {
    if (this.#closed) throw new HttpClosedError();
    request.signal?.throwIfAborted();
    const prepared = prepare(this.#baseUrl, request);
    const timeoutMs = request.timeoutMs === undefined ? this.#timeoutMs : checkTimeout(request.timeoutMs);

    const { controller, release } = this.#begin(request.signal);
    try {
      const context = { fetch: this.#findFetch(), clock: this.#clock, timeoutMs, signal: controller.signal };
      return request.decode(await this.#send(prepared, request, context));
    } finally {
      release();
    }
  }

  /**
   * Sends a request once and returns a 2xx answer as a stream, or what `decode` makes of another one. The stream ends with the
   * reason of `request.signal`, or with the client. `onResponse` tells of its headers.
   *
   * @throws {HttpInputError} an argument has the wrong form, or there is no `fetch`.
   * @throws {HttpTransportError} no complete answer came, or no headers within `timeoutMs`.
   * @throws {HttpRedirectError} the answer was a redirect.
   * @throws {HttpClosedError} the client was closed.
   * @throws the reason of `request.signal`, or what `decode` throws.
   */
  async open<T>(request: HttpStreamRequest<T>): Promise<HttpStream | T> {
    if (this.#closed) throw new HttpClosedError();
    request.signal?.throwIfAborted();
    const prepared = prepare(this.#baseUrl, request);
    const timeoutMs = request.timeoutMs === undefined ? this.#timeoutMs : checkTimeout(request.timeoutMs);

    const { controller, release } = this.#begin(request.signal);
    try {
      const context = { fetch: this.#findFetch(), clock: this.#clock, timeoutMs, controller, release };
      const { result } = await this.#observe(prepared, 1, () => open(prepared, context));
      if (result instanceof HttpStream) return result;
      release();
      return request.decode(result);
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Breaks off what is in flight with `HttpClosedError` and refuses what comes later. May be called again. */
  close(): void {
    this.#closed = true;
    for (const call of this.#inFlight) call.abort(new HttpClosedError());
  }

  /** A call that the caller's signal and `close` break off. Release it when it has ended. */
  #begin(signal: AbortSignal | undefined): { readonly controller: AbortController; readonly release: () => void } {
    const controller = new AbortController();
    const unfollow = follow(signal, controller);
    this.#inFlight.add(controller);
    const release = () => {
      if (this.#inFlight.delete(controller)) unfollow();
    };
    return { controller, release };
  }

  /** The last answer: one that is not retried, or not any more. */
  async #send(
    prepared: PreparedRequest,
    { repeatable, maxRetries = this.#retries.maxRetries }: Pick<HttpRequest<unknown>, 'repeatable' | 'maxRetries'>,
    context: Omit<AttemptContext, 'earlier'>,
  ): Promise<HttpResponse> {
    const retries = { ...this.#retries, maxRetries };
    for (let earlier: readonly HttpAttempt[] = []; ; ) {
      const { result, event } = await this.#observe(prepared, earlier.length + 1, () =>
        attempt(prepared, { ...context, earlier }),
      );
      const delayMs = retryDelayMs(result, repeatable, retries);
      if (delayMs === undefined) {
        if (result instanceof HttpTransportError) throw result;
        return result;
      }
      this.#observer.retry({ ...event, delayMs });
      await this.#clock.sleep(delayMs, { signal: context.signal });
      earlier =
        result instanceof HttpTransportError ? result.attempts : [...earlier, { status: result.status, lost: false }];
    }
  }

  /** One attempt, with its beginning and its end told to the observer. */
  async #observe<T extends { readonly status: number | undefined }>(
    prepared: PreparedRequest,
    number: number,
    attempt: () => Promise<T>,
  ): Promise<{ result: T; event: HttpResponseEvent }> {
    const { method, shownUrl: url } = prepared;
    const begin = { scope: this.#scope, method, url, attempt: number };
    const startedAt = this.#clock.monotonic();
    const end = (status: number | undefined, error: HttpResponseEvent['error']): HttpResponseEvent => {
      const event = { ...begin, status, error, durationMs: this.#clock.monotonic() - startedAt };
      this.#observer.response(event);
      return event;
    };
    this.#observer.request(begin);
    try {
      const result = await attempt();
      return { result, event: end(result.status, result instanceof HttpTransportError ? result.code : undefined) };
    } catch (error) {
      const known = error instanceof HttpError;
      end(known ? error.status : undefined, known ? error.code : 'ABORTED');
      throw error;
    }
  }

  #findFetch(): typeof globalThis.fetch {
    const found = this.#fetch ?? globalThis.fetch;
    if (typeof found !== 'function') {
      throw new HttpInputError('There is no fetch in this runtime: pass one in the option `fetch`.');
    }
    return found;
  }
}

function checkTimeout(timeoutMs: number): number {
  if (Number.isFinite(timeoutMs) && timeoutMs > 0) return timeoutMs;
  throw new HttpInputError(`timeoutMs must be a number of milliseconds above 0, not ${String(timeoutMs)}.`);
}
