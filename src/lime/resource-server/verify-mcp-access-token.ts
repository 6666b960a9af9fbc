import { KeySet } from '../../jwt/index.js';
import type { Clock } from '../../runtime/clock.js';
import { LimeInputError } from '../errors.js';
import { checkMcpToken } from './check.js';
import { checkDomainPin } from './domain-pin.js';
import type { McpTokenVerification } from './verification.js';

export interface VerifyMcpAccessTokenOptions {
  /** The platform's key set (RFC 7517 §5). It is imported at its first use, and again only when it is another object. */
  readonly keys: { readonly keys: readonly object[] };
  /** What `iss` must be. */
  readonly issuer: string;
  /** What `aud` must be or have. Default `mcp`. */
  readonly audience?: string | undefined;
  /** The host name that the token must be for. Default: any, or none. */
  readonly expectedDomain?: string | undefined;
  /** Whether `expectedDomain` may be a name for local use, such as `localhost`. Default `false`. */
  readonly allowInsecureTargets?: boolean | undefined;
  /** How far the platform's clock may be from ours, in seconds. Default 120. */
  readonly leewaySeconds?: number | undefined;
  /** Default: the runtime's own. */
  readonly clock?: Clock | undefined;
}

const imported = new WeakMap<object, KeySet>();

/**
 * What `TokenVerifier.verify` does, with keys that are given: no request is made and no environment variable read.
 *
 * @throws {LimeInputError} an option has the wrong form.
 * @see LIME contract §10.3
 */
export async function verifyMcpAccessToken(
  token: string,
  options: VerifyMcpAccessTokenOptions,
): Promise<McpTokenVerification> {
  const { issuer, audience = 'mcp', expectedDomain, leewaySeconds = 120, clock } = options;
  if (typeof issuer !== 'string' || issuer === '') throw invalid('issuer must be a non-empty string');
  if (typeof audience !== 'string' || audience === '') throw invalid('audience must be a non-empty string');
  if (!Number.isFinite(leewaySeconds) || leewaySeconds < 0)
    throw invalid('leewaySeconds must be a number of 0 or more');
  const pin = expectedDomain === undefined ? undefined : checkDomainPin(expectedDomain, options);
  return checkMcpToken(token, {
    keys: keySetOf(options.keys),
    issuer,
    audience,
    expectedDomain: pin,
    leewaySeconds,
    clock,
  });
}

function keySetOf(document: VerifyMcpAccessTokenOptions['keys']): KeySet {
  if (!Array.isArray(document?.keys)) throw invalid('keys must be a key set, an object with an array `keys`');
  const found = imported.get(document);
  if (found !== undefined) return found;
  const keys = new KeySet({
    source: async () => document,
    lifetimeMs: Number.POSITIVE_INFINITY,
    cooldownMs: Number.POSITIVE_INFINITY,
  });
  imported.set(document, keys);
  return keys;
}

function invalid(what: string): LimeInputError {
  return new LimeInputError('INVALID_INPUT', `${what}.`);
}
