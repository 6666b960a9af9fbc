import { parseArgs } from 'node:util';
import type { PermissionResponse } from '../../agent-otp/index.js';
import { AGENT_OTP_OPTIONS, BASE_URL_HELP, withAgentOtp } from '../agent-otp.js';
import { EXIT, type ExitCode, UsageError } from '../exit.js';
import type { Io } from '../io.js';
import { jsonObject } from '../json-argument.js';
import { wholeNumber } from '../number-argument.js';
import { progressLine } from '../progress-line.js';
import { oneLine } from '../words.js';

export const askHelp = `Usage: countersign ask --action <name> [options]

Asks for a permission at Agent OTP: a policy decides at once, or a human. With --wait, where to decide goes to standard
error, and the command ends when it is decided.

Options:
  --action <name>    What is to be done, such as email.send. Required
  --resource <name>  What it is to be done to, such as file:/etc/hosts
  --scope <json>     The limits that are asked for, as a JSON object. Default {}
  --context <json>   What the human should know, as a JSON object. Default {}
  --ttl <seconds>    For the decision, and then for the token: 30 to 3600. Default 300
  --wait             Wait for the human
  --timeout <s>      Seconds to wait at most. Default: until the permission expires
  --show-token       Print the token as well. It is a secret, and good for one use
  ${BASE_URL_HELP}
  --json             Print the permission as one line of JSON; on standard error an error likewise, and with --wait before
                     it {"pending":{permissionId,approvalUrl,expiresAt}}
  --help             Print this help

Environment:
  AGENT_OTP_API_KEY   The agent's key. Required
  AGENT_OTP_BASE_URL  Agent OTP's address

Exit status: 0 approved, or pending without --wait, 1 failed, 2 wrong usage, 3 key missing or refused, 4 denied, expired or
refused, 6 platform unavailable, 7 outcome unknown (a human may have been asked), 9 nobody decided in time, 130 interrupted.
`;

export async function ask(args: string[], io: Io): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...AGENT_OTP_OPTIONS,
      action: { type: 'string' },
      resource: { type: 'string' },
      scope: { type: 'string' },
      context: { type: 'string' },
      ttl: { type: 'string' },
      wait: { type: 'boolean' },
      timeout: { type: 'string' },
      'show-token': { type: 'boolean' },
    },
  });
  if (values.help) {
    io.out(askHelp);
    return EXIT.ok;
  }
  const { action, resource, scope = '{}', context = '{}', ttl, wait = false, timeout, json } = values;
  if (positionals.length > 0) throw new UsageError('ask takes options only: countersign ask --action <name>');
  if (action === undefined) throw new UsageError('The action is missing: countersign ask --action <name>');
  if (timeout !== undefined && !wait) throw new UsageError('--timeout is about --wait, which is not there.');
  const request = {
    action,
    resource,
    scope: jsonObject('--scope', scope),
    context: jsonObject('--context', context),
    ttlSeconds: ttl === undefined ? undefined : wholeNumber('--ttl', ttl, 30, 3600),
    waitForApproval: wait,
    timeoutMs: timeout === undefined ? undefined : wholeNumber('--timeout', timeout, 1, 86_400) * 1000,
  };

  const line = progressLine(io);
  try {
    const permission = await withAgentOtp(values, io, undefined, (client) =>
      client.requestPermission({
        ...request,
        signal: io.signal,
        onPendingApproval({ permissionId, approvalUrl, expiresAt }) {
          // A program that asks has to tell somebody where to decide, too.
          if (json) io.err(`${JSON.stringify({ pending: { permissionId, approvalUrl, expiresAt } })}\n`);
          else line.show(oneLine(`Waiting for ${permissionId}: decide at ${approvalUrl ?? 'the dashboard'}`));
        },
      }),
    );
    line.clear();
    // JSON of a permission does not hold its token.
    const token = values['show-token'] ? permission.token : undefined;
    io.out(json ? `${JSON.stringify({ ...permission, token })}\n` : story(permission, token));
    return ['approved', 'pending'].includes(permission.status) ? EXIT.ok : EXIT.refused;
  } finally {
    line.clear();
  }
}

function story({ id, status, reason, scope, approvalUrl, expiresAt }: PermissionResponse, token?: string): string {
  const lines = {
    Permission: id,
    Status: status,
    Reason: reason,
    Scope: scope === undefined ? undefined : JSON.stringify(scope),
    'Decide at': status === 'pending' ? approvalUrl : undefined,
    Expires: expiresAt?.toISOString(),
    Token: token,
  };
  return Object.entries(lines)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${`${name}:`.padEnd(12)} ${oneLine(String(value))}\n`)
    .join('');
}
