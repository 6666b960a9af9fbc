import { parseArgs } from 'node:util';
import { type ApprovalResult, LimeLogin, type LoginProgress } from '../../lime/login.js';
import { API_BASE_HELP, ENVIRONMENT_HELP, PLATFORM_OPTIONS, platformOf } from '../client.js';
import { EXIT, type ExitCode, UsageError } from '../exit.js';
import type { Io } from '../io.js';
import { progressLine } from '../progress-line.js';
import { count, duration, rate } from '../words.js';

export const loginHelp = `Usage: countersign login <request-id> [options]

Logs an agent in to a site: fetches the login request's challenge, solves it and approves the request.

Options:
  ${API_BASE_HELP}
  --pow-timeout <seconds>  Time for the proof of work. Default 10
  --json                   Print the result as one line of JSON, and an error likewise on standard error
  --help                   Print this help

${ENVIRONMENT_HELP}

Exit status: 0 approved, 1 failed, 2 wrong usage, 3 token missing or refused, 4 request refused, 5 no proof of work,
6 platform unavailable, 7 outcome unknown (ask the site), 130 interrupted.
`;

/** Without a terminal, a line so often. */
const LINE_MS = 1_000;

export async function login(args: string[], io: Io): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ...PLATFORM_OPTIONS, 'pow-timeout': { type: 'string' } },
  });
  if (values.help) {
    io.out(loginHelp);
    return EXIT.ok;
  }
  const [requestId, ...extra] = positionals;
  if (requestId === undefined) throw new UsageError('The request id is missing: countersign login <request-id>');
  if (extra.length > 0) throw new UsageError(`One request id is expected, not ${positionals.length}.`);

  const client = new LimeLogin({
    ...platformOf(values, io),
    powTimeoutMs: seconds('--pow-timeout', values['pow-timeout']),
  });
  const line = progressLine(io, { json: values.json, everyMs: LINE_MS });
  try {
    const onProgress = (progress: LoginProgress) => line.show(inWords(progress));
    const result = await client.login(requestId, { signal: io.signal, onProgress });
    line.clear();
    io.out(values.json ? `${JSON.stringify(result)}\n` : story(result));
    return EXIT.ok;
  } finally {
    line.clear();
    await client.close();
  }
}

function seconds(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+(\.\d+)?$/.test(text)) throw new UsageError(`${option} must be a number of seconds.`);
  return Number(text) * 1_000;
}

function story({ requestId, siteId, status, expiresAt, approvedAgentId, proofOfWork }: ApprovalResult): string {
  const { difficulty, algorithm, hashes, elapsedMs, kernel, transport } = proofOfWork;
  const agent = approvedAgentId === null ? '' : ` as agent ${approvedAgentId}`;
  return `${status}: request ${requestId} at site ${siteId}${agent}, until ${expiresAt.toISOString()}
Proof of work: difficulty ${difficulty} (${algorithm}), ${count(hashes)} hashes in ${duration(elapsedMs)}, ${rate(hashes, elapsedMs)}, kernel ${kernel} on ${transport}
`;
}

function inWords({ difficulty, hashes, elapsedMs, probability }: LoginProgress): string {
  return `Solving difficulty ${difficulty}: ${count(hashes)} hashes, ${rate(hashes, elapsedMs)}, chance so far ${Math.floor(probability * 100)} %`;
}
