import { importJWK } from 'jose';
import { JwtKeysError } from './errors.js';

/** The least length of an RSA key, in bits (RFC 7518 §3.3). */
const MIN_BITS = 2048;

/**
 * The RS256 keys of a key set document, `{ keys: [...] }` (RFC 7517 §5), by their `kid`. Keys for something else are left
 * out; so are malformed ones, of which `warn` is told. Where two have one `kid`, the first counts.
 *
 * @throws {JwtKeysError} it is no key set.
 */
export async function importKeys(
  document: unknown,
  warn: (message: string) => void,
): Promise<ReadonlyMap<string, CryptoKey>> {
  const { keys: entries } = isObject(document) ? document : { keys: undefined };
  if (!Array.isArray(entries)) {
    throw new JwtKeysError(
      'The answer is no key set: expected a JSON object with an array `keys`. Check the base URL.',
    );
  }
  const keys = new Map<string, CryptoKey>();
  const imported = await Promise.all(entries.map(importKey));
  for (const [index, result] of imported.entries()) {
    if (result === 'other') continue;
    if (typeof result === 'string') warn(`Entry ${index} of the key set is left out: ${result}.`);
    else if (keys.has(result.kid)) warn(`Entry ${index} of the key set is left out: an earlier one has its kid.`);
    else keys.set(result.kid, result.key);
  }
  return keys;
}

/** The key, `'other'` for one that is not for RS256 signatures, or what is wrong with it. */
async function importKey(entry: unknown): Promise<{ readonly kid: string; readonly key: CryptoKey } | string> {
  if (!isObject(entry)) return 'it is not an object';
  const { kid, kty, use, alg, key_ops: operations, n, e } = entry;
  if (typeof kid !== 'string' || kid.trim() === '') return 'it has no kid';
  if (typeof kty !== 'string') return 'it has no kty';
  if (kty !== 'RSA' || (use !== undefined && use !== 'sig') || (alg !== undefined && alg !== 'RS256')) return 'other';
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) return 'other';
  if (typeof n !== 'string' || typeof e !== 'string') return 'its n or e is not a string';
  try {
    // Only what is public: a private key by mistake would not verify.
    const key = (await importJWK({ kty, n, e }, 'RS256')) as CryptoKey;
    const { modulusLength } = key.algorithm as RsaHashedKeyAlgorithm;
    return modulusLength < MIN_BITS ? `it is shorter than ${MIN_BITS} bits` : { kid, key };
  } catch {
    return 'it is no RSA key';
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
