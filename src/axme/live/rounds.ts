import { backoffMs } from '../../http/index.js';
import type { Clock } from '../../runtime/clock.js';
import type { EventStream, ServerEvent } from '../../sse/index.js';
import { Cursor } from './cursor.js';
import type { Frame } from './frame.js';
import { isTransient, isUnsupported, retryAfterOf } from './stream-failure.js';

/** Where events come from. */
export interface Source<T extends Frame> {
  /** One window of the stream: what comes after `cursor`, for `waitSeconds` at most. It does not connect again by itself. */
  open(cursor: number, waitSeconds: number, signal: AbortSignal): EventStream;
  /** What an event of the stream says; `undefined` if it is none for the consumer. */
  read(event: ServerEvent): T | undefined;
  /** Asks once for what comes after `cursor`. A source without it needs a gateway with streams. */
  readonly poll?: ((cursor: number, signal: AbortSignal) => Promise<Polled<T>>) | undefined;
  /** Whether nothing comes after this event. */
  isLast(event: T): boolean;
}

export interface Polled<T> {
  readonly events: readonly T[];
  /** Nothing comes after these, though none of them says so. */
  readonly over?: boolean | undefined;
}

export interface RoundsOptions {
  readonly since: number;
  readonly waitSeconds: number;
  readonly pollIntervalMs: number;
  /** Milliseconds for all rounds together. */
  readonly timeoutMs: number | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  /** Told of what failed and is tried again. */
  readonly onRetry: (error: unknown, delayMs: number) => void;
}

/** The least time between two requests of a kind that brought nothing new, whatever is asked for and however short the jitter. */
const LEAST_DELAY_MS = 100;
const BACKOFF = { baseMs: 500, capMs: 30_000 };

/** One of the two ways to ask: how often in a row it has failed, and when it may be tried next on the clock's monotonic scale. */
interface Lane {
  failures: number;
  nextAt: number;
}

/**
 * The events of a source, in order and each once, for as long as it takes: a window of the stream, a poll for what the stream
 * may have missed, and again (AXME contract §4.2). What fails and may pass is tried again, ever more seldom; while the stream
 * fails, the polls go on. Without streams there are polls alone.
 *
 * @throws what will not pass: a refusal, or an answer that is none.
 */
export async function* rounds<T extends Frame>(
  source: Source<T>,
  options: RoundsOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly T[], void, void> {
  const { clock, random, onRetry, timeoutMs = Number.POSITIVE_INFINITY } = options;
  const pace = Math.max(LEAST_DELAY_MS, options.pollIntervalMs);
  const deadline = clock.monotonic() + timeoutMs;
  const cursor = new Cursor<T>(options.since, (event) => source.isLast(event));
  const streams: Lane = { failures: 0, nextAt: 0 };
  const polls: Lane = { failures: 0, nextAt: source.poll ? 0 : Number.POSITIVE_INFINITY };

  const succeeded = (lane: Lane, startedAt: number, news: boolean) => {
    lane.failures = 0;
    lane.nextAt = news ? 0 : startedAt + pace;
  };
  const failed = (lane: Lane, error: unknown) => {
    signal.throwIfAborted();
    if (!isTransient(error)) throw error;
    const delay = Math.max(LEAST_DELAY_MS, retryAfterOf(error) + backoffMs(lane.failures, BACKOFF, random));
    lane.failures += 1;
    lane.nextAt = clock.monotonic() + delay;
    onRetry(error, delay);
  };

  for (;;) {
    const startedAt = clock.monotonic();
    if (streams.nextAt <= startedAt) {
      const since = cursor.seq;
      const window = source.open(since, windowSeconds(options.waitSeconds, deadline - startedAt), signal);
      try {
        for (let events = await window.nextBatch(); events; events = await window.nextBatch()) {
          const news = cursor.take(events.map((event) => source.read(event)));
          if (news.length > 0) yield news;
          if (cursor.ended) return;
        }
        succeeded(streams, startedAt, cursor.seq > since);
      } catch (error) {
        if (cursor.seq > since) streams.failures = 0;
        if (source.poll && isUnsupported(error)) streams.nextAt = Number.POSITIVE_INFINITY;
        else failed(streams, error);
      } finally {
        await window.close();
      }
    }
    if (source.poll && polls.nextAt <= clock.monotonic()) {
      const since = cursor.seq;
      try {
        const { events, over = false } = await source.poll(since, signal);
        const news = cursor.take(events);
        if (news.length > 0) yield news;
        if (cursor.ended || over) return;
        succeeded(polls, startedAt, cursor.seq > since);
      } catch (error) {
        failed(polls, error);
      }
    }
    const delay = Math.min(streams.nextAt, polls.nextAt) - clock.monotonic();
    if (delay > 0) await clock.sleep(delay, { signal });
  }
}

/** A window that ends in time: the whole seconds that are left, at least one (AXME contract §4.2). */
function windowSeconds(waitSeconds: number, leftMs: number): number {
  return Math.max(1, Math.min(waitSeconds, Math.floor(leftMs / 1000)));
}
