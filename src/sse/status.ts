/** What an event stream is doing. */
export type EventStreamStatus =
  /** Nobody has asked for an event yet. */
  | { readonly state: 'idle' }
  /** A request is on its way, the `attempt`th since the last one that had events or was open for long. */
  | { readonly state: 'connecting'; readonly attempt: number }
  /** The server has accepted: what happens from now on is in the stream. */
  | { readonly state: 'open' }
  /** The connection ended, or failed with `error`; the next attempt is `delayMs` away. */
  | { readonly state: 'waiting'; readonly delayMs: number; readonly error: unknown }
  /** It is over. */
  | {
      readonly state: 'closed';
      /**
       * `no-content`: the server said 204; `ended`: the connection ended and `reconnect` is off; `closed`: by `break`, `return` or
       * `close()`; `aborted`: by the signal; `failed`: with `error`, which the iteration throws.
       */
      readonly reason: 'no-content' | 'ended' | 'closed' | 'aborted' | 'failed';
      readonly error?: unknown;
    };
