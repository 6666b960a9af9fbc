import type { Backoff, HttpClient, HttpPath, HttpResponse } from '../http/index.js';
import type { Clock } from '../runtime/clock.js';
import type { EventStreamStatus } from './status.js';

type Headers = Readonly<Record<string, string | undefined>>;
type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface EventStreamOptions {
  readonly http: HttpClient;
  readonly path: HttpPath;
  /** Asked anew for each attempt if it is a function. `Accept` is set. */
  readonly headers?: Headers | ((init: { readonly signal: AbortSignal }) => Headers | Promise<Headers>) | undefined;
  /**
   * As a function it is asked anew for each attempt, with the last event id, and the stream resumes by what it returns: no
   * `Last-Event-ID` header is sent.
   */
  readonly query?: Query | ((lastEventId: string) => Query) | undefined;
  /** Where an earlier stream left off. */
  readonly lastEventId?: string | undefined;
  /** Milliseconds until the headers of each attempt. Default: the client's. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds without a byte after which a connection is given up. Default 310,000. */
  readonly idleTimeoutMs?: number | undefined;
  /** Characters (UTF-16 code units) of the longest line, and of the longest data of an event. Default 2^20. */
  readonly maxEventLength?: number | undefined;
  /**
   * Whether to connect again after a connection has ended or failed. Default `true`. If not, iteration finishes with the
   * connection, or throws its error.
   */
  readonly reconnect?: boolean | undefined;
  /**
   * The stream is a long poll, which ends by itself: after a connection that was open for a second or more and ended
   * cleanly, the next one is made at once. Default `false`.
   */
  readonly longPoll?: boolean | undefined;
  /** Default 500 ms, doubling up to 30 s. It starts anew only after an event. */
  readonly backoff?: Backoff | undefined;
  /** Statuses that end the stream although others like them do not, such as 501. */
  readonly finalStatuses?: readonly number[] | undefined;
  /**
   * Called after a 401 or 403, once until a connection succeeds. `true`: credentials are new, `headers` has them, try again at
   * once. What it throws ends the stream.
   */
  readonly refresh?:
    | ((status: 401 | 403, init: { readonly signal: AbortSignal }) => boolean | Promise<boolean>)
    | undefined;
  /** The error that an answer means which is no stream. Default `EventStreamRefusedError`. */
  readonly decode?: ((response: HttpResponse) => Error) | undefined;
  /** Told of every change. What it throws is ignored. */
  readonly onStatus?: ((status: EventStreamStatus) => void) | undefined;
  /** Ends the stream; the iteration throws its reason. */
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
  /** Numbers in [0, 1), for the jitter. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}
