export type { McpTokenVerifier, RequireLimeTokenOptions } from './bearer.js';
export type { LimeCaller } from './caller.js';
export { FORBIDDEN_MCP_CLAIMS } from './check.js';
export { requireLimeToken } from './handler.js';
export type { TokenVerifierOptions } from './options.js';
export type {
  InvalidMcpToken,
  McpTokenClaims,
  McpTokenDoubt,
  McpTokenRefusal,
  McpTokenVerification,
  ValidMcpToken,
} from './verification.js';
export { TokenVerifier } from './verifier.js';
export { type VerifyMcpAccessTokenOptions, verifyMcpAccessToken } from './verify-mcp-access-token.js';
