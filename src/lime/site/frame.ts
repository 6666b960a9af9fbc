import { redact } from '../../wire/redact.js';
import type { AnswerContext } from '../envelope.js';
import { ApiError } from '../errors.js';
import { refusalOf } from '../refusal.js';

/** How a login ended, as the platform tells the site (LIME contract §9.1). */
export interface LoginEvent {
  readonly requestId: string;
  /** The passport of the agent that logged in; `null` if the request expired. */
  readonly passport: string | null;
  readonly redirectUrl: string | null;
}

/**
 * What the data of an event says; `undefined` if it is nothing that a site acts on, such as a keepalive.
 *
 * @throws {ApiError} it cannot be read (`SSE_INVALID_JSON`, `SSE_INVALID_FRAME`, `SSE_APPROVED_INVALID`).
 * @throws {LimeError} it is an error of the platform: the class that its code means.
 */
export function readFrame(data: string, { secrets }: AnswerContext): LoginEvent | undefined {
  const frame = parse(data);
  const { type, agent_passport_jwt: passport, redirect_url: redirectUrl } = frame;
  if (type === 'error') throw platformError(frame, secrets);
  const requestId = idOf(frame['login_request_id']);
  if (requestId === undefined || (type !== 'approved' && type !== 'expired')) return undefined;
  if (type === 'expired') return { requestId, passport: null, redirectUrl: null };
  if (typeof passport !== 'string' || passport.trim() === '') {
    throw malformed('SSE_APPROVED_INVALID', 'says that a login was approved, and has no passport', requestId);
  }
  return { requestId, passport: passport.trim(), redirectUrl: typeof redirectUrl === 'string' ? redirectUrl : null };
}

/** An id as text; `undefined` if it is none. */
export function idOf(value: unknown): string | undefined {
  const text = Number.isSafeInteger(value) ? String(value) : value;
  return typeof text === 'string' ? text.trim() || undefined : undefined;
}

function parse(data: string): Record<string, unknown> {
  let frame: unknown;
  try {
    frame = JSON.parse(data);
  } catch {
    throw malformed('SSE_INVALID_JSON', 'is no JSON');
  }
  if (typeof frame === 'object' && frame !== null && !Array.isArray(frame)) return frame as Record<string, unknown>;
  throw malformed('SSE_INVALID_FRAME', 'is no JSON object');
}

function malformed(code: string, what: string, requestId?: string | undefined): ApiError {
  return new ApiError(
    code,
    `An event of LIME's stream ${what}. It was left out, and the stream goes on. Check that this release of countersign knows the platform.`,
    { status: 200, requestId },
  );
}

function platformError(
  { code = 'SSE_ERROR', message = `LIME sent an error.`, ...frame }: Record<string, unknown>,
  secrets: readonly string[],
) {
  const error = redact({ code, message }, secrets) as Record<string, unknown>;
  const requestId = idOf(frame['login_request_id']);
  return refusalOf(error, { status: 200, requestId, retryAfterMs: undefined, retryable: true });
}
