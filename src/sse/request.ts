import { type HttpResponse, HttpStream } from '../http/index.js';
import { EventStreamContentTypeError, EventStreamRefusedError } from './errors.js';
import { type Failure, failureOf } from './failure.js';
import { lastEventIdHeader } from './last-event-id.js';
import type { EventStreamOptions } from './options.js';

/** What an attempt to connect came to. */
export type Answer =
  | { readonly kind: 'open'; readonly stream: HttpStream }
  | { readonly kind: 'no-content' }
  | ({ readonly kind: 'failed'; readonly status?: number } & Failure);

/** Asks for the stream once. Rejects with the signal's reason only. */
export async function connect(options: EventStreamOptions, lastEventId: string, signal: AbortSignal): Promise<Answer> {
  try {
    const answer = await send(options, lastEventId, signal);
    if (!(answer instanceof HttpStream)) return refused(answer, options);
    if (answer.status === 200 && isEventStream(answer)) return { kind: 'open', stream: answer };
    answer.close();
    if (answer.status === 204) return { kind: 'no-content' };
    throw new EventStreamContentTypeError(notEvents(options, answer), { status: answer.status });
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'failed', ...failureOf(error) };
  }
}

/** Whether credentials are new after a refusal for want of them. Throws what the hook throws. */
export async function refresh(
  { status }: { readonly status?: number },
  { refresh: hook }: EventStreamOptions,
  signal: AbortSignal,
): Promise<boolean> {
  if (status !== 401 && status !== 403) return false;
  const refreshed = (await hook?.(status, { signal })) ?? false;
  signal.throwIfAborted();
  return refreshed;
}

async function send(
  { http, path, headers, query, timeoutMs }: EventStreamOptions,
  lastEventId: string,
  signal: AbortSignal,
): Promise<HttpStream | HttpResponse> {
  const own = typeof headers === 'function' ? await headers({ signal }) : headers;
  signal.throwIfAborted();
  const byQuery = typeof query === 'function';
  return http.open({
    method: 'GET',
    path,
    query: byQuery ? query(lastEventId) : query,
    headers: {
      'last-event-id': byQuery ? undefined : lastEventIdHeader(lastEventId),
      ...own,
      accept: 'text/event-stream',
    },
    timeoutMs,
    signal,
    decode: (response) => response,
  });
}

function refused(response: HttpResponse, { decode = refusal, finalStatuses = [] }: EventStreamOptions): Answer {
  const { status, retryAfterMs } = response;
  const final = !isTransient(status) || finalStatuses.includes(status);
  return { kind: 'failed', status, error: decode(response), final, retryAfterMs };
}

function refusal({ status, retryAfterMs }: HttpResponse): Error {
  const message = `The server refused the event stream with status ${status}. Check the base URL and the credentials.`;
  return new EventStreamRefusedError(message, { status, retryAfterMs, retryable: isTransient(status) });
}

/** Whether a later attempt may fare better: the server is busy, limits rates, or has failed. */
function isTransient(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}

// Parameters are ignored: the stream is UTF-8 whatever they say (HTML §9.2.3).
function isEventStream({ headers }: HttpStream): boolean {
  const [type = ''] = (headers.get('content-type') ?? '').split(';');
  return type.trim().toLowerCase() === 'text/event-stream';
}

function notEvents({ path }: EventStreamOptions, { status }: HttpStream): string {
  return `GET ${path.template} was answered with status ${status} and no event stream (status 200, Content-Type text/event-stream). Check the base URL, and that no proxy answers in the server's place.`;
}
