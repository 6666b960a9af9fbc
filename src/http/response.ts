import { abortable } from './abort.js';
import type { HttpAttempt } from './errors.js';

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

/** The longest body that is read, in bytes after decompression. */
export const MAX_BODY_BYTES = 16 * 2 ** 20;

/** Reads a body to its end, or gives it up so that its socket is freed. Throws `tooLarge()` past the limit. */
export async function readText(response: Response, signal: AbortSignal, tooLarge: () => Error): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await abortable(reader.read(), signal);
      if (done) return text + decoder.decode();
      bytes += value.byteLength;
      if (bytes > MAX_BODY_BYTES) throw tooLarge();
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    reader.cancel().catch(() => {});
    throw error;
  }
}

/** The JSON value of `text`, or `undefined` if it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
