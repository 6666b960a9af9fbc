import { parseArgs } from 'node:util';
import { AGENT_OTP_OPTIONS, BASE_URL_HELP, withAgentOtp } from '../agent-otp.js';
import { EXIT, type ExitCode, UsageError } from '../exit.js';
import type { Io } from '../io.js';
import { oneLine } from '../words.js';

const helpOf = (verb: 'approve' | 'deny') => `Usage: countersign ${verb} <permission-id> [options]

${verb === 'approve' ? 'Approves' : 'Denies'} a pending permission at Agent OTP, in its owner's name: for the emulator, and for servers that take
X-User-ID from whoever says it.

Options:
  --owner <id>       The owner. Default: AGENT_OTP_OWNER_ID
  --reason <text>    Why, for the agent and the audit log
  ${BASE_URL_HELP}
  --json             Print the permission as one line of JSON, and an error likewise on standard error
  --help             Print this help

Environment:
  AGENT_OTP_OWNER_ID  The owner, where --owner is not given
  AGENT_OTP_API_KEY   An agent's key, where the server wants one for decisions
  AGENT_OTP_BASE_URL  Agent OTP's address

Exit status: 0 done, 1 failed, 2 wrong usage, 3 owner missing or refused, 4 refused: unknown, decided before or expired,
6 platform unavailable, 7 outcome unknown, 130 interrupted.
`;

const decide = (verb: 'approve' | 'deny') =>
  async function command(args: string[], io: Io): Promise<ExitCode> {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { ...AGENT_OTP_OPTIONS, owner: { type: 'string' }, reason: { type: 'string' } },
    });
    if (values.help) {
      io.out(helpOf(verb));
      return EXIT.ok;
    }
    const [id, ...extra] = positionals;
    if (id === undefined) throw new UsageError(`The permission is missing: countersign ${verb} <permission-id>`);
    if (extra.length > 0) throw new UsageError('One permission is expected, and the reason as --reason <text>.');
    const ownerId = values.owner ?? io.env['AGENT_OTP_OWNER_ID'];
    if (!ownerId) throw new UsageError('The owner is missing: pass --owner, or set AGENT_OTP_OWNER_ID.');
    const permission = await withAgentOtp(values, io, ownerId, (client) =>
      client.decidePermission(id, { approved: verb === 'approve', reason: values.reason }, { signal: io.signal }),
    );
    io.out(
      values.json ? `${JSON.stringify(permission)}\n` : `${oneLine(permission.id)} is ${oneLine(permission.status)}.\n`,
    );
    return EXIT.ok;
  };

export const approve: (args: string[], io: Io) => Promise<ExitCode> = decide('approve');
export const deny: (args: string[], io: Io) => Promise<ExitCode> = decide('deny');
