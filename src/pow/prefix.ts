import { PowInputError } from './errors.js';

/**
 * Which bytes are hashed (LIME contract §4):
 * `legacy` is SHA-256(challenge ‖ nonce); `r14` is SHA-256("lime:pow:v1" ‖ 0 ‖ challenge ‖ 0 ‖ nonce).
 */
export type PowAlgorithm = 'legacy' | 'r14';

const encoder = new TextEncoder();

/** Everything in front of the nonce, as bytes. */
export function messagePrefix(challenge: string, algorithm: PowAlgorithm): Uint8Array {
  return utf8(algorithm === 'r14' ? `lime:pow:v1\0${challenge}\0` : challenge, 'challenge');
}

/** UTF-8 of `text`. A lone surrogate has none, and replacing it would solve another challenge than the server's. */
export function utf8(text: string, field: string): Uint8Array {
  if (/\p{Surrogate}/u.test(text))
    throw new PowInputError(`${field} must be well-formed Unicode: it has a lone surrogate.`);
  return encoder.encode(text);
}
