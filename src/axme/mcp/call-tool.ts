import { quietly } from '../../http/index.js';
import { checkText, inputError, readOptions } from '../arguments.js';
import { AxmeInputError } from '../errors.js';
import type { Gateway } from '../gateway.js';
import { isFrame } from '../live/frame.js';
import type { JsonObject } from '../open.js';
import type { McpCallToolOptions, McpToolResult } from './options.js';
import { callRpc } from './rpc.js';
import { schemaOf } from './tool-schemas.js';

/** Calls a tool (AXME contract §6). See `McpMethods.mcpCallTool`. */
export async function callTool(
  gateway: Gateway,
  name: string,
  options: McpCallToolOptions = {},
): Promise<McpToolResult> {
  checkText('name', name);
  readOptions('mcpCallTool', options);
  const { idempotencyKey, validateInputSchema = true, retryable = Boolean(idempotencyKey), ...others } = options;
  const tool = name.trim();
  const ownerAgent = options.ownerAgent || gateway.settings.defaultOwnerAgent;
  const given = toJson(options.arguments);
  const additions = Object.entries({ owner_agent: ownerAgent, idempotency_key: idempotencyKey || undefined }).filter(
    ([key, value]) => value !== undefined && typeof given[key] !== 'string',
  );
  const args: JsonObject = { ...given, ...Object.fromEntries(additions) };
  const schema = validateInputSchema ? schemaOf(gateway, tool) : undefined;
  if (schema !== undefined) {
    const onBadSchema = (error: unknown) =>
      quietly(() =>
        gateway.logger?.warn(`The schema of the tool ${tool} cannot be used, so its arguments were hardly checked.`, {
          scope: 'axme',
          error,
        }),
      );
    // With its validator of schemas, so that a program without MCP never loads it.
    const { checkArguments } = await import('./argument-check.js');
    const fault = checkArguments({ tool, schema, args, added: additions.map(([key]) => key), onBadSchema });
    if (fault !== undefined) throw new AxmeInputError(fault.message, fault);
  }
  const params = { name: tool, arguments: args, ...(ownerAgent ? { owner_agent: ownerAgent } : {}) };
  return callRpc(gateway, { method: 'tools/call', params, retryable, options: others });
}

/** Arguments as they are sent, so that what is checked is what arrives. */
function toJson(args: unknown = {}): JsonObject {
  let json: unknown;
  try {
    json = JSON.parse(JSON.stringify(args) ?? 'null');
  } catch {
    throw inputError('arguments', 'must be JSON: no cycle, no bigint');
  }
  if (!isFrame(json)) throw inputError('arguments', 'must be an object');
  return json;
}
