import { quietly } from '../../http/index.js';
import { AxmeProtocolError } from '../errors.js';
import type { Gateway } from '../gateway.js';
import { isFrame } from '../live/frame.js';
import type { JsonObject } from '../open.js';
import type { RequestOptions } from '../options.js';
import { uuid } from '../uuid.js';
import { rpcErrorOf } from './rpc-error.js';

/** One JSON-RPC request to the MCP endpoint. */
export interface Rpc {
  readonly method: 'initialize' | 'tools/list' | 'tools/call';
  readonly params: JsonObject;
  /** Whether it is sent again after its answer was lost. */
  readonly retryable: boolean;
  readonly options: RequestOptions;
}

/**
 * Sends a request and returns its `result` (AXME contract §6). The answer's `id` is not compared: there is one answer a request.
 *
 * @throws {AxmeHttpError} the service answered with an error; its `body` has `code`, `message` and `data`.
 * @throws {AxmeProtocolError} the answer has no `result` that is an object.
 */
export async function callRpc<T>(gateway: Gateway, { method, params, retryable, options }: Rpc): Promise<T> {
  const { mcpEndpointPath, mcpObserver } = gateway.settings;
  const id = uuid();
  const { signal, timeoutMs } = options;
  const traceId = gateway.headersFor(options)['X-Trace-Id'];
  const about = { method, rpcId: id, retryable };
  quietly(() => mcpObserver?.({ phase: 'request', ...about }));
  const reply = await gateway.call<JsonObject>(
    { verb: 'POST', path: mcpEndpointPath, repeatable: retryable ? 'always' : 'never' },
    { body: { jsonrpc: '2.0', id, method, params }, options: { traceId, signal, timeoutMs } },
  );
  const { error, result } = reply;
  if (isFrame(error)) throw rpcErrorOf(gateway.redact(error) as JsonObject, traceId);
  if (!isFrame(result)) {
    throw new AxmeProtocolError(`the answer to ${method} has neither an error nor a result that is an object.`, {
      traceId,
    });
  }
  quietly(() => mcpObserver?.({ phase: 'response', ...about, resultKeys: Object.keys(result).sort() }));
  return result as T;
}
