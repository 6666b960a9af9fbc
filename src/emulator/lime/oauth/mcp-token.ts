import type { Agent } from '../accounts.js';
import type { LimePlatform } from '../platform.js';

/** The audience of every MCP access token (LIME contract §1.2). */
export const MCP_AUDIENCE = 'mcp';

/** Issues an MCP access token to the agent: the claims of LIME contract §7.5. */
export function issueMcpToken(
  platform: LimePlatform,
  agent: Agent,
  origin: string,
  domain: string | undefined,
): Promise<string> {
  const { tokenLifetimeSeconds, tokenIssuer } = platform.settings.now;
  const iat = platform.tokenTime();
  platform.origins.add(origin);
  return platform.keys.current.sign({
    sub: agent.agentId,
    iss: tokenIssuer ?? origin,
    aud: MCP_AUDIENCE,
    iat,
    exp: iat + tokenLifetimeSeconds,
    jti: platform.tokenId(),
    ...(domain === undefined ? {} : { domain }),
  });
}
