import {
  type CallToolResult,
  ErrorCode,
  type LoggingLevel,
  McpError,
  type Tool,
} from '@modelcontextprotocol/sdk/types.js';
import * as v from 'valibot';
import { milliseconds } from '../../input.js';
import type { DemoContext } from './context.js';

/** What a tool may do beside answering. */
export interface ToolContext extends DemoContext {
  /** Aborts when the client cancels the call or the session ends. */
  readonly signal: AbortSignal;
  /** Whose token the call came with. */
  readonly caller: Readonly<Record<string, unknown>>;
  /** Reports progress, if the caller asked for it. */
  progress(progress: number, total: number, message: string): Promise<void>;
  /** Says something at the level, if the client wants to hear it. */
  log(level: LoggingLevel, data: string): Promise<void>;
}

interface DemoTool {
  readonly definition: Tool;
  call(args: unknown, context: ToolContext): Promise<CallToolResult>;
}

const text = { type: 'string' } as const;
const number = { type: 'number' } as const;
const integer = { type: 'integer' } as const;

const steps = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000));

const all: readonly DemoTool[] = [
  tool('echo', 'Answers the text', { text }, v.object({ text: v.string() }), async (args) => says(args.text)),
  tool(
    'add',
    'Adds two numbers',
    { a: number, b: number },
    v.object({ a: v.number(), b: v.number() }),
    async ({ a, b }) => ({ ...says(String(a + b)), structuredContent: { sum: a + b } }),
    { type: 'object', properties: { sum: number }, required: ['sum'] },
  ),
  tool(
    'fail',
    'Fails, as a tool does: with a result that says so',
    { message: text },
    v.object({ message: v.optional(v.string(), 'This tool always fails.') }),
    async ({ message }) => ({ ...says(message), isError: true }),
  ),
  tool(
    'slow',
    'Takes its time, and reports progress after each step',
    { durationMs: number, steps: integer },
    v.object({ durationMs: v.optional(milliseconds, 500), steps: v.optional(steps, 5) }),
    async ({ durationMs, steps }, { clock, signal, progress }) => {
      for (let step = 1; step <= steps; step++) {
        await clock.sleep(durationMs / steps, { signal });
        await progress(step, steps, `step ${step} of ${steps}`);
      }
      return says(`done in ${steps} steps`);
    },
  ),
  tool(
    'increment',
    'Counts the key once more at once, and answers after the delay: a side effect that can be counted',
    { key: text, delayMs: number },
    v.object({ key: v.optional(v.string(), 'default'), delayMs: v.optional(milliseconds, 0) }),
    async ({ key, delayMs }, { record, clock, signal }) => {
      const count = record.effects.add(key);
      if (delayMs > 0) await clock.sleep(delayMs, { signal });
      return { ...says(String(count)), structuredContent: { key, count } };
    },
  ),
  tool(
    'order',
    'Places an order: the kind of act that a human may want to be asked about first',
    { item: text, quantity: integer },
    v.object({ item: v.pipe(v.string(), v.nonEmpty()), quantity: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
    async ({ item, quantity }, { record }) => {
      const orderId = `order-${record.effects.add('orders')}`;
      return { ...says(`${orderId}: ${quantity} × ${item}`), structuredContent: { orderId, item, quantity } };
    },
  ),
  tool(
    'mentions_401',
    'Speaks of 401, though every token is good: in a text, in a failed result, or in a JSON-RPC error',
    { as: { type: 'string', enum: ['text', 'failure', 'error'] } },
    v.object({ as: v.optional(v.picklist(['text', 'failure', 'error']), 'text') }),
    async ({ as }, { record }) => {
      const message = 'Row 14017 says: 401 unauthorized, invalid_token.';
      record.effects.add('mentions_401');
      if (as === 'error') throw new McpError(ErrorCode.InternalError, message);
      return as === 'failure' ? { ...says(message), isError: true } : says(message);
    },
  ),
  tool(
    'log',
    'Logs a message to the client at a level',
    { level: text, message: text },
    v.object({
      level: v.picklist(['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency']),
      message: v.string(),
    }),
    async ({ level, message }, { log }) => {
      await log(level, message);
      return says('logged');
    },
  ),
  tool('whoami', 'Says whose token this is, and for which domain', {}, v.object({}), async (_, { caller }) => ({
    ...says(JSON.stringify(caller)),
    structuredContent: { ...caller },
  })),
];

export const tools: readonly Tool[] = all.map(({ definition }) => definition);

const byName = new Map(all.map((each) => [each.definition.name, each]));

export async function callTool(name: string, args: unknown, context: ToolContext): Promise<CallToolResult> {
  const found = byName.get(name);
  if (found === undefined) throw new McpError(ErrorCode.InvalidParams, `Unknown tool: ${name}`);
  return found.call(args, context);
}

function tool<Schema extends v.GenericSchema>(
  name: string,
  description: string,
  properties: Record<string, object>,
  schema: Schema,
  run: (args: v.InferOutput<Schema>, context: ToolContext) => Promise<CallToolResult>,
  outputSchema?: Tool['outputSchema'],
): DemoTool {
  const inputSchema = { type: 'object' as const, properties };
  return {
    definition: { name, description, inputSchema, ...(outputSchema === undefined ? {} : { outputSchema }) },
    async call(args, context) {
      const read = v.safeParse(schema, args);
      if (read.success) return run(read.output, context);
      const path = v.getDotPath(read.issues[0]);
      return { ...says(`Wrong argument ${path ?? ''}: ${read.issues[0].message}`), isError: true };
    },
  };
}

function says(message: string): CallToolResult {
  return { content: [{ type: 'text', text: message }] };
}
