import { readOptions } from '../arguments.js';
import type { Family } from '../family.js';
import { callTool } from '../mcp/call-tool.js';
import type {
  McpCallToolOptions,
  McpInitializeOptions,
  McpInitializeResult,
  McpToolResult,
  McpToolsResult,
} from '../mcp/options.js';
import { callRpc } from '../mcp/rpc.js';
import { keepSchemas } from '../mcp/tool-schemas.js';
import type { RequestOptions } from '../options.js';

/**
 * AXME's MCP endpoint (AXME contract §6): a POST of JSON-RPC each, without the sessions of MCP itself. What the service
 * answers with an error is thrown as the error class that its code means.
 */
export interface McpMethods {
  /** Says which protocol version is spoken. The service asks for no `initialized` after it. */
  mcpInitialize(options?: McpInitializeOptions): Promise<McpInitializeResult>;
  /** The tools. Their schemas, and none of earlier lists, are kept for the checks of `mcpCallTool`. */
  mcpListTools(options?: RequestOptions): Promise<McpToolsResult>;
  /**
   * Calls a tool. The arguments of one that was listed are checked against its schema before they are sent.
   *
   * @throws {AxmeInputError} the name is blank, or the arguments do not fit the schema: the message says which, and where.
   * @throws {AxmeAuthError} JSON-RPC -32001 or -32003.
   * @throws {AxmeRateLimitError} -32004. @throws {AxmeValidationError} -32602.
   * @throws {AxmeServerError} any other code of -32000 or below.
   * @throws {AxmeOutcomeUnknownError} the answer was lost, and the call not `retryable`.
   */
  mcpCallTool(name: string, options?: McpCallToolOptions): Promise<McpToolResult>;
}

export const mcp: Family<McpMethods> = {
  mcpInitialize: async (gateway, options = {}) => {
    readOptions('mcpInitialize', options);
    const { protocolVersion = gateway.settings.mcpProtocolVersion } = options;
    return callRpc(gateway, { method: 'initialize', params: { protocolVersion }, retryable: true, options });
  },
  mcpListTools: async (gateway, options = {}) => {
    readOptions('mcpListTools', options);
    const result = await callRpc<McpToolsResult>(gateway, {
      method: 'tools/list',
      params: {},
      retryable: true,
      options,
    });
    keepSchemas(gateway, result.tools);
    return result;
  },
  mcpCallTool: callTool,
};
