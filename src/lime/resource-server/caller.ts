import type { McpTokenClaims, ValidMcpToken } from './verification.js';

/**
 * Who calls, as a good token says. It is an `AuthInfo` of the MCP SDK as well, so that a transport hands it on to tools as
 * `extra.authInfo`. Frozen.
 */
export interface LimeCaller {
  readonly agentId: string;
  /** The host name that the token is for. */
  readonly domain: string | undefined;
  readonly claims: McpTokenClaims;
  /** `agentId`. */
  readonly clientId: string;
  /** None: LIME's tokens have no scopes. */
  readonly scopes: string[];
  /** Until when the token passes here, in seconds since 1970: its `exp` and the leeway. */
  readonly expiresAt: number;
  /** `agentId`, `domain` and `claims`. */
  readonly extra: Record<string, unknown>;
  /** The token itself, which no JSON and no inspection shows. */
  readonly token: string;
}

export function callerOf(token: string, { agentId, domain, claims, goodUntilSeconds }: ValidMcpToken): LimeCaller {
  const about = { agentId, domain, claims };
  const caller = { ...about, clientId: agentId, scopes: [], expiresAt: goodUntilSeconds, extra: { ...about }, token };
  Object.defineProperty(caller, 'token', { enumerable: false });
  return Object.freeze(caller);
}
