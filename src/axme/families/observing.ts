import type { Family } from '../family.js';
import { type AgentDelivery, type ListenOptions, listen } from '../live/listen.js';
import { type ListenSessionOptions, listenSession, type SessionEvent } from '../live/listen-session.js';
import type { LiveEvents } from '../live/live-events.js';
import { type ObserveOptions, observe, type WaitForOptions, waitFor } from '../live/observe.js';
import type { IntentEvent } from './intents.js';

/**
 * What happens, as it happens (AXME contract §4). Each iteration begins with the first event asked for, hands over each event
 * once and in order, and is iterated once; `break`, `signal` and the client's `close()` end it and free its connection.
 *
 * What passes is waited for, ever more seldom: a lost connection, 429, 5xx. Without `timeoutMs` or `signal` that can be for
 * ever; the logger is told of each wait (`warn`).
 */
export interface ObservingMethods {
  /**
   * The events of an intent, from its first or from after `since`, until it has ended: live where the gateway has streams,
   * else by polls. Keep the last `seq`, and hand it over as `since` to go on after a restart.
   *
   * @throws {AxmeInputError} an argument has the wrong form; at once.
   * @throws {AxmeNotFoundError} there is no such intent; like every other error, from the iteration.
   * @throws {AxmeTimeoutError} the intent did not end within `timeoutMs`.
   */
  observe(intentId: string, options?: ObserveOptions): LiveEvents<IntentEvent>;
  /**
   * The event with which an intent ended (COMPLETED, FAILED, CANCELED, TIMED_OUT), whichever it was, or the first one that
   * reached one of `states`. A plain intent that was resumed is at work until it is resolved: to wait for no more than that,
   * ask for `states: 'handed-off'`, and pass `since`, since events of the past count.
   *
   * @throws {AxmeInputError} an argument has the wrong form, or the intent had ended before `since`.
   * @throws {AxmeNotFoundError} there is no such intent.
   * @throws {AxmeTimeoutError} it did not happen within `timeoutMs`.
   */
  waitFor(intentId: string, options?: WaitForOptions): Promise<IntentEvent>;
  /**
   * The intents that reach an agent, without end. Fetch each by its id, do the work, finish it (`resumeIntent` or
   * `resolveIntent`), and keep its `seq` for `since`: delivery is at least once.
   *
   * @throws {AxmeInputError} an argument has the wrong form; at once.
   * @throws {AxmeNotFoundError} there is no such agent, or the gateway has no such stream: polls cannot replace it.
   * @throws {AxmeTimeoutError} `timeoutMs` is over.
   */
  listen(address: string, options?: ListenOptions): LiveEvents<AgentDelivery>;
  /**
   * The feed of a session until it is completed: live where the gateway has streams, else by polls. After `timeoutMs` it
   * just ends, as in AXME's published client; the last event says whether the session was completed.
   *
   * @throws {AxmeInputError} an argument has the wrong form; at once.
   * @throws {AxmeNotFoundError} there is no such session.
   */
  listenSession(sessionId: string, options?: ListenSessionOptions): LiveEvents<SessionEvent>;
}

export const observing: Family<ObservingMethods> = { observe, waitFor, listen, listenSession };
