import { EmulatorInputError } from '../errors.js';

/** How a code is handed to an agent (Agent OTP contract §7): bare base64, or JSON text around it. */
export type PayloadForm = 'A' | 'B';

/** RSA-OAEP with SHA-256 and a key of 2048 bits takes no more. */
const MOST_BYTES = 190;

/**
 * `text` for whoever has the private key of `publicKey` (SubjectPublicKeyInfo, base64).
 *
 * @throws {EmulatorInputError} the text is too long, or the request's key is none.
 */
export async function encryptFor(publicKey: string, text: string, form: PayloadForm, nowMs: number): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > MOST_BYTES) throw new EmulatorInputError(`code: it is longer than ${MOST_BYTES} bytes of UTF-8.`);
  const algorithm = { name: 'RSA-OAEP', hash: 'SHA-256' };
  let encrypted: ArrayBuffer;
  try {
    const spki = Uint8Array.from(atob(publicKey), (unit) => unit.charCodeAt(0));
    const key = await crypto.subtle.importKey('spki', spki, algorithm, false, ['encrypt']);
    encrypted = await crypto.subtle.encrypt(algorithm, key, bytes);
  } catch {
    throw new EmulatorInputError(
      'code: the public key of the request is not one of RSA, as SubjectPublicKeyInfo in base64.',
    );
  }
  const base64 = btoa(String.fromCharCode(...new Uint8Array(encrypted)));
  if (form === 'A') return base64;
  return JSON.stringify({ version: 1, algorithm: 'RSA-OAEP-SHA256', encrypted: base64, timestamp: nowMs });
}
