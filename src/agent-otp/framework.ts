import { isObject } from './fields.js';

/** What an agent framework tells a tool of the call that it is in. */
export interface FrameworkCall {
  readonly signal: AbortSignal | undefined;
  readonly toolCallId: string | undefined;
}

/**
 * Finds the signal and the id of the tool call among the arguments of a tool: LangChain.js' `config` (`signal`, `toolCall.id`),
 * the AI SDK's options (`abortSignal`, `toolCallId`), OpenAI Agents' details (`signal`, `toolCall.callId`), MCP's `extra` (`signal`,
 * `requestId`).
 *
 * @param first - The model's own words, but for MCP's tools without arguments, who get `extra` here.
 * @see Agent OTP contract §8
 */
export function readFramework(first: unknown, rest: readonly unknown[]): FrameworkCall {
  let signal: AbortSignal | undefined;
  let toolCallId: string | undefined;
  for (const arg of [...rest, first]) {
    if (!isObject(arg)) continue;
    const own = [arg['signal'], arg['abortSignal']].find(isSignal);
    signal ??= own;
    // No model can say a signal.
    if (arg === first && own === undefined) continue;
    const { toolCall } = arg;
    const { id, callId } = isObject(toolCall) ? toolCall : {};
    const found = [arg['toolCallId'], id, callId, own && arg['requestId']].find((value) => value !== undefined);
    toolCallId ??= typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
  }
  return { signal, toolCallId };
}

function isSignal(value: unknown): value is AbortSignal {
  return isObject(value) && typeof value['aborted'] === 'boolean' && typeof value['addEventListener'] === 'function';
}
