import { sha256 } from '@noble/hashes/sha2.js';
import { PowInputError } from './errors.js';
import { checkQuestion, kindOf, type PowQuestion } from './input.js';
import { messagePrefix, utf8 } from './prefix.js';

/**
 * Whether `nonce` answers the challenge: SHA-256 of the message, read as a 256-bit big-endian number, is below
 * 2^(256 − difficulty). One hash, at once, with @noble/hashes. Any string may be a nonce.
 *
 * @throws {PowInputError} an argument has the wrong type.
 * @see LIME contract §4.3
 */
export function verify(answer: PowQuestion & { readonly nonce: string }): boolean {
  const { challenge, difficulty, algorithm } = checkQuestion(answer);
  if (typeof answer.nonce !== 'string') throw new PowInputError(`nonce must be a string, not ${kindOf(answer.nonce)}.`);
  if (difficulty <= 0) return true;
  const prefix = messagePrefix(challenge, algorithm);
  return leadingZeroBits(digest(prefix, utf8(answer.nonce, 'nonce'))) >= difficulty;
}

/** SHA-256 of `prefix` followed by `nonce`. */
export function digest(prefix: Uint8Array, nonce: Uint8Array): Uint8Array {
  return sha256.create().update(prefix).update(nonce).digest();
}

/** How many bits of `digest` are zero before the first that is not. */
export function leadingZeroBits(digest: Uint8Array): number {
  const first = digest.findIndex((byte) => byte !== 0);
  return first < 0 ? digest.length * 8 : first * 8 + Math.clz32(digest[first]!) - 24;
}
