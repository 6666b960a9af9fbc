import type { HttpResponse } from '../http/index.js';
import { redact } from '../wire/redact.js';
import {
  AxmeAuthError,
  AxmeConflictError,
  type AxmeErrorDetail,
  AxmeHttpError,
  AxmeNotFoundError,
  AxmeRateLimitError,
  AxmeServerError,
  AxmeValidationError,
} from './errors.js';

/** Of a text that is no JSON, an error page of a proxy for instance, a message has the beginning. */
const LONGEST_TEXT = 200;

/**
 * The error that an answer means, by its status (AXME contract §5.4) and by whichever form its body has (§5.5).
 *
 * @param secrets - What must be in no error: the service may quote what it was sent.
 * @param traceId - What the call was sent with, if the answer does not say.
 */
export function refusalOf(
  response: HttpResponse,
  secrets: readonly string[],
  traceId?: string | undefined,
): AxmeHttpError {
  const { status, headers, retryAfterMs } = response;
  const body = redact(response.json, secrets);
  const text = redact(response.text, secrets) as string;
  const { code, message, detail, requestId } = read(body);
  const Refusal = classOf(status);
  return new Refusal(code ?? `HTTP_${status}`, message ?? excerpt(body, text), {
    status,
    body,
    detail,
    retryAfterMs,
    retryable: status === 408 || status === 429 || status >= 500,
    requestId: headers.get('x-request-id') ?? headers.get('request-id') ?? requestId,
    traceId: headers.get('x-trace-id') ?? headers.get('trace-id') ?? traceId,
  });
}

/** The class for a status (AXME contract §5.4, with 404 and 409 told apart). */
function classOf(status: number): typeof AxmeHttpError {
  if (status >= 500) return AxmeServerError;
  switch (status) {
    case 401:
    case 403:
      return AxmeAuthError;
    case 404:
      return AxmeNotFoundError;
    case 409:
      return AxmeConflictError;
    case 400:
    case 413:
    case 422:
      return AxmeValidationError;
    case 429:
      return AxmeRateLimitError;
    default:
      return AxmeHttpError;
  }
}

function read(body: unknown) {
  const fields = isObject(body) ? body : {};
  const error = isObject(fields['error']) ? fields['error'] : {};
  const detail = fields['detail'] ?? error['details'] ?? fields['details'];
  const nested = isObject(detail) ? detail : {};
  return {
    code: firstText(error['code'], fields['error_code'], fields['code'], nested['code']),
    message: firstText(body, fields['error'], error['message'], fields['message'], sentence(detail), nested['message']),
    detail: (typeof detail === 'object' ? (detail ?? undefined) : firstText(detail)) as AxmeErrorDetail | undefined,
    requestId: firstText(fields['request_id']),
  };
}

/** A detail for people: its text, or each field with what is wrong with it. */
function sentence(detail: unknown): string | undefined {
  if (!Array.isArray(detail)) return firstText(detail);
  const lines = detail.filter(isObject).map(({ loc, msg }) => `${Array.isArray(loc) ? loc.join('.') : '?'}: ${msg}`);
  return firstText(lines.join('; '));
}

function excerpt(body: unknown, text: string): string {
  if (body !== undefined || text.trim() === '') return 'the service gave no reason.';
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}

function firstText(...candidates: readonly unknown[]): string | undefined {
  return candidates.find((candidate): candidate is string => typeof candidate === 'string' && candidate.trim() !== '');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
