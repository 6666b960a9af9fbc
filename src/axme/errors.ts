import { CountersignError, type CountersignErrorInit } from '../errors.js';

/** The `code` of AXME's errors: those of this package, those that the service is known to send, and any other of its own. */
export type AxmeErrorCode =
  // Of this package. A refusal without a code of its own has `HTTP_<status>`.
  | 'INVALID_INPUT'
  | 'INVALID_RESPONSE'
  | 'NETWORK_ERROR'
  | 'TIMEOUT'
  | 'OUTCOME_UNKNOWN'
  | 'UNEXPECTED_REDIRECT'
  | 'BODY_TOO_LARGE'
  | 'CLOSED'
  | 'UNEXPECTED_FAILURE'
  | `HTTP_${number}`
  // Of the service (AXME contract §5.5).
  | 'missing_platform_api_key'
  | 'invalid_platform_api_key'
  | 'missing_actor_token'
  | 'invalid_actor_token'
  | 'invalid_actor_scope'
  | 'rate_limit_exceeded'
  | 'stale_policy_generation'
  | 'agent_not_found'
  | 'invalid_agent_address'
  | 'schema_invalid'
  | 'auth_failed'
  | 'policy_denied'
  | 'delivery_failed'
  | 'intent_timeout'
  | 'internal_error'
  | (string & {});

/** What the service says of a refusal beside its message: a text, one entry a field, or an object. */
export type AxmeErrorDetail = string | readonly unknown[] | Readonly<Record<string, unknown>>;

type Init = CountersignErrorInit<AxmeErrorDetail>;

/**
 * The base of every error of AXME's client (AXME contract §5.4). Thrown as it is for `UNEXPECTED_REDIRECT` and
 * `BODY_TOO_LARGE`.
 */
export class AxmeError extends CountersignError<AxmeErrorCode, AxmeErrorDetail> {
  override readonly name: string = 'AxmeError';
}

/** An option or argument has the wrong form. Nothing was sent. Code `INVALID_INPUT`. */
export class AxmeInputError extends AxmeError {
  override readonly name = 'AxmeInputError';
  /** The option, argument or body field that it is about, by the name to use. */
  readonly field: string | undefined;

  constructor(message: string, init: { readonly field?: string | undefined; readonly cause?: unknown } = {}) {
    super('INVALID_INPUT', message, 'cause' in init ? { cause: init.cause } : {});
    this.field = init.field;
  }
}

/** The connection failed, and nothing was changed by it that may not be done again. Code `NETWORK_ERROR`. */
export class AxmeNetworkError extends AxmeError {
  override readonly name = 'AxmeNetworkError';

  constructor(message: string, init: Init = {}) {
    super('NETWORK_ERROR', message, { ...init, retryable: true });
  }
}

/** No answer came within `timeoutMs`, or what was waited for did not happen in time. Code `TIMEOUT`. */
export class AxmeTimeoutError extends AxmeError {
  override readonly name = 'AxmeTimeoutError';

  constructor(message: string, init: Init = {}) {
    super('TIMEOUT', message, { ...init, retryable: true });
  }
}

/**
 * A call that changes something was sent, and its answer was lost: it may or may not have been carried out. Look first, or
 * make the same call again with `idempotencyKey` if it had one. Code `OUTCOME_UNKNOWN`.
 */
export class AxmeOutcomeUnknownError extends AxmeError {
  override readonly name = 'AxmeOutcomeUnknownError';
  /** The key that the call was sent with, whether the caller gave it or the client made it. */
  readonly idempotencyKey: string | undefined;

  constructor(message: string, init: Init & { readonly idempotencyKey?: string | undefined }) {
    super('OUTCOME_UNKNOWN', message, init);
    this.idempotencyKey = init.idempotencyKey;
  }
}

/** The client was closed, before the call or during it. Code `CLOSED`. */
export class AxmeClosedError extends AxmeError {
  override readonly name = 'AxmeClosedError';

  constructor() {
    super('CLOSED', 'The client is closed, so the request was not made or was broken off. Create a new client.');
  }
}

/** What is known of an answer that is an error. */
export interface AxmeHttpErrorInit extends Init {
  readonly status: number;
  /** The parsed body, with every secret taken out. */
  readonly body?: unknown;
  readonly traceId?: string | undefined;
}

/**
 * The service refused the call: `message` is `HTTP <status>: <what it said>`, and `code` and `detail` are its own. Thrown as
 * it is for statuses that have no class of their own.
 */
export class AxmeHttpError extends AxmeError {
  override readonly name: string = 'AxmeHttpError';
  declare readonly status: number;
  readonly #body: unknown;
  /** The trace id of the call, as the service or the client set it. */
  readonly traceId: string | undefined;

  constructor(code: AxmeErrorCode, message: string, init: AxmeHttpErrorInit) {
    super(code, `HTTP ${init.status}: ${message}`, init);
    this.#body = init.body;
    this.traceId = init.traceId;
  }

  /** `status` under the name that AXME's users know. */
  get statusCode(): number {
    return this.status;
  }

  /** The body of the answer as parsed JSON, or `undefined` if it was none. Secrets are `***`. Log lines do not have it. */
  get body(): unknown {
    return this.#body;
  }

  /** How long the service asked us to wait, in seconds: `retryAfterMs` under the name that AXME's users know. */
  get retryAfter(): number | undefined {
    return this.retryAfterMs === undefined ? undefined : this.retryAfterMs / 1000;
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), traceId: this.traceId };
  }
}

/** `AxmeHttpError` under the name that the public documentation has for it. */
export const AxmeAPIError: typeof AxmeHttpError = AxmeHttpError;
export type AxmeAPIError = AxmeHttpError;

/** The credential is missing, unknown, or may not do this. Status 401 or 403. */
export class AxmeAuthError extends AxmeHttpError {
  override readonly name = 'AxmeAuthError';
}

/** What the call names does not exist. Status 404. */
export class AxmeNotFoundError extends AxmeHttpError {
  override readonly name = 'AxmeNotFoundError';
}

/** The service does not take the request as it is. Status 400, 413 or 422; its subclass `AxmeConflictError`: 409. */
export class AxmeValidationError extends AxmeHttpError {
  override readonly name: string = 'AxmeValidationError';
}

/**
 * The request does not fit the state of things: the intent is finished, the nick is taken, the idempotency key was used for
 * something else, or `expected_policy_generation` is stale. Status 409, also where the service reports a stale generation
 * as a success that was not applied (AXME contract §2.5.1).
 */
export class AxmeConflictError extends AxmeValidationError {
  override readonly name = 'AxmeConflictError';

  /** The current generation of the intent's controls and policy, if the service told. */
  get policyGeneration(): number | undefined {
    const { policy_generation: generation } = (this.body ?? {}) as { policy_generation?: unknown };
    return typeof generation === 'number' ? generation : undefined;
  }
}

/** Too many requests: wait `retryAfterMs`, if the service told. Status 429. */
export class AxmeRateLimitError extends AxmeHttpError {
  override readonly name = 'AxmeRateLimitError';
}

/** The service failed. Status 500 or above. */
export class AxmeServerError extends AxmeHttpError {
  override readonly name = 'AxmeServerError';
}

/**
 * A success whose body is not what AXME's contract says. Code `INVALID_RESPONSE`; the status is 502, as if a gateway had
 * garbled the answer, which is what AXME's published clients say.
 */
export class AxmeProtocolError extends AxmeHttpError {
  override readonly name = 'AxmeProtocolError';

  constructor(message: string, init: Omit<AxmeHttpErrorInit, 'status'> = {}) {
    super('INVALID_RESPONSE', message, { ...init, status: 502 });
  }
}
