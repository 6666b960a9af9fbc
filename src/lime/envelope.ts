import type { HttpResponse } from '../http/index.js';
import { redact } from '../wire/redact.js';
import { LimeProtocolError } from './errors.js';
import { refusalOf } from './refusal.js';

/** What an answer is read for. */
export interface AnswerContext {
  /** The login request that it is about. */
  readonly requestId?: string | undefined;
  /** What was sent or received in confidence, and must be in no error. */
  readonly secrets: readonly string[];
}

/**
 * `data` of a success. The rules of LIME contract §2, in their order; the HTTP status decides nothing.
 *
 * @throws {LimeProtocolError} the answer is no envelope.
 * @throws {LimeError} the answer is a refusal: the class that its code means.
 */
export function readEnvelope(response: HttpResponse, { requestId, secrets }: AnswerContext): Record<string, unknown> {
  const { status, retryAfterMs, json } = response;
  const about = { status, requestId, retryAfterMs, retryable: isTransient(status) };
  const malformed = (what: string) =>
    new LimeProtocolError(
      `LIME's answer (HTTP ${status}) has ${what}. Expected {"ok":true,"data":{…}} or {"ok":false,"error":{…}}: check that baseUrl is LIME's API root, such as https://lime.pics/api/v1.`,
      about,
    );
  if (json === undefined) throw malformed('invalid JSON');
  if (!isObject(json)) throw malformed('an unexpected shape: it is no object');
  if (json['ok'] === true) {
    if (isObject(json['data'])) return json['data'];
    throw malformed('an unexpected shape: a missing data object');
  }
  if (!isObject(json['error'])) throw malformed('an unexpected shape: a missing error object');
  throw refusalOf(redact(json['error'], secrets) as Record<string, unknown>, about);
}

/** Whether the same request may be answered otherwise later. */
function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
