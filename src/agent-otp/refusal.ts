import type { HttpResponse } from '../http/index.js';
import { redact } from '../wire/redact.js';
import { windowLeftMs } from './budget.js';
import {
  AgentOtpError,
  AuthenticationError,
  ConflictError,
  ForbiddenError,
  InvalidTokenError,
  NotFoundError,
  OTPAlreadyConsumedError,
  OTPApprovalDeniedError,
  OTPCancelledError,
  OTPExpiredError,
  OTPNotFoundError,
  RateLimitError,
  ServerError,
  TokenExpiredError,
  TokenRevokedError,
  TokenUsedError,
  ValidationError,
} from './errors.js';
import { camelKeys, type Fields, isObject, malformed } from './fields.js';

/** What an answer is read for. */
export interface AnswerContext {
  /** What was sent in confidence, and must be in no error. */
  readonly secrets: readonly string[];
  /** Whether it is about a relay request. */
  readonly relay?: boolean | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

type ErrorClass = typeof AgentOtpError;

const BY_CODE: readonly (readonly [code: RegExp, of: ErrorClass])[] = [
  [/^OTP_NOT_FOUND$/, OTPNotFoundError],
  [/^(OTP_)?EXPIRED$/, OTPExpiredError],
  [/^(OTP_)?ALREADY_CONSUMED$/, OTPAlreadyConsumedError],
  [/^OTP_APPROVAL_DENIED$/, OTPApprovalDeniedError],
  [/^OTP_CANCELLED$/, OTPCancelledError],
  [/^TOKEN_EXPIRED$/, TokenExpiredError],
  [/^TOKEN_(USED|CONSUMED)$/, TokenUsedError],
  [/^TOKEN_REVOKED$/, TokenRevokedError],
  [/^(INVALID_TOKEN|TOKEN_INVALID)$/, InvalidTokenError],
  [/^(MISSING|INVALID|EXPIRED)_API_KEY$/, AuthenticationError],
  [/^RATE_LIMIT/, RateLimitError],
];

const BY_STATUS: Readonly<Record<number, readonly [of: ErrorClass, code: string]>> = {
  400: [ValidationError, 'VALIDATION_ERROR'],
  401: [AuthenticationError, 'UNAUTHORIZED'],
  403: [ForbiddenError, 'FORBIDDEN'],
  404: [NotFoundError, 'NOT_FOUND'],
  409: [ConflictError, 'CONFLICT'],
  422: [ValidationError, 'VALIDATION_ERROR'],
  429: [RateLimitError, 'RATE_LIMITED'],
};

/**
 * The JSON of an answer that is no refusal. A permission that was denied is none, whatever its status.
 *
 * @throws {AgentOtpError} the class that the refusal's code means, else its status.
 * @throws {AgentOtpProtocolError} a success that is not JSON.
 * @see Agent OTP contract §4.3
 */
export function readAnswer(response: HttpResponse, context: AnswerContext): unknown {
  const { status, json, text } = response;
  const refused = isObject(json) && json['success'] === false && isObject(json['error']);
  if ((status >= 400 || refused) && !isDenial(json)) throw refusalOf(response, context);
  if (json === undefined && text.trim() !== '') throw malformed('', 'is not JSON', status);
  return json;
}

function isDenial(json: unknown): boolean {
  if (!isObject(json)) return false;
  const { status, id } = isObject(json['data']) ? json['data'] : json;
  return status === 'denied' && typeof id === 'string';
}

function refusalOf(response: HttpResponse, { secrets, relay = false, now }: AnswerContext): AgentOtpError {
  const { status } = response;
  const said = readRefusal(response, secrets);
  const [byStatus, statusCode] =
    BY_STATUS[status] ?? (status >= 500 ? [ServerError, 'INTERNAL_ERROR'] : [AgentOtpError, 'API_ERROR']);
  const code = said.code ?? statusCode;
  const byCode = BY_CODE.find(([pattern]) => pattern.test(code))?.[1];
  const Refusal = byCode ?? (relay && status === 404 ? OTPNotFoundError : byStatus);
  return new Refusal(byCode === undefined && Refusal === OTPNotFoundError ? 'OTP_NOT_FOUND' : code, said.message, {
    status,
    retryable: status === 408 || status === 429 || (status >= 500 && status !== 501),
    retryAfterMs: retryAfterMs(response, said.all, now),
    detail: said.detail,
  });
}

interface Refusal {
  readonly code: string | undefined;
  readonly message: string;
  readonly detail: Fields | undefined;
  readonly all: Fields;
}

/** What a refusal says, in any of its shapes (Agent OTP contract §2.1, §4.3). */
function readRefusal({ status, json, text, headers }: HttpResponse, secrets: readonly string[]): Refusal {
  const body = isObject(json) ? camelKeys(clean(json, secrets) as Fields) : {};
  const error = isObject(body['error']) ? camelKeys(body['error']) : {};
  if (error['name'] === 'ZodError' && Array.isArray(error['issues'])) {
    const detail = zodDetail(error['issues']);
    const message = `Agent OTP refused the request: ${Object.entries(detail)
      .map(([field, what]) => `${field}: ${what}`)
      .join('; ')}`;
    return { code: 'VALIDATION_ERROR', message, detail, all: body };
  }
  const { code = body['code'], message = body['message'] ?? body['error'], details = body['details'] } = error;
  const known = EXTRAS.filter((name) => typeof body[name] === 'string');
  const extras = Object.fromEntries(known.map((name) => [name, body[name]]));
  const detail = { ...(status === 429 ? readLimits(headers) : {}), ...extras, ...(isObject(details) ? details : {}) };
  return {
    code: textOr(code, undefined),
    message: textOr(message, undefined) ?? describe(status, json === undefined ? String(clean(text, secrets)) : ''),
    detail: Object.keys(detail).length > 0 ? camelKeys(detail) : undefined,
    all: body,
  };
}

/** What refusals say beside their code and message (Agent OTP contract §4.2). */
const EXTRAS: readonly string[] = ['expiredAt', 'consumedAt', 'usedAt', 'revokedAt', 'revokedBy', 'reason'];

/** How many requests a window has and how many are left, where the headers tell (Agent OTP contract §5). */
function readLimits(headers: Headers): Fields {
  const said = ['limit', 'remaining'].map((name) => [name, headers.get(`x-ratelimit-${name}`)] as const);
  return Object.fromEntries(
    said.filter(([, value]) => value !== null && /^\d+$/.test(value)).map(([name, value]) => [name, Number(value)]),
  );
}

/** `{ 'path.of.field': message }` from the issues of a schema that refused. */
function zodDetail(issues: readonly unknown[]): Fields {
  return Object.fromEntries(
    issues
      .filter(isObject)
      .map(({ path, message }) => [Array.isArray(path) ? path.join('.') : '', textOr(message, 'is invalid')]),
  );
}

function describe(status: number, text: string): string {
  const excerpt = text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 80);
  const what = excerpt === '' ? 'without saying why' : `with something that is no JSON ("${excerpt}")`;
  return `Agent OTP refused the request with HTTP ${status}, ${what}. Check that baseUrl is Agent OTP's API.`;
}

/** Milliseconds to wait: the header, else the end of the rate limit's window, else what the body says in seconds. */
function retryAfterMs(response: HttpResponse, body: Fields, now: number): number | undefined {
  if (response.retryAfterMs !== undefined) return response.retryAfterMs;
  const reset = Number(response.headers.get('x-ratelimit-reset') ?? Number.NaN);
  if (response.status === 429 && Number.isFinite(reset)) return windowLeftMs(reset - now);
  const seconds = body['retryAfter'];
  return typeof seconds === 'number' && seconds >= 0 ? seconds * 1000 : undefined;
}

/** Without what was sent in confidence, nor anything that looks like a key or a token. */
function clean(value: unknown, secrets: readonly string[]): unknown {
  return JSON.parse(JSON.stringify(redact(value, secrets)).replace(/\b(ak|otp)_[\w-]{4,}/g, '$1_***'));
}

function textOr<T>(value: unknown, other: T): string | T {
  return typeof value === 'string' && value !== '' ? value : other;
}
