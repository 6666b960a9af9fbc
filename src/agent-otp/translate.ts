import { HttpError, HttpInputError, HttpTransportError } from '../http/index.js';
import {
  AgentOtpError,
  AgentOtpProtocolError,
  NetworkError,
  OutcomeUnknownError,
  TimeoutError,
  ValidationError,
} from './errors.js';

/** `error` as one of Agent OTP's tree, with itself as the cause: whatever a method throws is an `AgentOtpError`. */
export function toAgentOtpError(error: unknown): AgentOtpError {
  if (error instanceof AgentOtpError) return error;
  if (error instanceof HttpInputError) return new ValidationError('VALIDATION_ERROR', error.message, { cause: error });
  if (error instanceof HttpError) {
    const { code, message, status, retryable } = error;
    const Class = code === 'TIMEOUT' ? TimeoutError : code === 'NETWORK_ERROR' ? NetworkError : AgentOtpError;
    return new Class(code, message, { cause: error, status, retryable });
  }
  return new AgentOtpError('UNEXPECTED_FAILURE', 'Something failed that never should; the cause says what.', {
    cause: error,
  });
}

/** Whether the request may have been carried out although it failed: it was sent, and no complete answer came. */
export function isLost(error: unknown): boolean {
  return error instanceof HttpTransportError && error.attempts.some(({ lost }) => lost);
}

/** Whether the server may have spent what it was asked to spend: the answer was lost or is unreadable, or it failed on the way. */
export function maySpend(error: unknown): boolean {
  if (error instanceof OutcomeUnknownError || error instanceof AgentOtpProtocolError) return true;
  return error instanceof AgentOtpError && [408, 500, 502, 503, 504].includes(error.status ?? 0);
}
