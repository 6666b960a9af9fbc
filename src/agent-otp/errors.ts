import { CountersignError, type CountersignErrorInit } from '../errors.js';
import type { PermissionResponse } from './permission.js';

/** The `code` of Agent OTP's errors: those of this package, those that servers are known to send, and any other of theirs. */
export type AgentOtpErrorCode =
  // Of this package.
  | 'MISSING_API_KEY'
  | 'INVALID_API_KEY'
  | 'INVALID_RESPONSE'
  | 'NETWORK_ERROR'
  | 'TIMEOUT'
  | 'UNEXPECTED_REDIRECT'
  | 'BODY_TOO_LARGE'
  | 'OUTCOME_UNKNOWN'
  | 'APPROVAL_TIMEOUT'
  | 'PERMISSION_DENIED'
  | 'PERMISSION_EXPIRED'
  | 'TOKEN_MISSING'
  | 'DECRYPTION_ERROR'
  | 'CLOSED'
  | 'UNEXPECTED_FAILURE'
  | 'API_ERROR'
  // Of the servers (Agent OTP contract §4.1, §2.4, §2.6).
  | 'VALIDATION_ERROR'
  | 'UNAUTHORIZED'
  | 'EXPIRED_API_KEY'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'RATE_LIMITED'
  | 'INTERNAL_ERROR'
  | 'SERVICE_UNAVAILABLE'
  | 'INVALID_TOKEN'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_REVOKED'
  | 'TOKEN_USED'
  | 'OTP_NOT_FOUND'
  | 'OTP_EXPIRED'
  | 'OTP_ALREADY_CONSUMED'
  | 'OTP_APPROVAL_DENIED'
  | 'OTP_CANCELLED'
  | (string & {});

/**
 * The base of every error of Agent OTP's client (Agent OTP contract §4). Thrown as it is where no other class fits:
 * `UNEXPECTED_REDIRECT`, `BODY_TOO_LARGE`, `CLOSED`, a server's own codes. No message, detail or JSON holds a key or a token.
 */
export class AgentOtpError extends CountersignError<AgentOtpErrorCode> {
  override readonly name: string = 'AgentOtpError';

  /** `detail` under the name that Agent OTP's users know. */
  get details(): Readonly<Record<string, unknown>> | undefined {
    return this.detail;
  }

  /** How long the server asked us to wait, in seconds: `retryAfterMs` under the name that Agent OTP's users know. */
  get retryAfter(): number | undefined {
    return this.retryAfterMs === undefined ? undefined : this.retryAfterMs / 1000;
  }
}

/** The API key is missing, malformed or refused. Without `status`, nothing was sent. HTTP 401. */
export class AuthenticationError extends AgentOtpError {
  override readonly name = 'AuthenticationError';
}

/** The agent is inactive, or the object belongs to somebody else. HTTP 403. */
export class ForbiddenError extends AgentOtpError {
  override readonly name = 'ForbiddenError';
}

/** There is no such object, or not for this agent or owner. HTTP 404. */
export class NotFoundError extends AgentOtpError {
  override readonly name: string = 'NotFoundError';
}

/** The object is in a state that does not allow it, such as a permission that was decided. HTTP 409. */
export class ConflictError extends AgentOtpError {
  override readonly name = 'ConflictError';
}

/**
 * An option or argument has the wrong form: `details` has a message for each field. Without `status` this client found it and
 * nothing was sent; else HTTP 400 or 422.
 */
export class ValidationError extends AgentOtpError {
  override readonly name = 'ValidationError';
}

/** Too many requests: wait `retryAfterMs` milliseconds, if the server said so. HTTP 429. */
export class RateLimitError extends AgentOtpError {
  override readonly name = 'RateLimitError';

  /** How many requests a minute has, if the server said so. */
  get limit(): number | undefined {
    return numberOf(this.detail, 'limit');
  }

  /** How many of them are left, if the server said so. */
  get remaining(): number | undefined {
    return numberOf(this.detail, 'remaining');
  }
}

/** The server failed. HTTP 5xx. */
export class ServerError extends AgentOtpError {
  override readonly name = 'ServerError';
}

/** No complete answer came, since the connection could not be made or was lost. Code `NETWORK_ERROR`. */
export class NetworkError extends AgentOtpError {
  override readonly name = 'NetworkError';
}

/** No complete answer came within `timeoutMs`. Code `TIMEOUT`; its subclass is about a human's answer. */
export class TimeoutError extends AgentOtpError {
  override readonly name: string = 'TimeoutError';
}

/** An answer is not what the contract says. Code `INVALID_RESPONSE`. */
export class AgentOtpProtocolError extends AgentOtpError {
  override readonly name = 'AgentOtpProtocolError';
  /** The field that is missing or malformed; `undefined` if it is the answer as a whole. */
  readonly field: string | undefined;

  constructor(message: string, init: CountersignErrorInit & { readonly field?: string | undefined }) {
    super('INVALID_RESPONSE', message, init);
    this.field = init.field;
  }
}

/**
 * What was asked may or may not have been done: it was sent, and its answer was lost, or the server failed on the way. It is
 * never sent again by itself. Code `OUTCOME_UNKNOWN`; `cause` is what went wrong (Agent OTP contract §5).
 */
export class OutcomeUnknownError extends AgentOtpError {
  override readonly name = 'OutcomeUnknownError';
  /**
   * Of a token or a code, the status that its permission or relay request was found to have afterwards, if it could be asked:
   * `'used'` or `'consumed'` means that it was spent.
   */
  readonly statusAfter: string | undefined;

  constructor(message: string, init: CountersignErrorInit & { readonly statusAfter?: string | undefined }) {
    super('OUTCOME_UNKNOWN', message, init);
    this.statusAfter = init.statusAfter;
  }
}

interface PermissionErrorInit extends CountersignErrorInit {
  readonly permission?: PermissionResponse | undefined;
}

/**
 * Nobody decided in time. `permission` is what was last known: go on with `waitForDecision(error.permission.id)`. Code
 * `APPROVAL_TIMEOUT`; `cause` is the last failure to ask, if asking failed.
 */
export class ApprovalTimeoutError extends TimeoutError {
  override readonly name = 'ApprovalTimeoutError';
  /** `undefined` only if the server could not be asked once. */
  readonly permission: PermissionResponse | undefined;

  constructor(message: string, init: PermissionErrorInit) {
    super('APPROVAL_TIMEOUT', message, { ...init, retryable: true });
    this.permission = init.permission;
  }
}

/** The permission was denied, and an error was asked for. Code `PERMISSION_DENIED`. */
export class PermissionDeniedError extends AgentOtpError {
  override readonly name = 'PermissionDeniedError';
  readonly permission: PermissionResponse;

  constructor(permission: PermissionResponse) {
    const { id: requestId, reason = 'no reason was given' } = permission;
    super('PERMISSION_DENIED', `The permission was denied: ${reason}.`, { requestId });
    this.permission = permission;
  }

  /** Why, in the words of the policy or the human. */
  get reason(): string | undefined {
    return this.permission.reason;
  }

  /** Who decided: `auto`, `user`, or what the server says. */
  get deniedBy(): string | undefined {
    return this.permission.decidedBy;
  }
}

/** The permission expired undecided, and an error was asked for. Code `PERMISSION_EXPIRED`. */
export class PermissionExpiredError extends AgentOtpError {
  override readonly name = 'PermissionExpiredError';
  readonly permission: PermissionResponse;

  constructor(permission: PermissionResponse) {
    const { id: requestId } = permission;
    super('PERMISSION_EXPIRED', 'The permission expired before anybody decided. Ask again.', { requestId });
    this.permission = permission;
  }
}

/**
 * The permission was approved, but the server gave out no token. Servers of the first generation put it nowhere but into the
 * answer of the one who decides (Agent OTP contract §3.5). Code `TOKEN_MISSING`.
 */
export class TokenMissingError extends AgentOtpError {
  override readonly name = 'TokenMissingError';
  readonly permission: PermissionResponse;

  constructor(permission: PermissionResponse) {
    const { id: requestId } = permission;
    super(
      'TOKEN_MISSING',
      'The permission was approved, but the server left its token out: it gives the token to nobody but the one who decides. Have that one hand it over, or use a server that answers the agent with it.',
      { requestId },
    );
    this.permission = permission;
  }
}

/** The token is none of this permission's. Code `INVALID_TOKEN`. */
export class InvalidTokenError extends AgentOtpError {
  override readonly name = 'InvalidTokenError';
}

/** The token's life is over. Code `TOKEN_EXPIRED`. */
export class TokenExpiredError extends AgentOtpError {
  override readonly name = 'TokenExpiredError';

  /** When, as the server wrote it. */
  get expiredAt(): string | undefined {
    return textOf(this.detail, 'expiredAt');
  }
}

/** The token was spent. Code `TOKEN_USED`. */
export class TokenUsedError extends AgentOtpError {
  override readonly name = 'TokenUsedError';

  /** When, as the server wrote it. */
  get usedAt(): string | undefined {
    return textOf(this.detail, 'usedAt');
  }
}

/** The token was revoked. Code `TOKEN_REVOKED`. */
export class TokenRevokedError extends AgentOtpError {
  override readonly name = 'TokenRevokedError';

  /** When, as the server wrote it. */
  get revokedAt(): string | undefined {
    return textOf(this.detail, 'revokedAt');
  }

  /** Who did, if the server says so. */
  get revokedBy(): string | undefined {
    return textOf(this.detail, 'revokedBy');
  }
}

/** There is no such relay request. Code `OTP_NOT_FOUND`. */
export class OTPNotFoundError extends NotFoundError {
  override readonly name = 'OTPNotFoundError';
}

/** The relay request expired. Code `OTP_EXPIRED`. */
export class OTPExpiredError extends AgentOtpError {
  override readonly name = 'OTPExpiredError';

  /** When, as the server wrote it. */
  get expiredAt(): string | undefined {
    return textOf(this.detail, 'expiredAt');
  }
}

/** The code was fetched before: it is given out once. Code `OTP_ALREADY_CONSUMED`. */
export class OTPAlreadyConsumedError extends AgentOtpError {
  override readonly name = 'OTPAlreadyConsumedError';

  /** When, as the server wrote it. */
  get consumedAt(): string | undefined {
    return textOf(this.detail, 'consumedAt');
  }
}

/** The human refused to hand over the code. Code `OTP_APPROVAL_DENIED`. */
export class OTPApprovalDeniedError extends AgentOtpError {
  override readonly name = 'OTPApprovalDeniedError';

  /** Why, in the words of the human. */
  get reason(): string | undefined {
    return textOf(this.detail, 'reason');
  }
}

/** The agent cancelled the relay request. Code `OTP_CANCELLED`. */
export class OTPCancelledError extends AgentOtpError {
  override readonly name = 'OTPCancelledError';
}

/** A relay payload cannot be read with this private key, or is in no form that is known. Code `DECRYPTION_ERROR`. */
export class DecryptionError extends AgentOtpError {
  override readonly name = 'DecryptionError';

  constructor(message: string, init: CountersignErrorInit = {}) {
    super('DECRYPTION_ERROR', message, init);
  }
}

/** An argument that was refused before anything was sent. */
export function invalid(field: string, expected: string): ValidationError {
  return new ValidationError('VALIDATION_ERROR', `${field} ${expected}.`, { detail: { [field]: expected } });
}

function numberOf(detail: Readonly<Record<string, unknown>> | undefined, name: string): number | undefined {
  const value = detail?.[name];
  return typeof value === 'number' ? value : undefined;
}

function textOf(detail: Readonly<Record<string, unknown>> | undefined, name: string): string | undefined {
  const value = detail?.[name];
  return typeof value === 'string' ? value : undefined;
}
