import type { Clock } from '../runtime/clock.js';
import type { Logger } from './logger.js';
import type { HttpHooks } from './observer.js';

/** What every client of the package takes beside its platform's own options. */
export interface TransportOptions {
  /** Default: the runtime's own, looked up at each request. Always called unbound. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Gets each request (debug) and each retry (warn) under the client's scope, such as `lime`. Default: none. */
  readonly logger?: Logger | undefined;
  /** For tracing and metrics. */
  readonly hooks?: HttpHooks | undefined;
  /** Time for deadlines and back-off. Default: the runtime's own. */
  readonly clock?: Clock | undefined;
  /** Numbers in [0, 1), for the jitter of the back-off. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}
