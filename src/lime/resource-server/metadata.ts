import type { HttpPath, HttpResponse } from '../../http/index.js';
import { JwtKeysError } from '../../jwt/index.js';
import { openPublicDocument } from '../public-document.js';

/** Who issues tokens, and where the keys are. */
export interface IssuerMetadata {
  readonly issuer: string;
  readonly keysPath: HttpPath;
}

/**
 * Reads an authorization server's metadata (RFC 8414 §3.2, LIME contract §10.3), bare or in LIME's envelope.
 *
 * @throws {JwtKeysError} they are none, or their keys are on another origin.
 */
export function readMetadata({ status, json, retryAfterMs }: HttpResponse, origin: string): IssuerMetadata {
  const failed = (what: string) =>
    new JwtKeysError(`The metadata of LIME's authorization server (HTTP ${status}) ${what}. Check baseUrl.`, {
      status,
      retryAfterMs,
    });
  if (status !== 200 || json === undefined) throw failed('are not there as JSON');
  const { issuer, jwks_uri: keysUri, grant_types_supported: grants } = openPublicDocument(json, 'issuer');
  if (!isText(issuer)) throw failed('have no issuer');
  if (!isText(keysUri)) throw failed('have no jwks_uri');
  if (grants !== undefined && !Array.isArray(grants)) throw failed('have grant_types_supported that are no list');
  const keysPath = pathOn(origin, keysUri);
  if (keysPath === undefined) throw failed('have a jwks_uri on another origin, which is not followed');
  return { issuer, keysPath };
}

/** The key set out of its document, bare or in LIME's envelope. @throws {JwtKeysError} it has no keys. */
export function readKeySet(json: unknown): { readonly keys: readonly unknown[] } {
  const { keys } = openPublicDocument(json, 'keys');
  if (Array.isArray(keys) && keys.length > 0) return { keys };
  throw new JwtKeysError("LIME's key set has no keys: expected a JSON object with a non-empty array `keys`.");
}

/** The path of a URL, absolute or relative, if it is on this origin; with no credentials, which would be sent. */
function pathOn(origin: string, uri: string): HttpPath | undefined {
  if (!URL.canParse(uri, origin)) return undefined;
  const url = new URL(uri, origin);
  if (url.origin !== origin || url.username !== '' || url.password !== '') return undefined;
  return { template: url.pathname, encoded: url.pathname + url.search };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
