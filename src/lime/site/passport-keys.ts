import { type HttpClient, path } from '../../http/index.js';
import { type KeySource, keysAt } from '../../jwt/index.js';

/**
 * The platform's keys (LIME contract §2.1, §3.1). A base URL without a path is taken for the platform's origin, as later
 * releases of the Python client do.
 */
export function passportKeys(http: HttpClient, baseUrl: string): KeySource {
  const isOrigin = new URL(baseUrl).pathname.replace(/\/+$/, '') === '';
  const where = isOrigin ? path('/api/v1/core/.well-known/jwks.json') : path('/core/.well-known/jwks.json');
  return keysAt({ http, path: where, decode: openEnvelope });
}

/** The key set, which is bare or in an envelope: a `keys` array at the top counts first. */
function openEnvelope(json: unknown): unknown {
  const { keys, ok, data } = (json ?? {}) as { keys?: unknown; ok?: unknown; data?: unknown };
  return !Array.isArray(keys) && ok === true ? data : json;
}
