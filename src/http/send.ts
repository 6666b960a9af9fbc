import { abortable } from './abort.js';
import { type HttpAttempt, HttpRedirectError, HttpTransportError } from './errors.js';
import type { PreparedRequest } from './request.js';
import { describeFailure, scrub } from './transport-failure.js';

/**
 * The headers of the answer. A fetch that does not heed the signal is left behind, and its late answer discarded.
 *
 * @throws {HttpRedirectError} the answer is a redirect; with `ended()` for its attempts.
 * @throws the signal's reason, or what `fetch` throws.
 */
export async function send(
  request: PreparedRequest,
  { fetch, signal }: { readonly fetch: typeof globalThis.fetch; readonly signal: AbortSignal },
  ended: (status: number | undefined) => { readonly attempts: readonly HttpAttempt[] },
): Promise<Response> {
  const pending = fetch(request.url, { ...request.init, signal });
  let response: Response;
  try {
    response = await abortable(pending, signal);
  } catch (error) {
    pending.then(discard, () => {});
    throw error;
  }
  if (!isRedirect(response)) return response;
  discard(response);
  const status = statusOf(response);
  throw new HttpRedirectError(redirectMessage(request, response), { status, ...ended(status) });
}

/** The status of an answer; an opaque redirect has none. */
export function statusOf({ status }: Response): number | undefined {
  return status || undefined;
}

/** What the runtime threw in the middle of an exchange, as an error that holds nothing of it. */
export function networkError(
  error: unknown,
  { method, shownUrl, url }: PreparedRequest,
  status: number | undefined,
  earlier: readonly HttpAttempt[],
): HttpTransportError {
  scrub(error, url);
  const { reason, maybeSent } = describeFailure(error);
  return new HttpTransportError(
    'NETWORK_ERROR',
    `${method} ${shownUrl} got no complete answer (${reason})${tries(earlier)}. Check the base URL, the network and that the server is up.`,
    { status, attempts: [...earlier, { status, lost: maybeSent }], cause: error },
  );
}

/** The end of an exchange that took longer than `timeoutMs`. */
export function timeoutError(
  { method, shownUrl }: PreparedRequest,
  timeoutMs: number,
  status: number | undefined,
  earlier: readonly HttpAttempt[],
): HttpTransportError {
  return new HttpTransportError(
    'TIMEOUT',
    `${method} ${shownUrl} had no complete answer within ${timeoutMs} ms${tries(earlier)}. Try again, or allow more time with timeoutMs.`,
    { status, attempts: [...earlier, { status, lost: true }] },
  );
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

function tries(earlier: readonly HttpAttempt[]): string {
  return earlier.length === 0 ? '' : `, in the last of ${earlier.length + 1} attempts`;
}
