import { JwtRefusedError } from './errors.js';
import type { JsonObject } from './json-object.js';

export interface ClaimRules {
  /** `aud` must be this string. `undefined`: it is not looked at. */
  readonly audience?: string | undefined;
  /** Whether `aud` may also be an array that has it. Default `false`. */
  readonly audienceMayBeList?: boolean | undefined;
  /** `iss` must be this string, or pass this test. `undefined`: it is not looked at. */
  readonly issuer?: string | ((issuer: string) => boolean) | undefined;
  /** How far the issuer's clock may be from ours, in seconds. Default 5. */
  readonly leewaySeconds?: number | undefined;
  /** The same for `exp` alone. Default `leewaySeconds`. */
  readonly expiryLeewaySeconds?: number | undefined;
  /** The longest `exp` − `iat`. Default: any. */
  readonly maxLifeSeconds?: number | undefined;
  /** Whether a token without `iat` passes, if `maxLifeSeconds` is not set. Default `false`. */
  readonly issuedAtOptional?: boolean | undefined;
}

/**
 * Checks the registered claims of a token whose signature holds (RFC 7519 §4.1): audience, issuer, then times.
 *
 * @throws {JwtRefusedError} the code says which check failed.
 */
export function checkClaims(claims: JsonObject, rules: ClaimRules, nowSeconds: number): void {
  checkAudience(claims['aud'], rules);
  checkIssuer(claims['iss'], rules);
  const { leewaySeconds = 5, expiryLeewaySeconds = leewaySeconds, maxLifeSeconds } = rules;
  const exp = time(claims, 'exp', true);
  const iat = time(claims, 'iat', maxLifeSeconds !== undefined || rules.issuedAtOptional !== true);
  const nbf = time(claims, 'nbf', false);
  if (exp + expiryLeewaySeconds <= nowSeconds) throw new JwtRefusedError('JWT_EXPIRED', 'The token has expired.');
  // Without this a token from the future could have a short life and yet be good for years.
  if (iat > nowSeconds + leewaySeconds) {
    throw new JwtRefusedError(
      'JWT_ISSUED_IN_FUTURE',
      'The token was issued in the future. Check the clocks of this machine and of the issuer.',
    );
  }
  if (maxLifeSeconds !== undefined && exp - iat > maxLifeSeconds) {
    throw new JwtRefusedError('JWT_LIFE_TOO_LONG', `The token lives longer than ${maxLifeSeconds} s.`);
  }
  if (nbf > nowSeconds + leewaySeconds) {
    throw new JwtRefusedError('JWT_NOT_YET_VALID', 'The token is not valid yet (nbf).');
  }
}

function checkAudience(aud: unknown, { audience, audienceMayBeList = false }: ClaimRules): void {
  if (audience === undefined || aud === audience) return;
  if (audienceMayBeList && Array.isArray(aud) && aud.includes(audience)) return;
  throw new JwtRefusedError('JWT_AUDIENCE', 'The token is meant for another audience (aud).');
}

function checkIssuer(iss: unknown, { issuer }: ClaimRules): void {
  if (issuer === undefined) return;
  const holds = typeof iss === 'string' && (typeof issuer === 'string' ? iss === issuer : issuer(iss));
  if (!holds) throw new JwtRefusedError('JWT_ISSUER', 'The token is from another issuer (iss).');
}

/** A NumericDate (RFC 7519 §2), or -∞ for one that may be missing and is. JSON's 1e999 reads as ∞. */
function time(claims: JsonObject, name: 'exp' | 'iat' | 'nbf', required: boolean): number {
  const value = claims[name];
  if (value === undefined && !required) return Number.NEGATIVE_INFINITY;
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new JwtRefusedError(
    'JWT_CLAIM',
    `The claim ${name} is ${value === undefined ? 'missing' : 'not a time'}: expected a number of seconds since 1970.`,
  );
}
