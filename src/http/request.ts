import { HttpInputError } from './errors.js';
import type { HttpPath } from './path.js';
import { type HttpResponse, MAX_BODY_BYTES } from './response.js';

/** What to ask, and what of it is not taken for granted. */
interface HttpQuestion {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: HttpPath;
  /** Undefined values are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  /** Undefined values are left out. `Accept` is JSON unless it is set here, and so is the `Content-Type` of a body. */
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
  /** The body, sent as JSON. */
  readonly json?: unknown;
  /** Ends the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What to ask, and how to read the answer. */
export interface HttpRequest<T> extends HttpQuestion {
  /**
   * Whether it may be sent again after an attempt whose outcome is unknown (lost, 500, 502, 504). If not, it is sent
   * again only where the server has surely not acted: no connection was made, or it answered 408, 429 or 503.
   */
  readonly repeatable: boolean;
  /** How often it may be sent again at most. Default: the client's. */
  readonly maxRetries?: number | undefined;
  /** Milliseconds for each attempt, headers and body. Default: the client's. */
  readonly timeoutMs?: number | undefined;
  /** The longest body that is read, in bytes after decompression. Default 16 MiB. */
  readonly maxBytes?: number | undefined;
  /**
   * The envelope hook: returns the value, or throws the error that the answer means. It gets every complete answer that
   * is not retried, whatever its status; what it throws is what the call throws.
   */
  decode(response: HttpResponse): T;
}

/** What to ask whose answer is read as it comes. */
export interface HttpStreamRequest<T> extends HttpQuestion {
  /** Milliseconds until the headers are there. Default: the client's. */
  readonly timeoutMs?: number | undefined;
  /**
   * Reads an answer that is no stream, whose status is not 2xx: returns what the call returns, or throws what it throws. Of
   * its body it gets the first 64 KiB.
   */
  decode(response: HttpResponse): T;
}

/** A request ready to be sent, as often as need be. */
export interface PreparedRequest {
  readonly method: string;
  readonly url: string;
  /** The URL for messages, logs and hooks: its path as a template, no query. */
  readonly shownUrl: string;
  readonly init: RequestInit;
  readonly maxBytes: number;
}

export function prepare(
  baseUrl: string,
  request: HttpQuestion & { readonly maxBytes?: number | undefined },
): PreparedRequest {
  const { method, path, query = {} } = request;
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  ).toString();
  const body = request.json === undefined ? undefined : serialise(request.json);
  const init: RequestInit = {
    method,
    headers: buildHeaders({
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...request.headers,
    }),
    // Never 'follow', which would carry credentials along; not 'error', which workerd refuses.
    redirect: 'manual',
  };
  if (body !== undefined) init.body = body;
  return {
    method,
    url: baseUrl + path.encoded + (search === '' ? '' : `?${search}`),
    shownUrl: baseUrl + path.template,
    init,
    maxBytes: request.maxBytes ?? MAX_BODY_BYTES,
  };
}

// Runtimes quote a bad value in their errors, and it may be a token: hence one at a time, here, and without a cause.
function buildHeaders(entries: Readonly<Record<string, string | undefined>>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(entries)) {
    if (value === undefined) continue;
    try {
      headers.set(name, value);
    } catch {
      throw new HttpInputError(
        `The value for the header ${JSON.stringify(name)} cannot be sent: it must be one line of plain ASCII text. If it is a token, copy it again.`,
      );
    }
  }
  return headers;
}

function serialise(json: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(json);
  } catch (cause) {
    throw new HttpInputError('The body cannot be written as JSON: it has a cycle, a bigint or a failing toJSON.', {
      cause,
    });
  }
  if (text === undefined) throw new HttpInputError('The body must be a JSON value, not a function or a symbol.');
  return text;
}
