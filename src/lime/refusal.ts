import {
  AgentInactiveError,
  AgentUserSuspendedError,
  ApiError,
  AuthenticationError,
  AuthUnavailableError,
  type LimeError,
  OAuthCapabilityError,
  RateLimitError,
  SiteAuthUnavailableError,
} from './errors.js';

const CLASSES: ReadonlyMap<string, typeof LimeError> = new Map<string, typeof LimeError>([
  ['AGENT_INACTIVE', AgentInactiveError],
  ['AGENT_USER_SUSPENDED', AgentUserSuspendedError],
  ['AUTH_UNAVAILABLE', AuthUnavailableError],
  ['SITE_TOKEN_AUTH_UNAVAILABLE', SiteAuthUnavailableError],
  ['OAUTH_CAPABILITY_DENIED', OAuthCapabilityError],
  ['MISSING_AGENT_TOKEN', AuthenticationError],
  ['INVALID_AGENT_TOKEN', AuthenticationError],
  ['SITE_TOKEN_MISSING', AuthenticationError],
  ['SITE_TOKEN_INVALID', AuthenticationError],
  ['SITE_SUSPENDED', AuthenticationError],
]);

/** The error that an envelope's `error` object means (LIME contract §11). */
export function refusalOf(
  { code, message, detail }: Record<string, unknown>,
  about: {
    readonly status: number;
    readonly requestId: string | undefined;
    readonly retryAfterMs: number | undefined;
    readonly retryable: boolean;
  },
): LimeError {
  const { status } = about;
  const knownCode = typeof code === 'string' && code !== '' ? code : 'UNKNOWN_ERROR';
  const text = typeof message === 'string' && message !== '' ? message : `LIME refused the request (HTTP ${status}).`;
  const isObject = typeof detail === 'object' && detail !== null && !Array.isArray(detail);
  const init = { ...about, detail: isObject ? (detail as Record<string, unknown>) : undefined };
  if (status === 429 || knownCode === 'RATE_LIMIT_EXCEEDED') {
    return new RateLimitError(knownCode, text, { ...init, retryable: true });
  }
  const Refusal = CLASSES.get(knownCode) ?? (status === 401 ? AuthenticationError : ApiError);
  return new Refusal(knownCode, text, init);
}
