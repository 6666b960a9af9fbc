export { isMcpProtocolError, McpFailure, type McpFailureCode } from './errors.js';
export { type McpPin, McpPool, type McpPoolOptions } from './pool.js';
export type { McpTarget, McpToken } from './port.js';
export { type McpCallOptions, type McpRunner, McpSession, type McpToolCallOptions } from './session.js';
export type {
  McpContent,
  McpLoggingLevel,
  McpProgress,
  McpPrompt,
  McpPromptResult,
  McpResource,
  McpResourceResult,
  McpResourceTemplate,
  McpServerCapabilities,
  McpTool,
  McpToolResult,
} from './types.js';
