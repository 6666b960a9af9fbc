import { HttpTransportError, path } from '../../http/index.js';
import { readEnvelope } from '../envelope.js';
import { LimeInputError } from '../errors.js';
import type { Platform } from '../platform.js';
import { BindingOutcomeUnknownError } from './errors.js';
import { type BindingRequestResult, readBinding, readExchanged } from './wire.js';

/** Asks for a binding (LIME contract §10.2). @throws {LimeInputError} `redirectUri` is no absolute https URL. */
export async function createBinding(
  platform: Platform<'site'>,
  redirectUri: string,
  signal: AbortSignal,
): Promise<BindingRequestResult> {
  if (!URL.canParse(redirectUri) || new URL(redirectUri).protocol !== 'https:') {
    throw new LimeInputError('INVALID_INPUT', 'redirectUri must be an absolute https URL of the site.');
  }
  return platform.request({
    method: 'POST',
    path: path('/modules/bindings/requests'),
    lane: 'site',
    json: { redirect_uri: redirectUri },
    signal,
    decode: (response, context) => readBinding(readEnvelope(response, context), response.status, context),
  });
}

/**
 * The passport that a binding code stands for.
 *
 * @throws {LimeInputError} the code is blank.
 * @throws {BindingOutcomeUnknownError} the answer was lost, and the code with it.
 */
export async function exchangeBinding(
  platform: Platform<'site'>,
  bindingCode: string,
  signal: AbortSignal,
): Promise<string> {
  if (typeof bindingCode !== 'string' || bindingCode.trim() === '') {
    throw new LimeInputError('INVALID_INPUT', 'The binding code is blank. Pass the binding_code of the redirect.');
  }
  const secrets = [bindingCode];
  try {
    return await platform.request({
      method: 'POST',
      path: path('/modules/bindings/exchange'),
      lane: 'site',
      json: { binding_code: bindingCode },
      repeatable: false,
      secrets,
      signal,
      decode: (response, context) => readExchanged(readEnvelope(response, context), response.status, context),
    });
  } catch (cause) {
    const lost = cause instanceof HttpTransportError && cause.attempts.some(({ lost }) => lost);
    if (lost) throw new BindingOutcomeUnknownError({ cause, status: cause.status });
    throw cause;
  }
}
