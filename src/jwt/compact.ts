import { base64url } from 'jose';
import { JwtRefusedError } from './errors.js';
import { type JsonObject, parseJsonObject } from './json-object.js';

/**
 * The header and the `kid` of a token, before anything in it is believed (RFC 7515 §3.1, §4.1).
 *
 * @throws {JwtRefusedError} `JWT_TOO_LARGE`, `JWT_MALFORMED`, `JWT_ALGORITHM` or `JWT_KID_MISSING`.
 */
export function readKid(token: unknown, maxLength: number): string {
  if (typeof token !== 'string') throw malformed('It is not a string.');
  if (token.length > maxLength) {
    throw new JwtRefusedError('JWT_TOO_LARGE', `The token is longer than ${maxLength} characters.`);
  }
  const parts = token.split('.');
  // An empty signature is what an unsigned token has, which is refused for its algorithm.
  if (parts.length !== 3 || !parts.every((part, i) => isBase64Url(part) || (i === 2 && part === ''))) {
    throw malformed('Expected three parts in base64url (RFC 7515), separated by dots, and nothing else.');
  }
  return kidOf(parts[0]!);
}

/** The header that was read last without fault: an issuer's tokens have one and the same, until its keys rotate. */
let latest: { readonly encoded: string; readonly kid: string } | undefined;

function kidOf(encoded: string): string {
  if (latest?.encoded === encoded) return latest.kid;
  const header = parseJsonObject(base64url.decode(encoded));
  if (header === undefined) throw malformed('Its header is not a JSON object in UTF-8 with each key once.');
  checkHeader(header);
  const kid = header['kid'] as string;
  latest = { encoded, kid };
  return kid;
}

/** @throws {JwtRefusedError} `JWT_MALFORMED`: no JSON object in UTF-8, or one with a key twice. */
export function readClaims(payload: Uint8Array): JsonObject {
  const claims = parseJsonObject(payload);
  if (claims === undefined) throw malformed('Its claims are not a JSON object in UTF-8 with each key once.');
  return claims;
}

export function malformed(why: string): JwtRefusedError<'JWT_MALFORMED'> {
  return new JwtRefusedError('JWT_MALFORMED', `The token is not a JWT that can be read. ${why}`);
}

function checkHeader({ alg, kid, crit }: JsonObject): void {
  if (alg !== 'RS256') throw new JwtRefusedError('JWT_ALGORITHM', 'The token is not signed with RS256.');
  if (crit !== undefined) throw malformed('Its header asks for extensions (crit), of which none is known here.');
  if (typeof kid !== 'string' || kid.trim() === '') {
    throw new JwtRefusedError('JWT_KID_MISSING', 'The token does not name its key: expected a kid in its header.');
  }
}

/** The last character of an encoding whose length leaves 2 or 3 over 4 has bits to spare, which must be 0 (RFC 4648 §3.5). */
const CANONICAL_ENDS: readonly (RegExp | undefined)[] = [/^/, undefined, /[AQgw]$/, /[AEIMQUYcgkosw048]$/];

function isBase64Url(part: string): boolean {
  return /^[\w-]+$/.test(part) && CANONICAL_ENDS[part.length % 4]?.test(part) === true;
}
