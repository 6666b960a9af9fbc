import { parseArgs } from 'node:util';
import { type ApprovalResult, LimeLogin, type LoginProgress } from '../../lime/login.js';
import { EXIT, type ExitCode, UsageError } from '../exit.js';
import type { Io } from '../io.js';
import { count, duration, rate } from '../words.js';

export const loginHelp = `Usage: countersign login <request-id> [options]

Logs an agent in to a site: fetches the login request's challenge, solves it and approves the request.

Options:
  --api-base <url>         LIME's API root. Default: LIME_API_BASE, else https://lime.pics/api/v1
  --pow-timeout <seconds>  Time for the proof of work. Default 10
  --json                   Print the result as one line of JSON, and an error likewise on standard error
  --help                   Print this help

Environment:
  LIME_AGENT_TOKEN  The agent's token. Required
  LIME_API_BASE     LIME's API root

Exit status: 0 approved, 1 failed, 2 wrong usage, 3 token missing or refused, 4 request refused, 5 no proof of work,
6 platform unavailable, 7 outcome unknown (ask the site), 130 interrupted.
`;

export async function login(args: string[], io: Io): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      'api-base': { type: 'string' },
      'pow-timeout': { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    io.out(loginHelp);
    return EXIT.ok;
  }
  const [requestId, ...extra] = positionals;
  if (requestId === undefined) throw new UsageError('The request id is missing: countersign login <request-id>');
  if (extra.length > 0) throw new UsageError(`One request id is expected, not ${positionals.length}.`);

  const client = new LimeLogin({
    agentToken: io.env['LIME_AGENT_TOKEN'],
    baseUrl: values['api-base'] ?? io.env['LIME_API_BASE'],
    powTimeoutMs: seconds('--pow-timeout', values['pow-timeout']),
  });
  const progress = progressLine(io);
  try {
    const result = await client.login(requestId, { signal: io.signal, onProgress: progress.show });
    progress.clear();
    io.out(values.json ? `${JSON.stringify(result)}\n` : story(result));
    return EXIT.ok;
  } finally {
    progress.clear();
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

const LINE_MS = 1_000;

/** Says how far the proof of work is: on a terminal in one line that is written over, else a line a second. */
function progressLine({ err, isTerminal }: Io) {
  let shownAt = 0;
  return {
    show({ difficulty, hashes, elapsedMs, probability }: LoginProgress): void {
      const text = `Solving difficulty ${difficulty}: ${count(hashes)} hashes, ${rate(hashes, elapsedMs)}, chance so far ${Math.floor(probability * 100)} %`;
      if (isTerminal) err(`\r${text}\u001b[K`);
      else if (elapsedMs - shownAt >= LINE_MS) err(`${text}\n`);
      else return;
      shownAt = elapsedMs;
    },
    clear(): void {
      if (isTerminal && shownAt > 0) err('\r\u001b[K');
      shownAt = 0;
    },
  };
}
