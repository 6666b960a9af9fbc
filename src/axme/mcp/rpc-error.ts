import { redact } from '../../wire/redact.js';
import {
  AxmeAuthError,
  AxmeHttpError,
  AxmeRateLimitError,
  AxmeServerError,
  AxmeValidationError,
} from '../errors.js';

/** The error that a JSON-RPC error means, as if it had come with a status (AXME contract §6). */
export function rpcErrorOf(error: Readonly<Record<string, unknown>>, secrets: readonly string[]): AxmeHttpError {
  const code = Number.isInteger(error['code']) ? (error['code'] as number) : -32_000;
  const said = error['message'];
  const message = typeof said === 'string' && said !== '' ? (redact(said, secrets) as string) : 'MCP RPC error';
  const [RpcError, status] = meaningOf(code);
  return new RpcError(`MCP_${code}`, message, {
    status,
    body: redact({ code, message, data: error['data'] }, secrets),
    retryable: status === 429 || status === 502,
  });
}

function meaningOf(code: number): readonly [typeof AxmeHttpError, number] {
  if (code === -32_001 || code === -32_003) return [AxmeAuthError, 403];
  if (code === -32_004) return [AxmeRateLimitError, 429];
  if (code === -32_602) return [AxmeValidationError, 422];
  return code <= -32_000 ? [AxmeServerError, 502] : [AxmeHttpError, 400];
}
