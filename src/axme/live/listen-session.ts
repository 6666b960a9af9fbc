import { checkText, readOptions } from '../arguments.js';
import { AxmeProtocolError } from '../errors.js';
import type { Gateway } from '../gateway.js';
import type { AnyOf, Open } from '../open.js';
import type { RequestOptions } from '../options.js';
import { pathOf } from '../path.js';
import { follow } from './follow.js';
import { isFrame, seqOf } from './frame.js';
import type { LiveEvents } from './live-events.js';
import { checkLiveOptions, type PollingOptions } from './options.js';
import type { Polled } from './rounds.js';

/** Something that happened in a session (AXME contract §4.5). */
export interface SessionEvent extends Open {
  readonly type: AnyOf<'session.message' | 'session.completed'>;
  /** Where to resume. The end that was found out by a poll has none. */
  readonly seq?: number | undefined;
  readonly role?: string | undefined;
  readonly content?: unknown;
}

/** `waitSeconds` is 30 by default. */
export type ListenSessionOptions = PollingOptions;

/** The feed of a session until it is completed (AXME contract §4.5). See `ObservingMethods.listenSession`. */
export function listenSession(
  gateway: Gateway,
  sessionId: string,
  options: ListenSessionOptions = {},
): LiveEvents<SessionEvent> {
  checkText('sessionId', sessionId);
  readOptions('listenSession', options);
  checkLiveOptions(options);
  const params = { session_id: sessionId };

  // First whether it is completed, then the messages: one that came just before its completion is not lost.
  const poll = async (cursor: number, options: RequestOptions): Promise<Polled<SessionEvent>> => {
    const completed = await completionOf(gateway, sessionId, options);
    const line = { verb: 'GET', path: '/v1/sessions/{session_id}/messages' } as const;
    const query = { since: cursor > 0 ? cursor : undefined };
    const { messages } = await gateway.call<{ messages?: unknown }>(line, { params, query, options });
    if (!Array.isArray(messages) || !messages.every(isFrame)) {
      throw new AxmeProtocolError('the answer has no list `messages` of objects.');
    }
    const events = messages.map((message): SessionEvent => ({ type: 'session.message', ...message }));
    // A list may be cut: the end comes after all that is new.
    const news = events.some((event) => (seqOf(event) ?? 0) > cursor);
    return { events: completed && !news ? [...events, completed] : events };
  };
  return follow<SessionEvent>(
    gateway,
    {
      path: pathOf('/v1/sessions/{session_id}/feed/stream', params),
      prefix: 'session.',
      toEvent: (frame, { type }) => ({ type, ...frame }),
      poll,
      isLast: isCompletion,
      // As the published client does: a program reads a feed for as long as it likes.
      expired: () => undefined,
    },
    { waitSeconds: 30, ...options },
  );
}

async function completionOf(
  gateway: Gateway,
  sessionId: string,
  options: RequestOptions,
): Promise<SessionEvent | undefined> {
  const line = { verb: 'GET', path: '/v1/sessions/{session_id}' } as const;
  const { session } = await gateway.call<{ session?: unknown }>(line, { params: { session_id: sessionId }, options });
  if (!isFrame(session) || session['status'] !== 'COMPLETED') return undefined;
  return { type: 'session.completed', session_id: sessionId, status: 'COMPLETED', result: session['result'] };
}

/** Some gateways say it in `event`. */
function isCompletion(event: SessionEvent): boolean {
  return event.type === 'session.completed' || event['event'] === 'session.completed';
}
