import { CountersignError, type CountersignErrorInit } from '../errors.js';

/** The check that a token failed. */
export type JwtRefusal =
  /** It is not a JWT in its compact form, or says what no JWT may: a duplicate key, bytes that are no UTF-8. */
  | 'JWT_MALFORMED'
  | 'JWT_TOO_LARGE'
  /** Its `alg` is not RS256. */
  | 'JWT_ALGORITHM'
  | 'JWT_KID_MISSING'
  /** The issuer has no key for it. */
  | 'JWT_KEY_UNKNOWN'
  | 'JWT_SIGNATURE'
  | 'JWT_AUDIENCE'
  | 'JWT_ISSUER'
  /** A claim is missing or has the wrong form; the message names it. */
  | 'JWT_CLAIM'
  | 'JWT_EXPIRED'
  | 'JWT_ISSUED_IN_FUTURE'
  | 'JWT_LIFE_TOO_LONG'
  | 'JWT_NOT_YET_VALID';

/** The `code` of every error about tokens. */
export type JwtErrorCode = JwtRefusal | 'JWT_KEYS_UNAVAILABLE' | 'REPLAY_STORE_FULL' | 'INVALID_INPUT';

/** The base of every error about tokens. No message holds a token or a claim's value. */
export class JwtError<Code extends JwtErrorCode = JwtErrorCode> extends CountersignError<Code> {
  override readonly name: string = 'JwtError';
}

/** The token is refused; `code` says which check it failed. */
export class JwtRefusedError<Code extends JwtRefusal = JwtRefusal> extends JwtError<Code> {
  override readonly name = 'JwtRefusedError';

  constructor(code: Code, message: string) {
    super(code, message);
  }
}

/**
 * The keys of the issuer could not be had, so that nothing is known of the token. Code `JWT_KEYS_UNAVAILABLE`, `cause` the
 * failure where there is one.
 */
export class JwtKeysError extends JwtError<'JWT_KEYS_UNAVAILABLE'> {
  override readonly name = 'JwtKeysError';

  constructor(message: string, init: CountersignErrorInit = {}) {
    super('JWT_KEYS_UNAVAILABLE', message, { ...init, retryable: true });
  }
}

/** The store holds as many ids as it may, none of which has expired. Code `REPLAY_STORE_FULL`. */
export class ReplayStoreFullError extends JwtError<'REPLAY_STORE_FULL'> {
  override readonly name = 'ReplayStoreFullError';

  constructor(maxEntries: number) {
    super(
      'REPLAY_STORE_FULL',
      `The replay store holds ${maxEntries} ids that have not expired, so that no other was let in. Allow more with maxEntries, or use a shared store.`,
      { retryable: true },
    );
  }
}

/** An option or argument has the wrong form; the message names it. Code `INVALID_INPUT`. */
export class JwtInputError extends JwtError<'INVALID_INPUT'> {
  override readonly name = 'JwtInputError';

  constructor(message: string) {
    super('INVALID_INPUT', message);
  }
}
