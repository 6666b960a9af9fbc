import type { AttemptContext } from './attempt.js';
import { withDeadline } from './deadline.js';
import { HttpError } from './errors.js';
import type { PreparedRequest } from './request.js';
import { type HttpResponse, readResponse } from './response.js';
import { networkError, send, statusOf, timeoutError } from './send.js';
import { HttpStream } from './stream.js';

/** The longest body that is read of an answer that is no stream; more of it is cut off. */
const MAX_REFUSAL_BYTES = 2 ** 16;

/**
 * Sends a request once, and hands over the body of a 2xx answer as it comes; any other answer is read. The deadline ends
 * with the headers, or with the body that is read. `controller` ends the stream, long after this has returned; `release` is
 * called at the stream's end.
 *
 * @throws {HttpTransportError} no complete answer came, or no headers in time.
 * @throws {HttpRedirectError} the answer is a redirect.
 * @throws the reason of `controller`.
 */
export async function open(
  request: PreparedRequest,
  context: Omit<AttemptContext, 'signal' | 'earlier'> & {
    readonly controller: AbortController;
    readonly release: () => void;
  },
): Promise<HttpStream | HttpResponse> {
  const { fetch, clock, timeoutMs, controller, release } = context;
  const { signal } = controller;
  let status: number | undefined;
  const lost = (error: unknown) => networkError(error, request, status, []);
  const expired = () => timeoutError(request, timeoutMs, status, []);
  const ended = (status: number | undefined) => ({ attempts: [{ status, lost: false }] });
  try {
    return await withDeadline({ clock, timeoutMs, controller, expired }, async () => {
      const response = await send(request, { fetch, signal }, ended);
      status = statusOf(response);
      if (response.ok) return new HttpStream(response, { controller, lost, release });
      return await readResponse(response, { signal, clock, earlier: [], maxBytes: MAX_REFUSAL_BYTES });
    });
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof HttpError ? error : lost(error);
  }
}
