import { WebhookInputError } from './errors.js';

/** A secret that webhooks are signed with: `whsec_` and base64, or its bytes, or any other text, which stands for its UTF-8. */
export type WebhookSecret = string | Uint8Array;

/** The key of a secret. @throws {WebhookInputError} it is empty, or its base64 is none. */
export async function importSecret(secret: WebhookSecret): Promise<CryptoKey> {
  const bytes = typeof secret === 'string' ? decode(secret.trim()) : new Uint8Array(secret);
  if (bytes.length === 0) throw new WebhookInputError('A secret must not be empty.');
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
}

function decode(secret: string): Uint8Array<ArrayBuffer> {
  if (!secret.startsWith('whsec_')) return new TextEncoder().encode(secret);
  try {
    return fromBase64(secret.slice('whsec_'.length));
  } catch {
    // Without the runtime's error, which may quote the secret.
    throw new WebhookInputError('A secret that begins with whsec_ must go on in base64.');
  }
}

/** @throws if it is no base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
