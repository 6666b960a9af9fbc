import type { Gateway } from '../gateway.js';
import { isFrame } from '../live/frame.js';
import type { JsonObject } from '../open.js';

/** The schemas of a client's tools by name, as its last `mcpListTools` told them. */
const schemas = new WeakMap<Gateway, ReadonlyMap<string, JsonObject>>();

/** Keeps the schemas of a list, and none of the one before: a tool that is gone is not checked. */
export function keepSchemas(gateway: Gateway, tools: unknown): void {
  const kept = new Map<string, JsonObject>();
  for (const tool of Array.isArray(tools) ? tools : []) {
    if (!isFrame(tool)) continue;
    const { name, inputSchema } = tool;
    // A copy: the list is the caller's to change.
    if (typeof name === 'string' && isFrame(inputSchema)) kept.set(name, structuredClone(inputSchema));
  }
  schemas.set(gateway, kept);
}

export function schemaOf(gateway: Gateway, tool: string): JsonObject | undefined {
  return schemas.get(gateway)?.get(tool);
}
