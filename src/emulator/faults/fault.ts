/** An answer given instead of the platform's. */
export interface ForcedAnswer {
  /** HTTP status, 200 to 599. */
  readonly status: number;
  /** A string is sent as it is, anything else as JSON. Default: no body. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The `Retry-After` header: seconds, or an HTTP date. */
  readonly retryAfter?: number | string | undefined;
}

/** Which requests go wrong, and how: exactly one of `respond`, `delayMs`, `lose` and `rewrite`. */
export interface Fault {
  /** Default: every method. A preflight (`OPTIONS`) never meets a fault. */
  readonly method?: string | undefined;
  /** The whole path as it is sent, without the query; in a string, `*` stands for any run of characters. */
  readonly path: string | RegExp;
  /** Only requests whose body is a JSON-RPC message of this method, as `tools/call`. */
  readonly rpcMethod?: string | undefined;
  /** How many requests it meets before it is used up. Default: every one until it is removed. */
  readonly times?: number | undefined;
  /** Answers this; the platform never sees the request. */
  readonly respond?: ForcedAnswer | undefined;
  /** Waits so many milliseconds of the emulator's clock before the platform sees the request; ends when the caller aborts. */
  readonly delayMs?: number | undefined;
  /**
   * Cuts the connection: `before` the platform sees the request; `midway` through the answer, when its head and half
   * of its first event are sent; or `after` the platform has acted, so that only the answer is lost.
   */
  readonly lose?: 'before' | 'midway' | 'after' | undefined;
  /** Replaces the platform's JSON answer; status and headers stay. An answer that is not JSON is left alone. */
  readonly rewrite?: ((json: unknown) => unknown) | JsonEdits | undefined;
}

/** Changes to a JSON document; what they change is named by JSON Pointers (RFC 6901), as `/data/expires_at`. */
export interface JsonEdits {
  /** Done after the removals. Parents that are missing are made, as objects. */
  readonly set?: Readonly<Record<string, unknown>> | undefined;
  /** What is not there is passed over. */
  readonly remove?: readonly string[] | undefined;
}

/** A fault that was added. */
export interface FaultHandle {
  /** How many requests it has met. */
  readonly hits: number;
  /** Takes it away again. */
  remove(): void;
}

/** What goes wrong on purpose. Of several faults that fit a request, the one added first meets it. */
export interface Faults {
  /** @throws {EmulatorInputError} the rule has the wrong shape, or not exactly one effect. */
  add(fault: Fault): FaultHandle;
  /** Takes all of them away. */
  clear(): void;
}
