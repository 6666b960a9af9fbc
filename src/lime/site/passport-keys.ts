import { type HttpClient, path } from '../../http/index.js';
import { type KeySource, keysAt } from '../../jwt/index.js';
import { openPublicDocument } from '../public-document.js';

/**
 * The platform's keys (LIME contract §2.1, §3.1). A base URL without a path is taken for the platform's origin, as later
 * releases of the Python client do.
 */
export function passportKeys(http: HttpClient, baseUrl: string): KeySource {
  const isOrigin = new URL(baseUrl).pathname.replace(/\/+$/, '') === '';
  const where = isOrigin ? path('/api/v1/core/.well-known/jwks.json') : path('/core/.well-known/jwks.json');
  return keysAt({ http, path: where, decode: (json) => openPublicDocument(json, 'keys') });
}
