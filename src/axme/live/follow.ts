import { type HttpPath, quietly } from '../../http/index.js';
import { type EventStream, EventStreamError, eventStream, type ServerEvent } from '../../sse/index.js';
import { type AxmeError, AxmeProtocolError } from '../errors.js';
import type { Gateway } from '../gateway.js';
import type { RequestOptions } from '../options.js';
import { toAxmeError } from '../translate.js';
import { type Frame, readFrame } from './frame.js';
import { LiveEvents } from './live-events.js';
import type { PollingOptions } from './options.js';
import { type Polled, rounds, type Source } from './rounds.js';

/** How long a connection may say nothing beyond its window, in milliseconds: the service has to answer, and to end it. */
const GRACE_MS = 15_000;
/** Characters of the longest event: as much as an answer may be long. */
const LONGEST_EVENT = 2 ** 24;

/** A stream of the gateway and what goes with it. */
export interface Followed<T extends Frame> extends Pick<Source<T>, 'isLast'> {
  readonly path: HttpPath;
  /** Beside `since` and `wait_seconds`. */
  readonly query?: Readonly<Record<string, string | undefined>> | undefined;
  /** How the names of the stream's events begin. Others are the stream's own, such as `stream.timeout`. */
  readonly prefix: 'intent.' | 'session.';
  /** What the consumer gets of a frame. Default: the frame. */
  readonly toEvent?: ((frame: Frame, event: ServerEvent) => T) | undefined;
  /** See `Source.poll`. `options` are for each request that it makes. */
  readonly poll?: ((cursor: number, options: RequestOptions) => Promise<Polled<T>>) | undefined;
  /** Whether the consumer gets an event. Default: every one. `options` are for each request that it makes. */
  readonly keep?: ((event: T, options: RequestOptions) => Promise<boolean>) | undefined;
  /** What the consumer gets after `timeoutMs`; `undefined`: the end. */
  readonly expired: () => AxmeError | undefined;
}

/** Follows a stream until its last event: begun with the first event asked for, ended by whatever ends a call. */
export function follow<T extends Frame>(
  gateway: Gateway,
  { path, query, prefix, toEvent, poll, keep, isLast, expired }: Followed<T>,
  { since = 0, waitSeconds = 15, pollIntervalMs = 1000, timeoutMs, signal, ...options }: PollingOptions,
): LiveEvents<T> {
  const { clock, random, calls, http, logger } = gateway;
  const headers = gateway.headersFor(options);
  const traceId = headers['X-Trace-Id'];

  const open = (cursor: number, waitSeconds: number, signal: AbortSignal): EventStream =>
    eventStream({
      http,
      path,
      // As a function: the stream resumes by `since`, and no `Last-Event-ID` goes along (AXME contract §1.2).
      query: () => ({ since: cursor, wait_seconds: waitSeconds, ...query }),
      headers,
      reconnect: false,
      timeoutMs: waitSeconds * 1000 + GRACE_MS,
      idleTimeoutMs: waitSeconds * 1000 + GRACE_MS,
      maxEventLength: LONGEST_EVENT,
      decode: (response) => gateway.errorOf(response, [], traceId),
      signal,
      clock,
      random,
    });
  const read = (event: ServerEvent): T | undefined => {
    if (!event.type.startsWith(prefix)) return undefined;
    const frame = readFrame(event);
    return frame && (toEvent ? toEvent(frame, event) : (frame as T));
  };
  const onRetry = (error: unknown, delayMs: number) =>
    quietly(() =>
      logger?.warn(`GET ${path.template}: following it failed; next attempt in ${Math.round(delayMs)} ms.`, {
        scope: 'axme',
        delayMs,
        error,
      }),
    );
  const source: Source<T> = {
    open,
    read,
    isLast,
    poll: poll && ((cursor, signal) => poll(cursor, { traceId, signal })),
  };
  const all = (signal: AbortSignal) =>
    rounds(source, { since, waitSeconds, pollIntervalMs, timeoutMs, clock, random, onRetry }, signal);
  return new LiveEvents<T>({
    calls,
    clock,
    signal,
    timeoutMs,
    expired,
    translate: toLiveError,
    batches: keep ? (signal) => kept(all(signal), (event) => keep(event, { traceId, signal })) : all,
  });
}

/** Of all events those to keep, one at a time: what is not wanted yet is not asked about. */
async function* kept<T>(batches: AsyncIterable<readonly T[]>, keep: (event: T) => Promise<boolean>) {
  for await (const batch of batches) for (const event of batch) if (await keep(event)) yield [event];
}

/** What following a stream throws, as one of AXME's tree. */
function toLiveError(error: unknown): AxmeError {
  if (!(error instanceof EventStreamError)) return toAxmeError(error);
  return new AxmeProtocolError(error.message, { cause: error });
}
