/** What every error of the package may carry beside its code and message. */
export interface CountersignErrorInit<Detail = Readonly<Record<string, unknown>>> {
  /** What caused this error, kept for inspection. */
  readonly cause?: unknown;
  /** HTTP status of the answer that caused it. */
  readonly status?: number | undefined;
  /** The login request, permission or intent it is about, or the server's own request id. */
  readonly requestId?: string | undefined;
  /** Whether the same call may succeed when it is repeated. Default `false`. */
  readonly retryable?: boolean | undefined;
  /** How long the server asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** The server's structured detail, as it was sent. */
  readonly detail?: Detail | undefined;
}

// Registered symbols are shared by every copy of the package in a process, classes are not.
const BRAND = Symbol.for('countersign.error');

/**
 * The base of every error that countersign throws.
 *
 * `code` says what happened in a form for programs, `message` says it for people: what happened, what was expected and
 * what to do. Neither ever holds a token, a challenge, a nonce or a body.
 */
export class CountersignError<Code extends string = string, Detail = Readonly<Record<string, unknown>>> extends Error {
  override readonly name: string = 'CountersignError';
  readonly code: Code;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly detail: Detail | undefined;

  constructor(code: Code, message: string, init: CountersignErrorInit<Detail> = {}) {
    super(message, 'cause' in init ? { cause: init.cause } : undefined);
    this.code = code;
    this.status = init.status;
    this.requestId = init.requestId;
    this.retryable = init.retryable ?? false;
    this.retryAfterMs = init.retryAfterMs;
    this.detail = init.detail;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** A plain object for structured logs: `name`, `code`, `message` and what is known of the rest, without the cause. */
  toJSON(): Record<string, unknown> {
    const { name, code, message, status, requestId, retryable, retryAfterMs, detail } = this;
    return { name, code, message, status, requestId, retryable, retryAfterMs, detail };
  }
}

/** Whether `value` is an error of countersign, whichever copy of the package made it. */
export function isCountersignError(value: unknown): value is CountersignError<string, unknown> {
  return typeof value === 'object' && value !== null && BRAND in value;
}
