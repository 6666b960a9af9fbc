import type { HttpClient, HttpPath, HttpResponse } from '../http/index.js';
import { JwtKeysError } from './errors.js';

/** Where a key set is: fetches its document, or throws. */
export type KeySource = (init: { readonly signal: AbortSignal }) => Promise<unknown>;

export interface KeySourceOptions {
  /** Of the issuer, and of it alone. Its retries are within the key set's `timeoutMs`. */
  readonly http: HttpClient;
  readonly path: HttpPath;
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
  /** Bytes of the longest document. Default 256 KiB. */
  readonly maxBytes?: number | undefined;
  /** Takes the key set out of the body where it is in an envelope. Default: the body is the key set. */
  readonly decode?: ((json: unknown) => unknown) | undefined;
}

/** A key set at a URL. Only an answer with status 200 and JSON is taken. */
export function keysAt({
  http,
  path,
  headers,
  maxBytes = 2 ** 18,
  decode = (json) => json,
}: KeySourceOptions): KeySource {
  const read = ({ status, json, retryAfterMs }: HttpResponse) => {
    if (status === 200 && json !== undefined) return decode(json);
    throw new JwtKeysError(
      `GET ${path.template} was answered with status ${status}${json === undefined ? ' and no JSON' : ''}, not with a key set. Check the base URL.`,
      { status, retryAfterMs },
    );
  };
  return ({ signal }) =>
    http.request({ method: 'GET', path, headers, repeatable: true, maxBytes, signal, decode: read });
}
