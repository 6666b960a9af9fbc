import type { HttpResponse } from '../http/index.js';
import { redact } from '../wire/redact.js';
import { type AnswerContext, readEnvelope } from './envelope.js';
import {
  ApiError,
  AuthenticationError,
  type LimeError,
  LimeProtocolError,
  OAuthCapabilityError,
  RateLimitError,
} from './errors.js';

/** What the platform issues. */
export interface IssuedToken {
  readonly accessToken: string;
  /** Seconds; positive and finite. */
  readonly expiresInSeconds: number;
}

/**
 * Reads the answer of the token endpoint: a bare RFC 6749 object, or a refusal in its form or in LIME's envelope.
 *
 * @throws {LimeProtocolError} it is neither JSON nor an object, or an envelope that is broken.
 * @throws {ApiError} `INVALID_TOKEN_RESPONSE`: a success that does not hold what it must.
 * @throws {LimeError} it is a refusal: the class that its code means.
 * @see LIME contract §7.2, §7.3
 */
export function readToken(response: HttpResponse, context: AnswerContext): IssuedToken {
  const { status, json } = response;
  if (isObject(json)) {
    if (status === 200) return checkToken(json, response);
    if (typeof json['error'] === 'string') throw oauthRefusal(json['error'], json, response, context);
  }
  readEnvelope(response, context);
  throw new LimeProtocolError(
    `LIME answered a token request with HTTP ${status} and a success that is no token. Check that baseUrl is LIME's API root.`,
    { status, requestId: undefined },
  );
}

function checkToken(body: Record<string, unknown>, { status, headers }: HttpResponse): IssuedToken {
  const { access_token, token_type, expires_in } = body;
  const expiresInSeconds = typeof expires_in === 'string' && /^\d+$/.test(expires_in) ? Number(expires_in) : expires_in;
  const directives = (headers.get('cache-control') ?? '').toLowerCase().split(',');
  if (typeof token_type !== 'string' || token_type.toLowerCase() !== 'bearer')
    throw malformed('token_type is not Bearer');
  if (!directives.some((directive) => directive.trim() === 'no-store'))
    throw malformed('Cache-Control has no no-store');
  if (!isJwt(access_token)) throw malformed('access_token is no JWT');
  if (typeof expiresInSeconds !== 'number' || !Number.isFinite(expiresInSeconds) || expiresInSeconds <= 0) {
    throw malformed('expires_in is no number of seconds above 0');
  }
  return { accessToken: access_token, expiresInSeconds };

  function malformed(what: string): ApiError {
    return new ApiError(
      'INVALID_TOKEN_RESPONSE',
      `LIME issued a token in a form that cannot be used (HTTP ${status}): ${what}. Check that baseUrl is LIME's API root and that nothing in between changes its answers.`,
      { status },
    );
  }
}

function oauthRefusal(
  code: string,
  { error_description: description }: Record<string, unknown>,
  response: HttpResponse,
  { secrets }: AnswerContext,
): LimeError {
  const { status, retryAfterMs } = response;
  const message = String(redact(typeof description === 'string' && description !== '' ? description : code, secrets));
  const known = String(redact(code, secrets));
  const init = { status, retryAfterMs, retryable: status === 429 || status === 408 || status >= 500 };
  if (status === 401 || code === 'invalid_client' || /^(MISSING|INVALID)_AGENT_TOKEN$/.test(code)) {
    return new AuthenticationError(known, message, init);
  }
  if (status === 403 && code === 'access_denied') return new OAuthCapabilityError(known, message, init);
  if (status === 429 || code === 'RATE_LIMIT_EXCEEDED') return new RateLimitError(known, message, init);
  return new ApiError(known, message, init);
}

/** Three parts, of characters that a header can hold. What they mean is for the MCP server to say. */
function isJwt(value: unknown): value is string {
  return typeof value === 'string' && /^[!-~]+$/.test(value) && value.split('.').length === 3;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
