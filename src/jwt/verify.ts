import { compactVerify, errors } from 'jose';
import { type Clock, systemClock } from '../runtime/clock.js';
import { type ClaimRules, checkClaims } from './claims.js';
import { malformed, readClaims, readKid } from './compact.js';
import { JwtRefusedError } from './errors.js';
import type { JsonObject } from './json-object.js';
import type { KeySet } from './key-set.js';

export interface VerifyJwtOptions extends ClaimRules {
  /** The keys of the one issuer whose tokens are taken. */
  readonly keys: Pick<KeySet, 'get'>;
  /** The longest token, in characters. Default 8192. */
  readonly maxLength?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Verifies a token in compact form (RFC 7519 §7.2): RS256 only, by the key that its `kid` names, which comes from `keys`
 * whatever else its header offers. Returns its claims as they are, frozen. `exp` is required, and `iat` unless
 * `issuedAtOptional` is set.
 *
 * @throws {JwtRefusedError} the token is refused; the code says which check it failed.
 * @throws {JwtKeysError} the keys could not be had.
 * @throws the signal's reason.
 */
export async function verifyJwt(token: unknown, options: VerifyJwtOptions): Promise<JsonObject> {
  const { keys, maxLength = 8192, clock = systemClock, signal } = options;
  signal?.throwIfAborted();
  const kid = readKid(token, maxLength);
  const found = keys.get(kid, { signal });
  const key = found instanceof Promise ? await found : found;
  let payload: Uint8Array;
  try {
    // jose checks the signature alone: its checks of claims take what ours refuse, such as an exp of 1e999.
    ({ payload } = await compactVerify(token as string, key, { algorithms: ['RS256'] }));
  } catch (error) {
    throw signatureRefusal(error);
  }
  const claims = readClaims(payload);
  checkClaims(claims, options, clock.now() / 1000);
  return claims;
}

function signatureRefusal(error: unknown): JwtRefusedError {
  return error instanceof errors.JWSSignatureVerificationFailed
    ? new JwtRefusedError('JWT_SIGNATURE', 'The signature of the token does not hold.')
    : malformed('Its header or its signature cannot be used.');
}
