import { DecryptionError, invalid } from '../errors.js';
import { isObject } from '../fields.js';
import { fromBase64, toBase64 } from './base64.js';
import { importPrivateKey, importPublicKey, type RelayKey } from './keys.js';

/** What RSA-OAEP with 2048 bits and SHA-256 can hold. */
const LONGEST_PLAINTEXT = 190;
const OAEP = { name: 'RSA-OAEP' } as const;
const HYBRID = 'RSA-OAEP-SHA256+A256GCM';

/**
 * How a payload is written: `'bare'` base64 (form A), `'json'` around it (form B), or `'hybrid'` (form C, ours alone): a key for
 * AES-256-GCM, which has no limit of length.
 */
export type PayloadForm = 'bare' | 'json' | 'hybrid';

export interface DecryptOptions {
  /** Whether form C is read too. Default `false`: no server of the project knows it. */
  readonly hybrid?: boolean | undefined;
}

/**
 * Encrypts a code for whoever has the private key.
 *
 * @param publicKey - The key, or its base64.
 * @throws {ValidationError} the text is longer than 190 bytes of UTF-8 and the form is not `'hybrid'`; the key is none.
 * @see Agent OTP contract §7
 */
export async function encryptWithPublicKey(
  plaintext: string,
  publicKey: RelayKey | string,
  options: { readonly form?: PayloadForm | undefined } = {},
): Promise<string> {
  const { form = 'bare' } = options;
  const key = typeof publicKey === 'string' ? await importPublicKey(publicKey) : publicKey;
  const bytes = new TextEncoder().encode(plaintext);
  const timestamp = Date.now();
  if (form === 'hybrid') {
    const aes = crypto.getRandomValues(new Uint8Array(32));
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const encrypted = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await importAes(aes, 'encrypt'), bytes);
    const wrapped = await crypto.subtle.encrypt(OAEP, key, aes);
    return JSON.stringify({
      version: 2,
      algorithm: HYBRID,
      key: toBase64(new Uint8Array(wrapped)),
      iv: toBase64(iv),
      encrypted: toBase64(new Uint8Array(encrypted)),
      timestamp,
    });
  }
  if (bytes.length > LONGEST_PLAINTEXT) {
    throw invalid('plaintext', `must be at most ${LONGEST_PLAINTEXT} bytes of UTF-8, which is what RSA-OAEP holds`);
  }
  const encrypted = toBase64(new Uint8Array(await crypto.subtle.encrypt(OAEP, key, bytes)));
  return form === 'bare'
    ? encrypted
    : JSON.stringify({ version: 1, algorithm: 'RSA-OAEP-SHA256', encrypted, timestamp });
}

/**
 * The text of a payload in form A or B.
 *
 * @param privateKey - The key, or its base64.
 * @throws {DecryptionError} the payload is in no form that is known, or was encrypted for another key.
 * @throws {ValidationError} the key is none.
 * @see Agent OTP contract §7
 */
export async function decryptOTPPayload(
  payload: string,
  privateKey: RelayKey | string,
  options: DecryptOptions = {},
): Promise<string> {
  const key = typeof privateKey === 'string' ? await importPrivateKey(privateKey) : privateKey;
  const read = readPayload(payload, options.hybrid ?? false);
  try {
    const opened = await crypto.subtle.decrypt(OAEP, key, fromBase64(read.rsa));
    if (read.aes === undefined) return decodeText(opened);
    const { iv, encrypted } = read.aes;
    const aes = await importAes(new Uint8Array(opened), 'decrypt');
    return decodeText(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: fromBase64(iv) }, aes, fromBase64(encrypted)));
  } catch {
    // Without the runtime's error: why exactly it failed is nobody's business (RFC 8017 §7.1.2).
    throw new DecryptionError('The payload cannot be decrypted: it was encrypted for another key, or it was changed.');
  }
}

interface Payload {
  readonly rsa: string;
  readonly aes?: { readonly iv: string; readonly encrypted: string };
}

function readPayload(payload: string, hybrid: boolean): Payload {
  if (typeof payload !== 'string') throw unknownForm();
  if (!payload.trimStart().startsWith('{')) return { rsa: checkCiphertext(payload.trim()) };
  let json: unknown;
  try {
    json = JSON.parse(payload);
  } catch {
    // What is no JSON is of an unknown form, as below.
  }
  if (!isObject(json)) throw unknownForm();
  const { version, algorithm, encrypted, key, iv } = json;
  if (typeof encrypted !== 'string') throw unknownForm();
  if (version === 1 && algorithm === 'RSA-OAEP-SHA256') return { rsa: checkCiphertext(encrypted) };
  if (hybrid && version === 2 && algorithm === HYBRID && typeof key === 'string' && typeof iv === 'string') {
    return { rsa: checkCiphertext(key), aes: { iv, encrypted } };
  }
  throw unknownForm();
}

// A companion app sends a marker and the code in clear instead of a ciphertext, which has 256 bytes.
function checkCiphertext(base64: string): string {
  if (/^[A-Za-z0-9+/]{342}==$/.test(base64)) return base64;
  throw new DecryptionError(
    'The payload is no ciphertext of a 2048-bit key: whoever sent the code did not encrypt it.',
  );
}

function unknownForm(): DecryptionError {
  return new DecryptionError('The payload is in no form that this client reads: bare base64 or its JSON, version 1.');
}

function decodeText(bytes: ArrayBuffer): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

function importAes(bytes: Uint8Array<ArrayBuffer>, use: KeyUsage): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, [use]);
}
