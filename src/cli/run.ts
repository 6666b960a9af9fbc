import { isCountersignError } from '../errors.js';
import { isMcpProtocolError } from '../lime/index.js';
import { version } from '../version.js';
import { ask } from './commands/ask.js';
import { call } from './commands/call.js';
import { approve, deny } from './commands/decide.js';
import { emulator } from './commands/emulator.js';
import { inbox } from './commands/inbox.js';
import { intent } from './commands/intent.js';
import { login } from './commands/login.js';
import { tools } from './commands/tools.js';
import { whoami } from './commands/whoami.js';
import { EXIT, type ExitCode, exitCodeOf, UsageError } from './exit.js';
import type { Io } from './io.js';
import { printable } from './words.js';

const HELP = `Usage: countersign <command> [options]

Commands:
  login <request-id>    Log an agent in to a site through LIME
  whoami                Say who the agent is
  tools <target>        List the tools of an MCP server
  call <target> <tool>  Call a tool of an MCP server
  ask                   Ask a human for a permission through Agent OTP
  approve, deny <id>    Decide a permission, at the emulator
  intent <verb>         Send, watch and resolve intents through AXME
  inbox <verb>          List an inbox of AXME, approve and reject its threads
  emulator              Serve the platforms' emulator for development and tests

Options:
  --help     Print this help, or a command's: countersign login --help
  --version  Print the version

Exit status:
  0    done
  1    failed, for a reason that has no number of its own
  2    wrong usage; nothing was done
  3    token or key missing or refused, by a platform or by the MCP server
  4    request refused by a platform or the MCP server; permission denied or expired
  5    no proof of work in time, or the difficulty is above the limit
  6    a platform or the MCP server is unavailable; try again later
  7    outcome unknown: the login may have been approved, the tool may have run, what was sent may have been done
  8    the tool itself failed, or the intent ended otherwise than completed
  9    nobody decided in time, or what was waited for did not come
  130  interrupted
`;

const COMMANDS: Readonly<Record<string, (args: string[], io: Io) => Promise<ExitCode>>> = {
  login,
  whoami,
  tools,
  call,
  ask,
  approve,
  deny,
  intent,
  inbox,
  emulator,
};

/** Runs the command line `argv` (without the program's own name), and says with what to end. Never rejects. */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  const [name = '--help', ...args] = argv;
  try {
    if (name === '--version' || name === '-v') {
      io.out(`${version}\n`);
      return EXIT.ok;
    }
    if (name === '--help' || name === '-h' || name === 'help') {
      io.out(HELP);
      return EXIT.ok;
    }
    if (!Object.hasOwn(COMMANDS, name)) throw new UsageError(`There is no command ${JSON.stringify(name)}.`);
    return await COMMANDS[name]!(args, io);
  } catch (error) {
    if (io.signal.aborted) {
      io.err('Interrupted.\n');
      return EXIT.interrupted;
    }
    const reported = isArgumentError(error) ? new UsageError(error.message) : error;
    io.err(args.includes('--json') ? `${JSON.stringify({ error: plain(reported) })}\n` : inWords(reported, name));
    return exitCodeOf(reported);
  }
}

/** What `parseArgs` throws at an option that it does not know. */
function isArgumentError(error: unknown): error is Error {
  return error instanceof Error && String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');
}

function plain(error: unknown): unknown {
  if (isCountersignError(error)) return error.toJSON();
  if (isMcpProtocolError(error)) return { name: error.name, code: error.code, message: error.message };
  return error instanceof Error ? { name: error.name, message: error.message } : { message: String(error) };
}

function inWords(error: unknown, command: string): string {
  if (error instanceof UsageError) {
    const help = Object.hasOwn(COMMANDS, command) ? `countersign ${command} --help` : 'countersign --help';
    return `countersign: ${error.message}\nTry ${help}.\n`;
  }
  if (isCountersignError(error)) {
    const status = error.status === undefined ? '' : `, HTTP ${error.status}`;
    return `countersign: ${printable(error.message)} (${error.code}${status})\n`;
  }
  if (isMcpProtocolError(error)) {
    // The MCP SDK puts the code before the message, on either side of the wire.
    const message = printable(error.message.replace(/^(MCP error -?\d+: )+/, ''));
    return `countersign: The MCP server refused: ${message} (${error.code})\n`;
  }
  return `countersign: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`;
}
