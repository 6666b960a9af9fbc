/** Options that every method takes, last. */
export interface RequestOptions {
  /** `X-Trace-Id` of the call and of all its attempts. Default: a v4 UUID, unless `autoTraceId` is off. */
  readonly traceId?: string | undefined;
  /** Ends the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for each attempt, headers and body. Default: the client's. */
  readonly timeoutMs?: number | undefined;
}

/** Options of every method that changes something. */
export interface WriteOptions extends RequestOptions {
  /**
   * `Idempotency-Key` of the call (AXME contract §5.1): with one, an attempt whose answer was lost is sent again. An empty
   * string counts as none.
   */
  readonly idempotencyKey?: string | undefined;
}

/** Options of methods that read what an agent owns. */
export interface OwnerOptions extends RequestOptions {
  /** The agent whose inbox or subscription it is. Default: the credential's own. */
  readonly ownerAgent?: string | undefined;
}

/** Options of methods that change what an agent owns. */
export interface OwnerWriteOptions extends WriteOptions, OwnerOptions {}

/** Options of the methods that steer an intent. */
export interface ControlOptions extends OwnerWriteOptions {
  /** The owner as the header `x-owner-agent`. If `ownerAgent` is given too, they must be the same. */
  readonly xOwnerAgent?: string | undefined;
  /** The whole value of the header `Authorization`; it replaces the client's actor token for this call. */
  readonly authorization?: string | undefined;
}
