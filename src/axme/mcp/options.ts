import type { JsonObject, Open } from '../open.js';
import type { RequestOptions } from '../options.js';

export interface McpInitializeOptions extends RequestOptions {
  /** Default: the client's `mcpProtocolVersion`. */
  readonly protocolVersion?: string | undefined;
}

export interface McpCallToolOptions extends RequestOptions {
  readonly arguments?: JsonObject | undefined;
  /** Who calls. Default: the client's `defaultOwnerAgent`. */
  readonly ownerAgent?: string | undefined;
  /** Goes into the tool's arguments, not into a header. With one, a call whose answer was lost is made again. */
  readonly idempotencyKey?: string | undefined;
  /** Whether the arguments are checked against the tool's schema, as the last `mcpListTools` told it. Default `true`. */
  readonly validateInputSchema?: boolean | undefined;
  /** Whether a call whose answer was lost is made again. Default: if there is an `idempotencyKey`. */
  readonly retryable?: boolean | undefined;
}

export interface McpInitializeResult extends Open {
  readonly protocolVersion: string;
  readonly capabilities?: JsonObject | undefined;
}

export interface McpTool extends Open {
  readonly name: string;
  readonly description?: string | undefined;
  /** A JSON schema of the arguments. */
  readonly inputSchema?: JsonObject | undefined;
}

export interface McpToolsResult extends Open {
  readonly tools: readonly McpTool[];
}

/** What a tool of AXME answers (AXME contract §6). It is no MCP `content` list. */
export interface McpToolResult extends Open {
  readonly tool: string;
  readonly status: string;
  readonly ok?: boolean | undefined;
  readonly data?: unknown;
}
