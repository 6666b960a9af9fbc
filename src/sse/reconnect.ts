import { systemClock } from '../runtime/clock.js';
import { readEvents } from './connection.js';
import { delayMs } from './delay.js';
import type { ServerEvent } from './event.js';
import { type Failure, failureOf } from './failure.js';
import type { EventStreamOptions } from './options.js';
import { EventParser } from './parser.js';
import { connect, refresh } from './request.js';
import type { EventStreamStatus } from './status.js';

/** What the loop shares with the stream that it serves. */
export interface StreamState {
  lastEventId: string;
  setStatus(status: EventStreamStatus): void;
}

/** A long poll that was open for less did not end by itself. */
const SHORTEST_POLL_MS = 1000;

/**
 * Connects, again and again, and hands over the events as they come. Returns why it has finished.
 *
 * @throws what ends the stream: the signal's reason, a refusal, an answer that is no event stream, what a hook throws.
 */
export async function* reconnect(
  options: EventStreamOptions,
  state: StreamState,
  signal: AbortSignal,
): AsyncGenerator<readonly ServerEvent[], 'no-content' | 'ended', void> {
  const { backoff = { baseMs: 500, capMs: 30_000 }, clock = systemClock, random = Math.random } = options;
  const { idleTimeoutMs = 310_000, maxEventLength = 2 ** 20, longPoll = false } = options;
  /** Attempts in a row without an event. */
  let fruitless = 0;
  let mayRefresh = true;
  let retryMs: number | undefined;

  for (;;) {
    state.setStatus({ state: 'connecting', attempt: fruitless + 1 });
    let failure: Failure | undefined;
    let pollEnded = false;
    const answer = await connect(options, state.lastEventId, signal);
    fruitless += 1;
    if (answer.kind === 'no-content') return 'no-content';
    if (answer.kind === 'failed') {
      if (mayRefresh && (await refresh(answer, options, signal))) {
        mayRefresh = false;
        fruitless -= 1;
        continue;
      }
      failure = answer;
    } else {
      mayRefresh = true;
      state.setStatus({ state: 'open' });
      const openedAt = clock.monotonic();
      const parser = new EventParser({ maxLength: maxEventLength, lastEventId: state.lastEventId });
      try {
        for await (const events of readEvents(answer.stream, parser, { clock, idleTimeoutMs, maxEventLength })) {
          if (events.length > 0) {
            fruitless = 0;
            yield events;
          }
          // The consumer has dealt with these events, or it would not have asked for more.
          state.lastEventId = parser.lastEventId;
          retryMs = parser.retryMs ?? retryMs;
        }
        pollEnded = longPoll && clock.monotonic() - openedAt >= SHORTEST_POLL_MS;
      } catch (error) {
        failure = failureOf(error);
      }
    }
    signal.throwIfAborted();
    if (failure?.final || (failure && options.reconnect === false)) throw failure.error;
    if (options.reconnect === false) return 'ended';
    if (pollEnded) {
      fruitless = 0;
      continue;
    }
    const { error, retryAfterMs } = failure ?? {};
    const delay = delayMs({ retry: Math.max(0, fruitless - 1), retryMs, retryAfterMs }, backoff, random);
    state.setStatus({ state: 'waiting', delayMs: delay, error });
    await clock.sleep(delay, { signal });
  }
}
