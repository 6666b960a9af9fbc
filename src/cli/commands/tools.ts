import { parseArgs } from 'node:util';
import type { McpTool } from '../../lime/index.js';
import {
  ALLOW_HELP,
  API_BASE_HELP,
  checkTarget,
  ENVIRONMENT_HELP,
  TARGET_HELP,
  TARGET_OPTIONS,
  withAgent,
} from '../client.js';
import { EXIT, type ExitCode, UsageError } from '../exit.js';
import type { Io } from '../io.js';
import { oneLine } from '../words.js';

export const toolsHelp = `Usage: countersign tools <target> [options]

Lists the tools of an MCP server with their arguments, of which those in brackets may be left out.
${TARGET_HELP}

Options:
  ${API_BASE_HELP}
  ${ALLOW_HELP}
  --json                   Print the list as one line of JSON, and an error likewise on standard error
  --help                   Print this help

${ENVIRONMENT_HELP}

Exit status: 0 done, 1 failed, 2 wrong usage, 3 token missing or refused, by LIME or by the server, 4 request refused,
6 platform or server unavailable, 130 interrupted.
`;

export async function tools(args: string[], io: Io): Promise<ExitCode> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: TARGET_OPTIONS });
  if (values.help) {
    io.out(toolsHelp);
    return EXIT.ok;
  }
  const [target, ...extra] = positionals;
  if (target === undefined) throw new UsageError('The target is missing: countersign tools <target>');
  if (extra.length > 0) throw new UsageError(`One target is expected, not ${positionals.length}.`);
  checkTarget(target, values['allow-insecure-targets']);
  const list = await withAgent(values, io, (agent) => agent.listTools(target, { signal: io.signal }));
  io.out(values.json ? `${JSON.stringify(list)}\n` : story(list));
  return EXIT.ok;
}

function story(list: readonly McpTool[]): string {
  if (list.length === 0) return 'The server has no tools.\n';
  const rows = list.map((tool) => [signature(tool), oneLine(tool.description ?? tool.title ?? '')] as const);
  const width = Math.min(40, Math.max(...rows.map(([left]) => left.length)));
  return rows.map(([left, right]) => `${`${left.padEnd(width)}  ${right}`.trimEnd()}\n`).join('');
}

function signature({ name, inputSchema }: McpTool): string {
  const { properties, required } = inputSchema;
  const needed = Array.isArray(required) ? required : [];
  const names = typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
  const parameters = names.map((each) => (needed.includes(each) ? each : `[${each}]`));
  return oneLine([name, ...parameters].join(' '));
}
