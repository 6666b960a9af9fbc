import { AxmeAuthError, AxmeHttpError, AxmeRateLimitError, AxmeServerError, AxmeValidationError } from '../errors.js';
import type { JsonObject } from '../open.js';

/** The error that a JSON-RPC error means, as if it had come with a status (AXME contract §6). */
export function rpcErrorOf(error: JsonObject, traceId: string | undefined): AxmeHttpError {
  const code = Number.isInteger(error['code']) ? (error['code'] as number) : -32_000;
  const message = typeof error['message'] === 'string' ? error['message'] : 'MCP RPC error';
  const { RpcError, status, retryable = false } = meaningOf(code);
  const body = { code, message, data: error['data'] };
  return new RpcError(`MCP_${code}`, message, { status, body, retryable, traceId });
}

interface Meaning {
  readonly RpcError: typeof AxmeHttpError;
  readonly status: number;
  readonly retryable?: boolean;
}

function meaningOf(code: number): Meaning {
  switch (code) {
    case -32_001:
    case -32_003:
      return { RpcError: AxmeAuthError, status: 403 };
    case -32_004:
      return { RpcError: AxmeRateLimitError, status: 429, retryable: true };
    case -32_602:
      return { RpcError: AxmeValidationError, status: 422 };
    default:
      return code <= -32_000 ? { RpcError: AxmeServerError, status: 502 } : { RpcError: AxmeHttpError, status: 400 };
  }
}
