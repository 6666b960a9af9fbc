import { actWith, type Consume, checkConsume } from './execute.js';
import { readFramework } from './framework.js';
import type { PermissionResponse } from './permission.js';
import type { PermissionClient, RequestPermissionOptions } from './permission-client.js';

/** A value, or how it comes from the arguments of the call. */
type From<Args, Value> = Value | ((args: Args) => Value);

/** What to ask before each call of a function, and what to do without permission. */
export interface ProtectOptions<Args, Refusal>
  extends Pick<RequestPermissionOptions, 'ttlSeconds' | 'timeoutMs' | 'onPendingApproval'> {
  readonly action: From<Args, string>;
  readonly resource?: From<Args, string | undefined> | undefined;
  readonly scope?: From<Args, Readonly<Record<string, unknown>> | undefined> | undefined;
  /** The id of the tool call is added as `toolCallId`, where the framework tells it. */
  readonly context?: From<Args, Readonly<Record<string, unknown>> | undefined> | undefined;
  /** When the token is spent. Default `'before'` the function runs. */
  readonly consume?: Consume | undefined;
  /**
   * What a call without permission returns. Default `refusalText`: a sentence for the model. For MCP servers `mcpRefusal`;
   * `'throw'` throws `PermissionDeniedError` or `PermissionExpiredError`.
   */
  readonly onDenied?:
    | 'throw'
    | ((permission: PermissionResponse, args: Args) => Refusal | Promise<Refusal>)
    | undefined;
}

/** A function that asks first. */
export type Protect<Args, Refusal> = <A extends Args, Rest extends unknown[], Result>(
  fn: (args: A, ...rest: Rest) => Result | Promise<Result>,
) => (args: A, ...rest: Rest) => Promise<Result | Refusal>;

/**
 * Wraps a function so that each call asks for a permission first, waits for it, and spends its token. What it returns takes the
 * same arguments, and the frameworks' tools take it as it is: LangChain.js `tool(fn, …)`, the AI SDK's and OpenAI Agents'
 * `tool({ execute })`, and, with `onDenied: mcpRefusal`, the handler of an MCP server's tool. A signal that they hand to the
 * function ends the wait.
 *
 * ```ts
 * const send = protect(client, {
 *   action: 'email.send',
 *   resource: ({ to }: { to: string }) => `email:${to}`,
 * })(async ({ to }) => deliver(to));
 * ```
 *
 * The returned function throws what `executeWithPermission` throws, `ApprovalTimeoutError` among it, and what `fn` throws.
 *
 * @see Agent OTP contract §8
 */
export function protect<Args = unknown, Refusal = string>(
  client: PermissionClient,
  options: ProtectOptions<Args, Refusal>,
): Protect<Args, Refusal> {
  // `Refusal` is a text where `onDenied` is left out, which a default cannot tell TypeScript.
  const { action, resource, scope, context, consume: given, onDenied = refusalText as never, ...others } = options;
  const consume = checkConsume(given);
  return (fn) =>
    async (args, ...rest) => {
      const { signal, toolCallId } = readFramework(args, rest);
      const permission = await client.requestPermission({
        ...others,
        action: resolve(action, args),
        resource: resolve(resource, args),
        scope: resolve(scope, args),
        context: { ...(toolCallId === undefined ? {} : { toolCallId }), ...resolve(context, args) },
        waitForApproval: true,
        throwOnDenied: onDenied === 'throw',
        signal,
      });
      if (permission.status !== 'approved' && onDenied !== 'throw') return onDenied(permission, args);
      return actWith(client, permission, { consume, signal }, () => fn(args, ...rest));
    };
}

/** The refusal in a sentence, for a model to read. */
export function refusalText({ status, reason }: PermissionResponse): string {
  // A reason that is a sentence brings its own full stop.
  const why = reason === undefined ? '' : `: ${reason.replace(/\.\s*$/, '')}`;
  return `Permission ${status}${why}. The action was not carried out.`;
}

/** The refusal as the result of an MCP tool. */
export function mcpRefusal(permission: PermissionResponse): {
  isError: true;
  content: { type: 'text'; text: string }[];
} {
  return { isError: true, content: [{ type: 'text', text: refusalText(permission) }] };
}

function resolve<Args, Value>(from: From<Args, Value>, args: Args): Value {
  return typeof from === 'function' ? (from as (args: Args) => Value)(args) : from;
}
