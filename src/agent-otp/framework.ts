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
 * @see Agent OTP contract §8
 */
export function readFramework(args: readonly unknown[]): FrameworkCall {
  let signal: AbortSignal | undefined;
  let toolCallId: string | undefined;
  for (const arg of args) {
    if (!isObject(arg)) continue;
    const { toolCall } = arg;
    signal ??= [arg['signal'], arg['abortSignal']].find(isSignal);
    // What has no signal may be the model's own words.
    const { id, callId } = isObject(toolCall) ? toolCall : {};
    const found = [arg['toolCallId'], id, callId, signal && arg['requestId']].find((value) => value !== undefined);
    toolCallId ??= typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
  }
  return { signal, toolCallId };
}

function isSignal(value: unknown): value is AbortSignal {
  return isObject(value) && typeof value['aborted'] === 'boolean' && typeof value['addEventListener'] === 'function';
}
