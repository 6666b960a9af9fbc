import { invalid } from '../errors.js';
import { fromBase64, toBase64 } from './base64.js';

const RSA = { name: 'RSA-OAEP', hash: 'SHA-256' } as const;

/** A key of Web Crypto: `CryptoKey`, a name that the types of some runtimes do not have, such as Node's. */
export type RelayKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** Two keys that belong together: a `CryptoKeyPair`. */
export interface RelayKeyPair {
  readonly publicKey: RelayKey;
  readonly privateKey: RelayKey;
}

/**
 * A pair of keys for the relay: RSA-OAEP, 2048 bits, SHA-256. The private key cannot be taken out of the runtime unless
 * `extractable` is set.
 *
 * @see Agent OTP contract §7
 */
export function generateKeyPair(options: { readonly extractable?: boolean | undefined } = {}): Promise<RelayKeyPair> {
  const { extractable = false } = options;
  const algorithm = { ...RSA, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  return crypto.subtle.generateKey(algorithm, extractable, ['encrypt', 'decrypt']);
}

/** A public key as it is sent: SubjectPublicKeyInfo, base64. */
export async function exportPublicKey(key: RelayKey): Promise<string> {
  return toBase64(new Uint8Array(await crypto.subtle.exportKey('spki', key)));
}

/**
 * A private key to keep: PKCS#8, base64. It is a secret.
 *
 * @throws {ValidationError} the key may not be taken out: generate the pair with `{ extractable: true }`.
 */
export async function exportPrivateKey(key: RelayKey): Promise<string> {
  if (!key.extractable) throw invalid('key', 'must be extractable: generate it with { extractable: true }');
  return toBase64(new Uint8Array(await crypto.subtle.exportKey('pkcs8', key)));
}

/** A public key from its base64. @throws {ValidationError} it is none. */
export function importPublicKey(base64: string): Promise<RelayKey> {
  return importKey('spki', base64, true, 'encrypt');
}

/**
 * A private key from its base64, which cannot be taken out again unless `extractable` is set.
 *
 * @throws {ValidationError} it is none.
 */
export function importPrivateKey(
  base64: string,
  options: { readonly extractable?: boolean | undefined } = {},
): Promise<RelayKey> {
  return importKey('pkcs8', base64, options.extractable ?? false, 'decrypt');
}

async function importKey(format: 'spki' | 'pkcs8', base64: string, extractable: boolean, use: KeyUsage) {
  try {
    return await crypto.subtle.importKey(format, fromBase64(base64), RSA, extractable, [use]);
  } catch {
    // Without the runtime's error, which may quote the key.
    throw invalid('key', `must be an RSA key, ${format === 'spki' ? 'SubjectPublicKeyInfo' : 'PKCS#8'} in base64`);
  }
}
