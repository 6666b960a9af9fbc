import { parseArgs } from 'node:util';
import type { InboxThread } from '../../axme/index.js';
import { AXME_HELP, AXME_OPTIONS, withAxme } from '../axme.js';
import { EXIT, type ExitCode, UsageError } from '../exit.js';
import type { Io } from '../io.js';
import { oneLine } from '../words.js';

export const inboxHelp = `Usage: countersign inbox list [options]
       countersign inbox approve <thread-id> [options]
       countersign inbox reject <thread-id> [options]

Lists the threads of an inbox of AXME, and decides them: to approve resumes the intent that waits, to reject cancels it.

Options:
  --owner <address>  Whose inbox it is, such as agent://acme/orders/desk. Default: that of the API key
  --comment <text>   Why, with approve and reject
  --json             Print the reply as one line of JSON, and an error likewise on standard error
${AXME_HELP}

Exit status: 0 done, 1 failed, 2 wrong usage, 3 key missing or refused, 4 refused: unknown, or done before; 6 gateway
unavailable, 7 outcome unknown, 130 interrupted.
`;

export async function inbox(args: string[], io: Io): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ...AXME_OPTIONS, owner: { type: 'string' }, comment: { type: 'string' } },
  });
  if (values.help) {
    io.out(inboxHelp);
    return EXIT.ok;
  }
  const [verb, threadId, ...extra] = positionals;
  const { comment, json } = values;
  const options = { ownerAgent: values.owner, signal: io.signal };
  if (verb === 'list') {
    if (threadId !== undefined) throw new UsageError('inbox list takes options only.');
    if (comment !== undefined) throw new UsageError('--comment goes with approve and reject.');
    const reply = await withAxme(values, io, (client) => client.listInbox(options));
    io.out(json ? `${JSON.stringify(reply)}\n` : reply.threads.map(story).join(''));
    return EXIT.ok;
  }
  if (verb !== 'approve' && verb !== 'reject') throw new UsageError('inbox is followed by list, approve or reject.');
  if (threadId === undefined) throw new UsageError(`The thread is missing: countersign inbox ${verb} <thread-id>`);
  if (extra.length > 0) throw new UsageError(`inbox ${verb} takes one thread.`);
  const decision = comment === undefined ? {} : { comment };
  const reply = await withAxme(values, io, (client) =>
    verb === 'approve'
      ? client.approveInboxThread(threadId, decision, options)
      : client.rejectInboxThread(threadId, decision, options),
  );
  io.out(json ? `${JSON.stringify(reply)}\n` : story(reply.thread));
  return EXIT.ok;
}

function story({ thread_id, status, from_agent, updated_at, timeline }: InboxThread): string {
  const latest = timeline.at(-1)?.event_type ?? '';
  return `${[thread_id, status, updated_at, `from ${from_agent}`, latest].map(oneLine).join('  ')}\n`;
}
