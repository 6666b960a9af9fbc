import { JwtError, JwtRefusedError } from '../../jwt/index.js';
import { EventStreamError } from '../../sse/index.js';
import { LimeError } from '../errors.js';
import { toLimeError } from '../translate.js';
import { InvalidPassportError, RequestExpiredError } from './errors.js';

/** What a site's client throws, as one of LIME's tree. */
export function toSiteError(error: unknown): LimeError {
  if (error instanceof JwtRefusedError) {
    const Refusal = error.code === 'JWT_EXPIRED' ? RequestExpiredError : InvalidPassportError;
    return new Refusal(error.code, error.message, { cause: error });
  }
  if (error instanceof JwtError || error instanceof EventStreamError) {
    const { code, message, status, retryable, retryAfterMs } = error;
    return new LimeError(code, message, { cause: error, status, retryable, retryAfterMs });
  }
  return toLimeError(error);
}
