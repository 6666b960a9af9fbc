import { type HttpAttempt, HttpError, type HttpResponse, path } from '../http/index.js';
import { type AnswerContext, readEnvelope } from './envelope.js';
import { LoginOutcomeUnknownError } from './errors.js';
import type { Platform } from './platform.js';
import { type Approval, readApproval } from './wire.js';

/**
 * Approves a login request with the nonce that was found.
 *
 * An approval that arrives twice is refused the second time, and the platform tells only the site how a login ended. So
 * where an earlier attempt may have been the one that counted, what follows is no proof of failure (LIME contract §5).
 *
 * @throws {LoginOutcomeUnknownError} the login may have been approved.
 */
export async function approveLogin(
  platform: Platform,
  answer: { readonly requestId: string; readonly challenge: string; readonly nonce: string },
  signal: AbortSignal,
): Promise<Approval> {
  const { requestId, challenge, nonce } = answer;
  try {
    return await platform.request({
      method: 'POST',
      path: path('/modules/agent-login/requests/{request_id}/approve', { request_id: requestId }),
      lane: 'agent',
      json: { pow_nonce: nonce },
      requestId,
      secrets: [challenge, nonce],
      signal,
      decode: (response, context) => decode(requestId, response, context),
    });
  } catch (error) {
    if (!(error instanceof HttpError) || !error.attempts.some(mayHaveActed)) throw error;
    throw new LoginOutcomeUnknownError(requestId, { cause: error, status: error.status });
  }
}

function decode(requestId: string, response: HttpResponse, context: AnswerContext): Approval {
  const { status } = response;
  try {
    return readApproval(readEnvelope(response, context), status, context);
  } catch (cause) {
    if (!isUndecided(response)) throw cause;
    throw new LoginOutcomeUnknownError(requestId, { cause, status });
  }
}

/** Whether a refusal may only mean that an earlier attempt was successful, or does not say whether it was. */
function isUndecided({ status, earlier }: HttpResponse): boolean {
  if (status === 404 || status === 409) return earlier.some(mayHaveActed);
  return (status === 408 || status === 429 || status >= 500) && earlier.some(({ lost }) => lost);
}

function mayHaveActed({ lost, status = 0 }: HttpAttempt): boolean {
  return lost || status >= 500;
}
