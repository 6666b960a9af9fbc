import { isMcpProtocolError, McpFailure } from '../mcp/index.js';
import { LimeError, McpAuthenticationError, McpOutcomeUnknownError } from './errors.js';
import { toLimeError } from './translate.js';

/** What an MCP call throws: protocol errors as they are (LIME contract §8.5), all else as one of LIME's tree. */
export function toMcpError(error: unknown): Error {
  if (isMcpProtocolError(error)) return error;
  if (!(error instanceof McpFailure)) return toLimeError(error);
  const { code, message, status, detail, retryable } = error;
  const about = { cause: error, status, detail, retryable };
  switch (code) {
    case 'UNAUTHORIZED':
      return new McpAuthenticationError(
        'MCP_AUTH_FAILED',
        'The MCP server turned down two access tokens in a row (HTTP 401). Check that it trusts this LIME platform and that the target is the name it goes by.',
        about,
      );
    case 'OUTCOME_UNKNOWN':
      return new McpOutcomeUnknownError('MCP_OUTCOME_UNKNOWN', message, about);
    case 'HTTP_ERROR':
      return new LimeError('MCP_HTTP_ERROR', message, about);
    case 'SESSION_GONE':
      return new LimeError('MCP_SESSION_GONE', message, about);
    default:
      return new LimeError(code, message, about);
  }
}
