import { type HttpPath, path } from '../http/index.js';
import { TOKEN_DEFAULTS } from './constants.js';
import {
  AgentOtpError,
  InvalidTokenError,
  invalid,
  OutcomeUnknownError,
  TokenExpiredError,
  TokenRevokedError,
  TokenUsedError,
} from './errors.js';
import { type Fields, isObject, readFields, unwrap } from './fields.js';
import type { PermissionRequest, PermissionResponse } from './permission.js';
import type { Platform, PlatformRequest } from './platform.js';
import { readPermission } from './read-permission.js';
import { maySpend } from './translate.js';

/** What a check of a token says (Agent OTP contract §2.2). Frozen. */
export interface TokenVerification {
  readonly valid: boolean;
  /** The limits that were granted. */
  readonly scope?: Readonly<Record<string, unknown>> | undefined;
  readonly usesRemaining?: number | undefined;
  readonly expiresAt?: Date | undefined;
  /** Why it is not valid. */
  readonly reason?: string | undefined;
}

/** What the use of a token says (Agent OTP contract §2.2). Frozen. */
export interface TokenUse {
  readonly success: boolean;
  readonly usesRemaining: number;
  /** Why it was refused. */
  readonly reason?: string | undefined;
}

/** A token that was revoked (Agent OTP contract §2.4). Frozen. */
export interface TokenRevocation {
  readonly success: boolean;
  readonly revokedAt?: Date | undefined;
  /** Why it was refused. */
  readonly reason?: string | undefined;
}

/** A decision, as the one who decides makes it (Agent OTP contract §2.2). */
export interface Decision {
  readonly approved: boolean;
  /** Up to 500 characters. */
  readonly reason?: string | undefined;
  /** Put over the scope that was asked for, key by key. */
  readonly scopeModifications?: Readonly<Record<string, unknown>> | undefined;
}

/** The body of a request, and how long it lives. @throws {ValidationError} a field has the wrong form. */
export function checkRequest(request: PermissionRequest): { readonly body: Fields; readonly ttlSeconds: number } {
  const { action, resource, scope, context, webhookUrl } = request;
  const ttlSeconds = request.ttlSeconds ?? request.ttl ?? TOKEN_DEFAULTS.TTL_SECONDS;
  if (typeof action !== 'string' || action === '') throw invalid('action', 'must be a text, such as email.send');
  if (resource !== undefined && typeof resource !== 'string') throw invalid('resource', 'must be a text');
  if (scope !== undefined && !isObject(scope)) throw invalid('scope', 'must be an object');
  if (context !== undefined && !isObject(context)) throw invalid('context', 'must be an object');
  if (!Number.isFinite(ttlSeconds) || ttlSeconds <= 0)
    throw invalid('ttlSeconds', 'must be a number of seconds above 0');
  return { body: { action, resource, scope, context, ttl: ttlSeconds, webhookUrl }, ttlSeconds };
}

export function request(platform: Platform, body: Fields, signal: AbortSignal): Promise<PermissionResponse> {
  return platform.request({
    method: 'POST',
    path: path('/permissions/request'),
    lane: 'agent',
    json: platform.rules.spellKeys(body),
    repeatable: false,
    signal,
    decode: (json, status) => readPermission(unwrap(json), status),
  });
}

export function get(
  platform: Platform,
  id: string,
  options: { readonly signal: AbortSignal; readonly known?: PermissionResponse | undefined; readonly poll?: boolean },
): Promise<PermissionResponse> {
  const { signal, known, poll } = options;
  return platform.request({
    method: 'GET',
    path: path('/permissions/{id}', { id }),
    lane: 'agent',
    repeatable: true,
    poll,
    signal,
    decode: (json, status) => readPermission(unwrap(json), status, known),
  });
}

export async function verify(
  platform: Platform,
  id: string,
  token: string,
  signal: AbortSignal,
): Promise<TokenVerification> {
  const sent = post(platform, path('/permissions/{id}/verify', { id }), { token }, { token, repeatable: true, signal });
  const { valid, ...fields } = await sent.catch((error) => ({ valid: false, reason: refusalOfToken(error) }));
  return Object.freeze({ ...fields, valid: valid === true });
}

/**
 * Spends a token. A refusal is a result, or with `strict` an error.
 *
 * @throws {OutcomeUnknownError} it may have been spent: its status was asked for, and is told.
 */
export async function use(
  platform: Platform,
  id: string,
  token: string,
  options: {
    readonly actionDetails?: object | undefined;
    readonly strict?: boolean | undefined;
    readonly signal: AbortSignal;
  },
): Promise<TokenUse> {
  const { actionDetails, strict = false, signal } = options;
  const body = { token, [platform.rules.useDetails]: actionDetails };
  try {
    const fields = await post(platform, path('/permissions/{id}/use', { id }), body, {
      token,
      repeatable: false,
      spends: true,
      signal,
    });
    const { usesRemaining: uses, reason } = fields;
    if (strict && fields['success'] !== true) throw tokenError(typeof reason === 'string' ? reason : undefined, id);
    return Object.freeze({
      ...fields,
      success: fields['success'] === true,
      usesRemaining: typeof uses === 'number' ? uses : 0,
    });
  } catch (error) {
    if (maySpend(error))
      throw await unknownUse(error, async () => (await get(platform, id, { signal })).status, 'used');
    const reason = refusalOfToken(error);
    if (strict) throw error;
    return Object.freeze({ success: false, usesRemaining: 0, reason });
  }
}

export async function revoke(
  platform: Platform,
  id: string,
  token: string,
  options: { readonly reason?: string | undefined; readonly signal: AbortSignal },
): Promise<TokenRevocation> {
  const { reason, signal } = options;
  const sent = { token, repeatable: true, signal };
  const fields = await post(platform, path('/permissions/{id}/revoke', { id }), { token, reason }, sent).catch(
    (error) => {
      const refused = refusalOfToken(error);
      return { success: false, reason: error instanceof TokenRevokedError ? 'revoked' : refused };
    },
  );
  // To revoke twice is to revoke once: it may be sent again, and then finds its own work.
  const success = fields['success'] !== false || /revoked/i.test(String(fields['reason']));
  return Object.freeze({ ...fields, success });
}

export function decide(
  platform: Platform,
  id: string,
  decision: Decision,
  signal: AbortSignal,
): Promise<PermissionResponse> {
  const { approved, reason, scopeModifications } = decision;
  if (typeof approved !== 'boolean') throw invalid('approved', 'must be true or false');
  return platform.request({
    method: 'POST',
    path: path('/permissions/{id}/decide', { id }),
    lane: 'agent+owner',
    json: platform.rules.spellKeys({ approved, reason, scopeModifications }),
    repeatable: false,
    signal,
    decode: (json, status) => readPermission(unwrap(json), status),
  });
}

/** The error that a token's refusal is, by the words that servers have for it (Agent OTP contract §2.2). */
export function tokenError(reason = 'no reason was given', requestId?: string | undefined): AgentOtpError {
  const [, Class, code] = KEYWORDS.find(([words]) => words.test(reason)) ?? [
    undefined,
    InvalidTokenError,
    'INVALID_TOKEN',
  ];
  return new Class(code, `The token was refused: ${reason}.`, { requestId });
}

/**
 * The error for something that may have been spent, with the status that it has now.
 *
 * @throws the reason of a signal that ended the question.
 */
export async function unknownUse(
  cause: unknown,
  read: () => Promise<string>,
  spent: string,
): Promise<OutcomeUnknownError> {
  const statusAfter = await read().catch(() => undefined);
  const now =
    statusAfter === undefined
      ? 'and what became of it could not be asked'
      : `and its status is now ${statusAfter}${statusAfter === spent ? ', so that it was spent' : ''}`;
  return new OutcomeUnknownError(
    `The answer was lost or cannot be read, or the server failed on the way, ${now}. It was not sent again.`,
    {
      cause: cause instanceof OutcomeUnknownError ? cause.cause : cause,
      status: cause instanceof AgentOtpError ? cause.status : undefined,
      statusAfter,
    },
  );
}

const KEYWORDS: readonly (readonly [words: RegExp, of: typeof AgentOtpError, code: string])[] = [
  [/revoked/i, TokenRevokedError, 'TOKEN_REVOKED'],
  [/expired/i, TokenExpiredError, 'TOKEN_EXPIRED'],
  [/consumed|used|spent/i, TokenUsedError, 'TOKEN_USED'],
];

/** Some servers refuse a token with an error, whose words are the same result. @throws the error, if it is about anything else. */
function refusalOfToken(error: unknown): string {
  const classes = [InvalidTokenError, TokenExpiredError, TokenRevokedError, TokenUsedError];
  if (error instanceof AgentOtpError && classes.some((of) => error instanceof of)) return error.message;
  throw error;
}

function post(
  platform: Platform,
  path: HttpPath,
  body: object,
  options: Pick<PlatformRequest<unknown>, 'repeatable' | 'spends' | 'signal'> & { readonly token: string },
): Promise<Record<string, unknown>> {
  const { token, ...others } = options;
  if (typeof token !== 'string' || token === '') throw invalid('token', 'must be a text');
  return platform.request({
    method: 'POST',
    path,
    lane: 'agent',
    json: body,
    secrets: [token],
    ...others,
    decode: (json, status) => readFields(unwrap(json), status),
  });
}
