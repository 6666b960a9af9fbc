export type {
  McpCallOptions,
  McpContent,
  McpLoggingLevel,
  McpProgress,
  McpPrompt,
  McpPromptResult,
  McpResource,
  McpResourceResult,
  McpResourceTemplate,
  McpServerCapabilities,
  McpSession,
  McpTool,
  McpToolCallOptions,
  McpToolResult,
} from '../mcp/index.js';
export { isMcpProtocolError } from '../mcp/index.js';
export type { McpAccessToken } from './access-token.js';
export { LimeAgent, type McpTokenOptions } from './agent.js';
export type { LimeAgentOptions } from './agent-options.js';
export { McpAuthenticationError, McpOutcomeUnknownError } from './errors.js';
export * from './login.js';
export type { AgentProfile } from './profile-wire.js';
export * from './resource-server/index.js';
export * from './site/index.js';
export { extractAndNormalizeDomain, resolveMcpHttpUrl, type TargetOptions } from './target.js';
export type { TokenRequest } from './tokens.js';
