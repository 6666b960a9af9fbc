import { CountersignError, type CountersignErrorInit } from '../errors.js';

/** The `code` of every failure of the MCP lane. */
export type McpFailureCode =
  | 'NETWORK_ERROR'
  | 'TIMEOUT'
  | 'OUTCOME_UNKNOWN'
  | 'UNEXPECTED_REDIRECT'
  | 'UNAUTHORIZED'
  | 'SESSION_GONE'
  | 'HTTP_ERROR'
  | 'INVALID_RESPONSE'
  | 'CLOSED';

/**
 * A call to an MCP server failed below the protocol. What the server says by JSON-RPC is no such failure: it is thrown as
 * the MCP SDK's own `McpError`. Messages name the server by its URL without the query.
 */
export class McpFailure extends CountersignError<McpFailureCode> {
  override readonly name = 'McpFailure';
  /** Whether the server may have acted on the call. */
  readonly maybeActed: boolean;
  /** The generation of the token that was turned down, of `UNAUTHORIZED`. */
  readonly rejected: number | undefined;

  constructor(
    code: McpFailureCode,
    message: string,
    init: CountersignErrorInit & {
      readonly maybeActed?: boolean | undefined;
      readonly rejected?: number | undefined;
    } = {},
  ) {
    super(code, message, init);
    this.maybeActed = init.maybeActed ?? false;
    this.rejected = init.rejected;
  }
}

/** Whether `error` is what a server answered by JSON-RPC, as the MCP SDK throws it. Tells it without loading the SDK. */
export function isMcpProtocolError(
  error: unknown,
): error is Error & { readonly code: number; readonly data?: unknown } {
  return error instanceof Error && error.name === 'McpError' && 'code' in error && typeof error.code === 'number';
}

/** The pool is closed. */
export function closedFailure(): McpFailure {
  return new McpFailure(
    'CLOSED',
    'The client is closed, so the call was not made or was broken off. Create a new one.',
  );
}
