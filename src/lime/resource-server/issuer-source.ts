import { type HttpClient, path } from '../../http/index.js';
import { type KeySource, keysAt } from '../../jwt/index.js';
import { readKeySet, readMetadata } from './metadata.js';

const METADATA = path('/api/v1/modules/oauth/.well-known/oauth-authorization-server');
/** No such document is longer. */
const MAX_BYTES = 2 ** 18;

/** LIME's keys together with the issuer that they are of: the metadata, then the keys that they name. No credential is sent. */
export function issuerSource({
  http,
  origin,
  userAgent,
}: {
  /** Its base URL is `origin`. */
  readonly http: HttpClient;
  readonly origin: string;
  readonly userAgent: string;
}): KeySource {
  const headers = { 'User-Agent': userAgent };
  return async ({ signal }) => {
    const { issuer, keysPath } = await http.request({
      method: 'GET',
      path: METADATA,
      headers,
      repeatable: true,
      maxBytes: MAX_BYTES,
      signal,
      decode: (response) => readMetadata(response, origin),
    });
    const read = keysAt({
      http,
      path: keysPath,
      headers,
      maxBytes: MAX_BYTES,
      decode: (json) => ({ ...readKeySet(json), issuer }),
    });
    return read({ signal });
  };
}
