import { CountersignError } from '../errors.js';

/** The `code` of LIME's errors: those of this package, those that the server is known to send, and any other of its own. */
export type LimeErrorCode =
  // Of this package. The server has the first four as well.
  | 'MISSING_AGENT_TOKEN'
  | 'INVALID_AGENT_TOKEN'
  | 'SITE_TOKEN_MISSING'
  | 'SITE_TOKEN_INVALID'
  | 'INVALID_REQUEST_ID'
  | 'INVALID_INPUT'
  | 'INVALID_RESPONSE'
  | 'NETWORK_ERROR'
  | 'TIMEOUT'
  | 'UNEXPECTED_REDIRECT'
  | 'BODY_TOO_LARGE'
  | 'POW_TIMEOUT'
  | 'POW_DIFFICULTY'
  | 'POW_FAILED'
  | 'LOGIN_OUTCOME_UNKNOWN'
  | 'INVALID_TOKEN_RESPONSE'
  | 'MCP_AUTH_FAILED'
  | 'MCP_SESSION_GONE'
  | 'MCP_HTTP_ERROR'
  | 'MCP_OUTCOME_UNKNOWN'
  | 'NOT_STARTED'
  | 'SSE_HTTP_ERROR'
  | 'SSE_ENDED'
  | 'SSE_ERROR'
  | 'SSE_INVALID_JSON'
  | 'SSE_INVALID_FRAME'
  | 'SSE_APPROVED_INVALID'
  | 'LOGIN_WAIT_TIMEOUT'
  | 'LOGIN_EVENTS_DROPPED'
  | 'SITE_LOGIN_REQUEST_EXPIRED'
  | 'HANDLER_FAILED'
  | 'HANDLER_TIMEOUT'
  | 'PASSPORT_REQUEST'
  | 'PASSPORT_BINDING'
  | 'PASSPORT_REPLAYED'
  | 'REPLAY_STORE_FAILED'
  | 'BINDING_OUTCOME_UNKNOWN'
  | 'JWT_KEYS_UNAVAILABLE'
  | 'CLOSED'
  | 'UNEXPECTED_FAILURE'
  | 'UNKNOWN_ERROR'
  // Of the server.
  | 'MISSING_POW_NONCE'
  | 'INVALID_POW'
  | 'AGENT_INACTIVE'
  | 'AGENT_USER_SUSPENDED'
  | 'SITE_LOGIN_REQUEST_NOT_FOUND'
  | 'SITE_LOGIN_CONFLICT'
  | 'REQUEST_EXPIRED'
  | 'RATE_LIMIT_EXCEEDED'
  | 'AUTH_UNAVAILABLE'
  | 'SITE_SUSPENDED'
  | 'SITE_TOKEN_AUTH_UNAVAILABLE'
  | 'OAUTH_CAPABILITY_DENIED'
  | 'OAUTH_TOKEN_ISSUANCE_FAILED'
  | 'access_denied'
  | 'invalid_client'
  | 'invalid_request'
  | (string & {});

/**
 * The base of every error of LIME's clients (LIME contract §11). Thrown as it is where the network or the client itself
 * is the reason: `NETWORK_ERROR`, `TIMEOUT`, `UNEXPECTED_REDIRECT`, `BODY_TOO_LARGE`, `POW_FAILED`, `CLOSED`; and where an
 * MCP server is: `MCP_HTTP_ERROR`, `MCP_SESSION_GONE`, `INVALID_RESPONSE`; and where LIME's keys cannot be had:
 * `JWT_KEYS_UNAVAILABLE`.
 */
export class LimeError extends CountersignError<LimeErrorCode> {
  override readonly name: string = 'LimeError';

  /** HTTP status of the answer that caused it: `status` under the name that LIME's users know. */
  get httpStatus(): number | undefined {
    return this.status;
  }

  /** How long the server asked us to wait, in seconds: `retryAfterMs` under the name that LIME's users know. */
  get retryAfter(): number | undefined {
    return this.retryAfterMs === undefined ? undefined : this.retryAfterMs / 1000;
  }
}

/** An option or argument has the wrong form; the message names it. Nothing was sent. Code `INVALID_INPUT`. */
export class LimeInputError extends LimeError {
  override readonly name = 'LimeInputError';
}

/** An answer is not what LIME's contract says (§2, §6). Code `INVALID_RESPONSE`. */
export class LimeProtocolError extends LimeError {
  override readonly name = 'LimeProtocolError';
  /** The field that is missing or malformed; `undefined` if it is the answer as a whole. */
  readonly field: string | undefined;

  constructor(
    message: string,
    init: {
      readonly field?: string | undefined;
      readonly status: number;
      readonly requestId: string | undefined;
      readonly retryAfterMs?: number | undefined;
      readonly retryable?: boolean | undefined;
    },
  ) {
    super('INVALID_RESPONSE', message, init);
    this.field = init.field;
  }
}

/** There is no usable token, or the platform refused it. Without `httpStatus`, nothing was sent. */
export class AuthenticationError extends LimeError {
  override readonly name: string = 'AuthenticationError';
}

/** The agent is inactive. Code `AGENT_INACTIVE`. */
export class AgentInactiveError extends AuthenticationError {
  override readonly name = 'AgentInactiveError';
}

/** The agent's user is suspended. Code `AGENT_USER_SUSPENDED`. */
export class AgentUserSuspendedError extends AuthenticationError {
  override readonly name = 'AgentUserSuspendedError';
}

/** Too many requests: wait `retryAfter` seconds, if the server said so. Status 429 or code `RATE_LIMIT_EXCEEDED`. */
export class RateLimitError extends LimeError {
  override readonly name = 'RateLimitError';
}

/** The proof of work was not found within `powTimeoutMs`. The login may be tried again. Code `POW_TIMEOUT`. */
export class PowTimeoutError extends LimeError {
  override readonly name: string = 'PowTimeoutError';
}

/** The server asks for more work than is ever begun: trying again does not help. Code `POW_DIFFICULTY`. */
export class PowDifficultyError extends PowTimeoutError {
  override readonly name = 'PowDifficultyError';
}

/**
 * The login may or may not have been approved: an answer was lost, or the server failed while it may have acted, and
 * what came after does not tell. Only the site knows, so ask there; a new `login` with the same id fails with 404 if it
 * was approved. Code `LOGIN_OUTCOME_UNKNOWN` (LIME contract §5).
 */
export class LoginOutcomeUnknownError extends LimeError {
  override readonly name = 'LoginOutcomeUnknownError';
  declare readonly requestId: string;

  constructor(requestId: string, init: { readonly cause: unknown; readonly status: number | undefined }) {
    super(
      'LOGIN_OUTCOME_UNKNOWN',
      'The login may have been approved: an answer was lost on the way, and the server tells nobody but the site how it ended. Ask the site whether the agent is logged in before you start another login.',
      { ...init, requestId },
    );
  }
}

/** The platform refused the request: `code`, `message`, `httpStatus` and perhaps `detail` are the server's. */
export class ApiError extends LimeError {
  override readonly name: string = 'ApiError';
}

/** The token is fine, but the agent lacks the capability. Code `OAUTH_CAPABILITY_DENIED` or `access_denied`. */
export class OAuthCapabilityError extends ApiError {
  override readonly name = 'OAuthCapabilityError';
}

/** The platform cannot check agent tokens now: try again later. Code `AUTH_UNAVAILABLE`. */
export class AuthUnavailableError extends ApiError {
  override readonly name = 'AuthUnavailableError';
}

/** The platform cannot check site tokens now: try again later. Code `SITE_TOKEN_AUTH_UNAVAILABLE`. */
export class SiteAuthUnavailableError extends ApiError {
  override readonly name = 'SiteAuthUnavailableError';
}

/**
 * The MCP server turned down two access tokens in a row: it does not take LIME's tokens, or not this agent's. Code
 * `MCP_AUTH_FAILED`.
 */
export class McpAuthenticationError extends LimeError {
  override readonly name = 'McpAuthenticationError';
}

/**
 * A call may or may not have been carried out: it was sent, and its answer was lost or did not come in time. Find out
 * before you make it again. Only calls that may not be made twice end so. Code `MCP_OUTCOME_UNKNOWN`.
 */
export class McpOutcomeUnknownError extends LimeError {
  override readonly name = 'McpOutcomeUnknownError';
}
