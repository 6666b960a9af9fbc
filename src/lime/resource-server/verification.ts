import type { JsonObject, JwtRefusal } from '../../jwt/index.js';

/** The claims of an MCP access token (LIME contract §7.5): those that are checked, and whatever else it has. */
export type McpTokenClaims = JsonObject & {
  /** The agent's id. */
  readonly sub: string;
  readonly iss: string;
  readonly aud: string | readonly string[];
  /** When it ends, in seconds since 1970. */
  readonly exp: number;
  readonly iat?: number;
  /** The host name that it was issued for. */
  readonly domain?: string;
};

/** The check that an MCP access token failed. */
export type McpTokenRefusal =
  | JwtRefusal
  /** It has a claim that only passports have: it was issued for something else. */
  | 'MCP_FORBIDDEN_CLAIM'
  | 'MCP_DOMAIN_MISSING'
  /** Its `domain` is not a host name in lower case without a port. */
  | 'MCP_DOMAIN_INVALID'
  /** It is for another server. */
  | 'MCP_DOMAIN_MISMATCH';

/** Why nothing is known of a token. */
export type McpTokenDoubt = 'JWT_KEYS_UNAVAILABLE' | 'ABORTED' | 'UNEXPECTED_FAILURE';

/** The token is good. Frozen. */
export interface ValidMcpToken {
  readonly isValid: true;
  readonly claims: McpTokenClaims;
  /** Its claim `sub`. */
  readonly agentId: string;
  /** Its claim `domain`. A token that was asked for without one has none. */
  readonly domain: string | undefined;
  /** Until when it passes here, in seconds since 1970: its `exp` and the leeway. */
  readonly goodUntilSeconds: number;
  readonly error: undefined;
  readonly code: undefined;
}

/** The token is not good, or nothing is known of it. Frozen. */
export interface InvalidMcpToken {
  readonly isValid: false;
  /**
   * `Token expired`, `Invalid issuer`, `Invalid audience`, `Missing domain claim`, `Invalid domain claim`, `Domain mismatch`,
   * `Invalid token: <reason>` or `Verification error: <reason>` (LIME contract §10.3), in ASCII. Nothing of the token is in it.
   */
  readonly error: string;
  readonly code: McpTokenRefusal | McpTokenDoubt;
  /** Whether nothing is known of the token, so that it may be good: answer 503 and not 401. */
  readonly retryable: boolean;
  readonly claims: undefined;
  readonly agentId: undefined;
  readonly domain: undefined;
  readonly goodUntilSeconds: undefined;
}

export type McpTokenVerification = ValidMcpToken | InvalidMcpToken;

export function valid(claims: McpTokenClaims, leewaySeconds: number): ValidMcpToken {
  const { sub: agentId, domain, exp } = claims;
  const about = { claims, agentId, domain, goodUntilSeconds: exp + leewaySeconds };
  return Object.freeze({ isValid: true, ...about, error: undefined, code: undefined });
}

export function refused(code: McpTokenRefusal, error: string): InvalidMcpToken {
  return invalid({ code, error, retryable: false });
}

export function inDoubt(code: McpTokenDoubt, reason: string): InvalidMcpToken {
  return invalid({ code, error: `Verification error: ${reason}`, retryable: true });
}

function invalid(about: Pick<InvalidMcpToken, 'code' | 'error' | 'retryable'>): InvalidMcpToken {
  const nothing = { claims: undefined, agentId: undefined, domain: undefined, goodUntilSeconds: undefined };
  return Object.freeze({ isValid: false, ...about, ...nothing });
}
