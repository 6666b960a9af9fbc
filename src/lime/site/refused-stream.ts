import type { HttpResponse } from '../../http/index.js';
import { type AnswerContext, readEnvelope } from '../envelope.js';
import { ApiError, AuthenticationError, LimeError, LimeProtocolError } from '../errors.js';

/** The error that the platform's answer means where it should be an event stream: its body may have any form (LIME contract §3.1). */
export function refusedStream(response: HttpResponse, context: AnswerContext): LimeError {
  const { status, retryAfterMs } = response;
  try {
    readEnvelope(response, context);
  } catch (error) {
    if (error instanceof LimeError && !(error instanceof LimeProtocolError)) return error;
  }
  const denied = status === 401 || status === 403;
  const Refusal = denied ? AuthenticationError : ApiError;
  const retryable = status === 408 || status === 425 || status === 429 || status >= 500;
  const advice = denied ? 'Check the site token.' : 'Check that baseUrl is LIME’s API root.';
  return new Refusal('SSE_HTTP_ERROR', `LIME refused the event stream with HTTP ${status}. ${advice}`, {
    status,
    retryAfterMs,
    retryable,
  });
}
