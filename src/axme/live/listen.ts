import { readOptions } from '../arguments.js';
import { AxmeInputError, AxmeTimeoutError } from '../errors.js';
import type { IntentStatus } from '../families/intents.js';
import type { Gateway } from '../gateway.js';
import type { Open } from '../open.js';
import type { RequestOptions } from '../options.js';
import { agentPath } from '../path.js';
import { checkValue, REFUSED_STATES } from '../spellings.js';
import { follow } from './follow.js';
import { hasEnded } from './intent-status.js';
import type { LiveEvents } from './live-events.js';
import { checkLiveOptions, type LiveOptions } from './options.js';
import { isTerminal } from './terminal.js';

/** An intent that reached an agent (AXME contract §4.4). Fetch the intent by its id: other fields may be missing. */
export interface AgentDelivery extends Open {
  readonly intent_id: string;
  /** Rises over all intents of the agent: where to resume. It is no event number of the intent. */
  readonly seq: number;
  readonly event_type: string;
  readonly status: IntentStatus;
  readonly at?: string | undefined;
}

export interface ListenOptions extends LiveOptions {
  /** Only intents in these states. Without it the service leaves out those that have ended. */
  readonly status?: IntentStatus | readonly IntentStatus[] | undefined;
  /**
   * Whether to ask for each intent before it is handed over, and leave out those that have ended since: after a restart, or on
   * a service that does not. It takes a request each. Default `false`.
   */
  readonly dropFinished?: boolean | undefined;
}

/** The intents that reach an agent, without end (AXME contract §4.4). See `ObservingMethods.listen`. */
export function listen(gateway: Gateway, address: string, options: ListenOptions = {}): LiveEvents<AgentDelivery> {
  readOptions('listen', options);
  checkLiveOptions(options);
  const { status, dropFinished = false, ...others } = options;
  return follow<AgentDelivery>(
    gateway,
    {
      path: agentPath('/v1/agents/{address}/intents/stream', address),
      query: { status: statusFilter(status) },
      prefix: 'intent.',
      keep: dropFinished ? (delivery, options) => isUnfinished(gateway, delivery, options) : undefined,
      isLast: () => false,
      expired: () => new AxmeTimeoutError(`Timed out: listened to ${address.trim()} for ${others.timeoutMs} ms.`),
    },
    others,
  );
}

function statusFilter(status: ListenOptions['status']): string | undefined {
  if (status === undefined) return undefined;
  const states: readonly unknown[] = typeof status === 'string' ? status.split(',') : status;
  if (!Array.isArray(states) || states.length === 0 || !states.every((s) => typeof s === 'string' && s.trim() !== '')) {
    throw new AxmeInputError("status must be a state, or a list of states, such as ['SUBMITTED'].", {
      field: 'status',
    });
  }
  const names = states.map((state: string) => state.trim());
  for (const name of names) checkValue('status', name, REFUSED_STATES);
  return names.join(',');
}

/** Whether an intent still is to be worked on. It is, where that cannot be told: work done twice is better than work lost. */
async function isUnfinished(gateway: Gateway, delivery: AgentDelivery, options: RequestOptions): Promise<boolean> {
  if (isTerminal(delivery)) return false;
  try {
    return !(await hasEnded(gateway, delivery.intent_id, options));
  } catch {
    options.signal?.throwIfAborted();
    return true;
  }
}
