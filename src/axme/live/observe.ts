import { checkText, readOptions } from '../arguments.js';
import { AxmeInputError, AxmeProtocolError, AxmeTimeoutError } from '../errors.js';
import type { IntentEvent, IntentStatus } from '../families/intents.js';
import type { Gateway } from '../gateway.js';
import type { RequestOptions } from '../options.js';
import { pathOf } from '../path.js';
import { checkValue, REFUSED_STATES } from '../spellings.js';
import { follow } from './follow.js';
import { isFrame } from './frame.js';
import { hasEnded } from './intent-status.js';
import type { LiveEvents } from './live-events.js';
import { checkLiveOptions, type PollingOptions } from './options.js';
import type { Polled } from './rounds.js';
import { isTerminal } from './terminal.js';

export type ObserveOptions = PollingOptions;

export interface WaitForOptions extends PollingOptions {
  /**
   * What to wait for, beside the end, which always ends the wait: one of these states, or `'handed-off'`, which is any state in
   * which others have the intent: DELIVERED, ACKNOWLEDGED, IN_PROGRESS. Default: the end alone.
   */
  readonly states?: readonly IntentStatus[] | 'handed-off' | undefined;
}

const HANDED_OFF: readonly IntentStatus[] = ['DELIVERED', 'ACKNOWLEDGED', 'IN_PROGRESS'];

/** The events of an intent until its last one (AXME contract §4.2). See `ObservingMethods.observe`. */
export function observe(gateway: Gateway, intentId: string, options: ObserveOptions = {}): LiveEvents<IntentEvent> {
  checkText('intentId', intentId);
  readOptions('observe', options);
  checkLiveOptions(options);
  const { since = 0, timeoutMs } = options;
  const params = { intent_id: intentId };
  // Whoever resumes may have had the last event, after which none comes and no stream says so.
  let mayBeOver = since > 0;

  const poll = async (cursor: number, options: RequestOptions): Promise<Polled<IntentEvent>> => {
    const over = mayBeOver && (await hasEnded(gateway, intentId, options));
    mayBeOver = false;
    const query = { since: cursor > 0 ? cursor : undefined };
    const line = { verb: 'GET', path: '/v1/intents/{intent_id}/events' } as const;
    const { events } = await gateway.call<{ events?: unknown }>(line, { params, query, options });
    if (Array.isArray(events) && events.every(isFrame)) return { events: events as IntentEvent[], over };
    throw new AxmeProtocolError('the answer has no list `events` of objects.');
  };
  return follow<IntentEvent>(
    gateway,
    {
      path: pathOf('/v1/intents/{intent_id}/events/stream', params),
      prefix: 'intent.',
      poll,
      isLast: isTerminal,
      expired: () => new AxmeTimeoutError(`Timed out: intent ${intentId} did not end within ${timeoutMs} ms.`),
    },
    options,
  );
}

/** The event that ends the wait (AXME contract §4.3). See `ObservingMethods.waitFor`. */
export async function waitFor(gateway: Gateway, intentId: string, options: WaitForOptions = {}): Promise<IntentEvent> {
  readOptions('waitFor', options);
  const { states = [], ...others } = options;
  const wanted = states === 'handed-off' ? HANDED_OFF : checkStates(states);
  for await (const event of observe(gateway, intentId, others)) {
    if (wanted.includes(event.status) || isTerminal(event)) return event;
  }
  throw new AxmeInputError(
    `since ${others.since} is the last event of intent ${intentId}: it had ended before, and nothing comes after. Leave since out to get its last event.`,
    { field: 'since' },
  );
}

function checkStates(states: unknown): readonly string[] {
  if (!Array.isArray(states) || !states.every((state) => typeof state === 'string')) {
    throw new AxmeInputError("states must be a list of states, such as ['WAITING'], or 'handed-off'.", {
      field: 'states',
    });
  }
  for (const state of states) checkValue('states', state, REFUSED_STATES);
  return states;
}
