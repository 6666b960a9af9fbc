import type { Clock } from '../runtime/clock.js';
import { abortable } from './abort.js';
import type { HttpAttempt } from './errors.js';
import { retryAfterMs } from './retry-after.js';

/** A complete answer, as `decode` gets it. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  /** The body as text; `''` if there was none. */
  readonly text: string;
  /** The body as JSON; `undefined`, which JSON cannot express, if it was not JSON. */
  readonly json: unknown;
  /** What `Retry-After` asks for, in milliseconds from now. */
  readonly retryAfterMs: number | undefined;
  /** The attempts before this one, in order: an answer after a lost one may be an answer to that one's effect. */
  readonly earlier: readonly HttpAttempt[];
}

/** The longest body that is read unless a request says otherwise, in bytes after decompression. */
export const MAX_BODY_BYTES = 16 * 2 ** 20;

interface ReadOptions {
  readonly signal: AbortSignal;
  readonly maxBytes: number;
  /** The error for a longer body. Without it the rest is cut off. */
  readonly tooLarge?: (() => Error) | undefined;
}

/** Reads an answer to its end. */
export async function readResponse(
  response: Response,
  options: ReadOptions & { readonly clock: Clock; readonly earlier: readonly HttpAttempt[] },
): Promise<HttpResponse> {
  const { status, headers } = response;
  const text = await readText(response, options);
  return {
    status,
    headers,
    text,
    json: parseJson(text),
    retryAfterMs: retryAfterMs(headers.get('retry-after'), options.clock.now()),
    earlier: options.earlier,
  };
}

/** Reads a body to its end, or gives it up so that its socket is freed. */
async function readText(response: Response, { signal, maxBytes, tooLarge }: ReadOptions): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await abortable(reader.read(), signal);
      if (done) return text + decoder.decode();
      const left = maxBytes - bytes;
      bytes += value.byteLength;
      if (bytes > maxBytes && tooLarge) throw tooLarge();
      text += decoder.decode(value.subarray(0, left), { stream: true });
      if (bytes > maxBytes) {
        reader.cancel().catch(() => {});
        return text;
      }
    }
  } catch (error) {
    reader.cancel().catch(() => {});
    throw error;
  }
}

/** The JSON value of `text`, or `undefined` if it is none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
