import { parseArgs } from 'node:util';
import type { McpContent, McpProgress } from '../../lime/index.js';
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
import { jsonObject } from '../json-argument.js';
import { progressLine } from '../progress-line.js';
import { oneLine, printable } from '../words.js';

export const callHelp = `Usage: countersign call <target> <tool> [options]

Calls a tool of an MCP server and prints the text that it answers; how far it is goes to standard error.
${TARGET_HELP}

Options:
  --args <json>            The tool's arguments, as a JSON object. Default {}
  ${API_BASE_HELP}
  ${ALLOW_HELP}
  --json                   Print the whole result as one line of JSON, and an error likewise on standard error
  --help                   Print this help

${ENVIRONMENT_HELP}

In texts, control characters are shown as \\u001b; --json gives everything as it is.

Exit status: 0 done, 1 failed, 2 wrong usage, 3 token missing or refused, by LIME or by the server, 4 request refused,
6 platform or server unavailable, 7 outcome unknown (the tool may have run), 8 the tool itself failed, 130 interrupted.
`;

export async function call(args: string[], io: Io): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ...TARGET_OPTIONS, args: { type: 'string' } },
  });
  if (values.help) {
    io.out(callHelp);
    return EXIT.ok;
  }
  const [target, tool, ...extra] = positionals;
  if (target === undefined) throw new UsageError('The target is missing: countersign call <target> <tool>');
  if (tool === undefined) throw new UsageError('The tool is missing: countersign call <target> <tool>');
  if (extra.length > 0) {
    throw new UsageError("A target and a tool are expected, and the tool's arguments as --args '{…}'.");
  }
  checkTarget(target, values['allow-insecure-targets']);
  const toolArgs = jsonObject('--args', values.args ?? '{}');

  const line = progressLine(io, { json: values.json });
  try {
    const result = await withAgent(values, io, (agent) =>
      agent.callTool(target, tool, toolArgs, {
        signal: io.signal,
        onProgress: (progress) => line.show(`${oneLine(tool)}: ${inWords(progress)}`),
      }),
    );
    line.clear();
    io.out(values.json ? `${JSON.stringify(result)}\n` : result.content.map(shown).join(''));
    return result.isError === true ? EXIT.toolFailed : EXIT.ok;
  } finally {
    line.clear();
  }
}

function inWords({ progress, total, message }: McpProgress): string {
  const figures = total === undefined ? String(progress) : `${progress} of ${total}`;
  return message === undefined ? figures : `${figures}, ${oneLine(message)}`;
}

function shown(content: McpContent): string {
  const { type, text, data, mimeType, resource, uri } = content;
  if (type === 'text') return `${printable(text ?? '').replace(/\n$/, '')}\n`;
  if (type === 'resource' && isObject(resource)) {
    const inside = resource['text'];
    if (typeof inside === 'string') return `${printable(inside).replace(/\n$/, '')}\n`;
  }
  const about = [mimeType, uri, typeof data === 'string' ? `${data.length} characters of Base64` : undefined];
  const details = about.filter((part) => part !== undefined).join(', ');
  return `[${oneLine(details === '' ? type : `${type}: ${details}`)}; --json has all of it]\n`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
