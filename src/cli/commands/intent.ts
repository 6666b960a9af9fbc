import { parseArgs } from 'node:util';
import type { IntentEvent } from '../../axme/index.js';
import { AXME_HELP, AXME_OPTIONS, withAxme } from '../axme.js';
import { EXIT, type ExitCode, UsageError } from '../exit.js';
import type { Io } from '../io.js';
import { jsonObject } from '../json-argument.js';
import { wholeNumber } from '../number-argument.js';
import { oneLine } from '../words.js';

export const intentHelp = `Usage: countersign intent send <type> --to <address> [options]
       countersign intent watch <intent-id> [options]
       countersign intent resolve <intent-id> [options]

Sends an intent through AXME, follows one to its end, or ends one.

Options of send:
  --to <address>        The recipient, such as agent://acme/orders/desk. Required
  --from <address>      The sender
  --payload <json>      What it is about, as a JSON object. Default {}
  --human-task <json>   What a person is asked to do, as a JSON object
  --reply-to <address>  Whose inbox hears of its end
  --key <key>           Idempotency key: sent again with it, no second intent is made

Options of watch:
  --since <number>      Only events after this one. Default 0
  --timeout <seconds>   Give up after this time. Default: never

Options of resolve:
  --status <status>     completed (default), failed or canceled
  --result <json>       With completed. Default {}
  --error <json>        With failed. Default {}
  --reason <text>       With canceled, where it is required

Options of all:
  --json             Print replies, and each event, as a line of JSON, and an error likewise on standard error
${AXME_HELP}

Exit status: 0 done, or completed; 1 failed, 2 wrong usage, 3 key missing or refused, 4 refused, 6 gateway unavailable,
7 outcome unknown, 8 the intent ended otherwise than completed, 9 not ended in time, 130 interrupted.
`;

const OPTIONS = {
  ...AXME_OPTIONS,
  to: { type: 'string' },
  from: { type: 'string' },
  payload: { type: 'string' },
  'human-task': { type: 'string' },
  'reply-to': { type: 'string' },
  key: { type: 'string' },
  since: { type: 'string' },
  timeout: { type: 'string' },
  status: { type: 'string' },
  result: { type: 'string' },
  error: { type: 'string' },
  reason: { type: 'string' },
} as const;

const OF_ALL = ['base-url', 'json', 'help'];
const OF_EACH = {
  send: ['to', 'from', 'payload', 'human-task', 'reply-to', 'key'],
  watch: ['since', 'timeout'],
  resolve: ['status', 'result', 'error', 'reason'],
} as const;

type Values = ReturnType<typeof readLine>['values'];

function readLine(args: string[]) {
  return parseArgs({ args, allowPositionals: true, options: OPTIONS });
}

export async function intent(args: string[], io: Io): Promise<ExitCode> {
  const { values, positionals } = readLine(args);
  if (values.help) {
    io.out(intentHelp);
    return EXIT.ok;
  }
  const [verb, subject, ...extra] = positionals;
  if (!isVerb(verb)) throw new UsageError('intent is followed by send, watch or resolve.');
  const alien = Object.keys(values).find((name) => ![...OF_ALL, ...OF_EACH[verb]].includes(name));
  if (alien !== undefined) throw new UsageError(`--${alien} is no option of intent ${verb}.`);
  const what = verb === 'send' ? "The intent's type" : 'The intent';
  if (subject === undefined) throw new UsageError(`${what} is missing: countersign intent ${verb} …`);
  if (extra.length > 0) throw new UsageError(`intent ${verb} takes one argument, and the rest as options.`);
  return { send, watch, resolve }[verb](subject, values, io);
}

function isVerb(verb: string | undefined): verb is keyof typeof OF_EACH {
  return verb !== undefined && Object.hasOwn(OF_EACH, verb);
}

async function send(type: string, values: Values, io: Io): Promise<ExitCode> {
  const { to, from, payload = '{}', key, 'human-task': task, 'reply-to': replyTo, json } = values;
  if (to === undefined) throw new UsageError('The recipient is missing: --to <address>');
  const request = {
    intent_type: type,
    to_agent: to,
    payload: jsonObject('--payload', payload),
    ...(from === undefined ? {} : { from_agent: from }),
    ...(replyTo === undefined ? {} : { reply_to: replyTo }),
    ...(task === undefined ? {} : { human_task: jsonObject('--human-task', task) }),
  };
  const reply = await withAxme(values, io, (client) =>
    client.createIntent(request, { idempotencyKey: key, signal: io.signal }),
  );
  io.out(json ? `${JSON.stringify(reply)}\n` : `${oneLine(reply.intent_id)} is ${oneLine(reply.status)}.\n`);
  return EXIT.ok;
}

async function watch(id: string, values: Values, io: Io): Promise<ExitCode> {
  const { since = '0', timeout, json } = values;
  const options = {
    since: wholeNumber('--since', since, 0, 999_999_999),
    timeoutMs: timeout === undefined ? undefined : wholeNumber('--timeout', timeout, 1, 999_999) * 1000,
    signal: io.signal,
  };
  return withAxme(values, io, async (client) => {
    let last: IntentEvent | undefined;
    for await (const event of client.observe(id, options)) {
      io.out(json ? `${JSON.stringify(event)}\n` : `${story(event)}\n`);
      last = event;
    }
    return last === undefined || last.status === 'COMPLETED' ? EXIT.ok : EXIT.toolFailed;
  });
}

function story({ seq, at, event_type, status, waiting_reason, actor, details }: IntentEvent): string {
  const parts = [
    `${seq}`,
    at,
    event_type,
    status,
    waiting_reason,
    actor && `by ${actor}`,
    details === undefined || Object.keys(details).length === 0 ? undefined : JSON.stringify(details),
  ];
  return parts.flatMap((part) => (typeof part === 'string' ? [oneLine(part)] : [])).join('  ');
}

async function resolve(id: string, values: Values, io: Io): Promise<ExitCode> {
  const { status = 'completed', result, error, reason, json } = values;
  const companions = {
    completed: { result: jsonObject('--result', result ?? '{}') },
    failed: { error: jsonObject('--error', error ?? '{}') },
    canceled: { reason },
  };
  if (!Object.hasOwn(companions, status)) throw new UsageError('--status is completed, failed or canceled.');
  const known = status as keyof typeof companions;
  for (const [name, value] of Object.entries({ result, error, reason })) {
    if (value === undefined || name in companions[known]) continue;
    throw new UsageError(`--${name} does not go with --status ${known}.`);
  }
  if (known === 'canceled' && !reason) throw new UsageError('Why is it canceled? Pass --reason <text>.');
  const reply = await withAxme(values, io, (client) =>
    client.resolveIntent(id, { status: known.toUpperCase(), ...companions[known] }, { signal: io.signal }),
  );
  io.out(json ? `${JSON.stringify(reply)}\n` : `${oneLine(id)} is ${oneLine(reply.intent.status)}.\n`);
  return EXIT.ok;
}
