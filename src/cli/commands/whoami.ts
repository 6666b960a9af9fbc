import { parseArgs } from 'node:util';
import type { AgentProfile } from '../../lime/index.js';
import { API_BASE_HELP, ENVIRONMENT_HELP, PLATFORM_OPTIONS, withAgent } from '../client.js';
import { EXIT, type ExitCode, UsageError } from '../exit.js';
import type { Io } from '../io.js';
import { oneLine } from '../words.js';

export const whoamiHelp = `Usage: countersign whoami [options]

Says who the agent is at LIME, whose token LIME_AGENT_TOKEN holds.

Options:
  ${API_BASE_HELP}
  --json                   Print the profile as one line of JSON, and an error likewise on standard error
  --help                   Print this help

${ENVIRONMENT_HELP}

Exit status: 0 done, 1 failed, 2 wrong usage, 3 token missing or refused, 4 request refused, 6 platform unavailable,
130 interrupted.
`;

export async function whoami(args: string[], io: Io): Promise<ExitCode> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: PLATFORM_OPTIONS });
  if (values.help) {
    io.out(whoamiHelp);
    return EXIT.ok;
  }
  if (positionals.length > 0) throw new UsageError('whoami takes no arguments: it is the token that says who.');
  const profile = await withAgent(values, io, (agent) => agent.getProfile({ signal: io.signal }));
  io.out(values.json ? `${JSON.stringify(profile)}\n` : story(profile));
  return EXIT.ok;
}

function story({ agentId, ownerId, displayName, description, avatarUrl, ...levels }: AgentProfile): string {
  const lines = {
    Agent: agentId,
    Name: displayName,
    Description: description,
    Avatar: avatarUrl,
    Owner: ownerId,
    'KYC level': levels.ownerKycLevel,
    Reputation: levels.agentReputation,
  };
  return Object.entries(lines)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${`${name}:`.padEnd(12)} ${oneLine(String(value))}\n`)
    .join('');
}
