import type { Clock } from '../runtime/clock.js';
import { follow } from './abort.js';
import { withDeadline } from './deadline.js';
import { type HttpAttempt, HttpBodyTooLargeError, HttpError, HttpTransportError } from './errors.js';
import type { PreparedRequest } from './request.js';
import { type HttpResponse, readResponse } from './response.js';
import { networkError, send, statusOf, timeoutError } from './send.js';

export interface AttemptContext {
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Ends the attempt, which then throws the signal's reason. */
  readonly signal: AbortSignal;
  readonly earlier: readonly HttpAttempt[];
}

/** Sends a request once. A failure that may be repeated is returned; one that ends the call is thrown. */
export async function attempt(
  request: PreparedRequest,
  context: AttemptContext,
): Promise<HttpResponse | HttpTransportError> {
  const { fetch, clock, timeoutMs, signal: outer, earlier } = context;
  const controller = new AbortController();
  const { signal } = controller;
  const unfollow = follow(outer, controller);
  let status: number | undefined;
  const expired = () => timeoutError(request, timeoutMs, status, earlier);
  const ended = (status: number | undefined) => ({ status, attempts: [...earlier, { status, lost: false }] });
  try {
    return await withDeadline({ clock, timeoutMs, controller, expired }, async () => {
      const response = await send(request, { fetch, signal }, ended);
      status = statusOf(response);
      const tooLarge = () => new HttpBodyTooLargeError(tooLargeMessage(request), ended(status));
      return await readResponse(response, { signal, clock, earlier, maxBytes: request.maxBytes, tooLarge });
    });
  } catch (error) {
    outer.throwIfAborted();
    if (error instanceof HttpTransportError) return error;
    if (error instanceof HttpError) throw error;
    return networkError(error, request, status, earlier);
  } finally {
    unfollow();
  }
}

function tooLargeMessage({ method, shownUrl, maxBytes }: PreparedRequest): string {
  const limit = maxBytes < 2 ** 20 ? `${maxBytes / 2 ** 10} KiB` : `${maxBytes / 2 ** 20} MiB`;
  return `The answer to ${method} ${shownUrl} is longer than ${limit}, so it was not read. Check that the base URL is that of the API.`;
}
