import * as v from 'valibot';
import { Settings } from '../settings.js';

/** What can be set on the demo MCP server, at the start and at any time after. */
export interface McpOptions {
  /** How many entries a page of a list has. Default 5, so that every list has several pages. */
  readonly pageSize?: number | undefined;
  /** Whether each page names itself as the next one, so that following the cursors never ends. Default `false`. */
  readonly repeatCursor?: boolean | undefined;
  /** Whether requests are answered as one JSON object instead of an event stream, without progress and logs. Default `false`. */
  readonly jsonResponses?: boolean | undefined;
  /** Whether GET opens a stream for what the server says on its own; else it is answered 405. Default `true`. */
  readonly serverStream?: boolean | undefined;
  /** How far clocks may differ when a token's times are checked, in seconds. Default 120. */
  readonly leewaySeconds?: number | undefined;
  /** Whether a token must have a `domain`. One that it has must be the host of the request in any case. Default `false`. */
  readonly requireDomain?: boolean | undefined;
}

const schema = v.strictObject({
  pageSize: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)), 5),
  repeatCursor: v.optional(v.boolean(), false),
  jsonResponses: v.optional(v.boolean(), false),
  serverStream: v.optional(v.boolean(), true),
  leewaySeconds: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(86_400)), 120),
  requireDomain: v.optional(v.boolean(), false),
});

export type McpSettings = Settings<typeof schema>;

/** @throws {EmulatorInputError} an option has the wrong type or range. */
export function createMcpSettings(options: McpOptions): McpSettings {
  return new Settings(schema, options, 'mcp');
}
