import type { Clock } from '../runtime/clock.js';
import { abortable } from './abort.js';
import { withDeadline } from './deadline.js';
import { type HttpAttempt, HttpBodyTooLargeError, HttpError, HttpRedirectError, HttpTransportError } from './errors.js';
import type { PreparedRequest } from './request.js';
import { type HttpResponse, MAX_BODY_BYTES, parseJson, readText } from './response.js';
import { retryAfterMs } from './retry-after.js';
import { describeFailure, scrub } from './transport-failure.js';

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
  const { clock, timeoutMs, signal, earlier } = context;
  let status: number | undefined;
  const endedWith = (lost: boolean) => ({ status, attempts: [...earlier, { status, lost }] });
  const expired = () => new HttpTransportError('TIMEOUT', timeoutMessage(request, context), endedWith(true));
  try {
    return await withDeadline({ clock, timeoutMs, signal, expired }, async (signal) => {
      const response = await send(request, context.fetch, signal);
      status = response.status || undefined; // An opaque redirect has 0.
      if (isRedirect(response)) {
        discard(response);
        throw new HttpRedirectError(redirectMessage(request, response), endedWith(false));
      }
      const text = await readText(
        response,
        signal,
        () => new HttpBodyTooLargeError(tooLargeMessage(request), endedWith(false)),
      );
      return {
        status: response.status,
        headers: response.headers,
        text,
        json: parseJson(text),
        retryAfterMs: retryAfterMs(response.headers.get('retry-after'), clock.now()),
        earlier,
      };
    });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof HttpTransportError) return error;
    if (error instanceof HttpError) throw error;
    scrub(error, request.url);
    const { reason, maybeSent } = describeFailure(error);
    const message = failureMessage(request, reason, context);
    return new HttpTransportError('NETWORK_ERROR', message, { ...endedWith(maybeSent), cause: error });
  }
}

/** The headers of the answer. A fetch that does not heed the signal is left behind, and its late answer discarded. */
async function send(request: PreparedRequest, fetch: AttemptContext['fetch'], signal: AbortSignal): Promise<Response> {
  const pending = fetch(request.url, { ...request.init, signal });
  try {
    return await abortable(pending, signal);
  } catch (error) {
    pending.then(discard, () => {});
    throw error;
  }
}

/** Frees the socket of an answer that nobody will read. */
function discard(response: Response): void {
  response.body?.cancel().catch(() => {});
}

/** Server runtimes show a redirect that was not followed as it is, browsers as an opaque answer. */
function isRedirect(response: Response): boolean {
  const { status, headers, type } = response;
  return type === 'opaqueredirect' || (status >= 300 && status < 400 && headers.has('location'));
}

function redirectMessage({ method, shownUrl, url }: PreparedRequest, response: Response): string {
  const location = response.headers.get('location') ?? '';
  const where = URL.canParse(location, url) ? ` to ${new URL(location, url).origin}` : '';
  return `${method} ${shownUrl} was answered with a redirect${where}. Redirects are not followed, so that no credential leaves with them: set the base URL to the address that answers itself.`;
}

function tooLargeMessage({ method, shownUrl }: PreparedRequest): string {
  return `The answer to ${method} ${shownUrl} is longer than ${MAX_BODY_BYTES / 2 ** 20} MiB, so it was not read. Check that the base URL is that of the API.`;
}

function timeoutMessage({ method, shownUrl }: PreparedRequest, { timeoutMs, earlier }: AttemptContext): string {
  return `${method} ${shownUrl} had no complete answer within ${timeoutMs} ms${tries(earlier)}. Try again, or allow more time with timeoutMs.`;
}

function failureMessage({ method, shownUrl }: PreparedRequest, reason: string, { earlier }: AttemptContext): string {
  return `${method} ${shownUrl} got no complete answer (${reason})${tries(earlier)}. Check the base URL, the network and that the server is up.`;
}

function tries(earlier: readonly HttpAttempt[]): string {
  return earlier.length === 0 ? '' : `, in the last of ${earlier.length + 1} attempts`;
}
