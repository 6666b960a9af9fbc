import type { CountersignErrorInit } from '../../errors.js';
import { LimeError } from '../errors.js';

/**
 * A passport is refused; `code` says which check it failed: `JWT_…` for those of any token, and `PASSPORT_REQUEST`,
 * `PASSPORT_BINDING` (it is for another one), `PASSPORT_REPLAYED` (it was used before). Nothing of the passport is in it.
 */
export class InvalidPassportError extends LimeError {
  override readonly name: string = 'InvalidPassportError';
}

/**
 * It is too late: the passport has expired (`JWT_EXPIRED`), or the login request has without an approval
 * (`SITE_LOGIN_REQUEST_EXPIRED`).
 */
export class RequestExpiredError extends InvalidPassportError {
  override readonly name = 'RequestExpiredError';
}

/** No agent logged in within the time that was given. The request may still be approved. Code `LOGIN_WAIT_TIMEOUT`. */
export class LoginWaitTimeoutError extends LimeError {
  override readonly name = 'LoginWaitTimeoutError';
}

/** A handler of `onLogin` threw (`HANDLER_FAILED`, with what it threw as `cause`), or took too long (`HANDLER_TIMEOUT`). */
export class LoginHandlerError extends LimeError {
  override readonly name = 'LoginHandlerError';
  declare readonly requestId: string;

  constructor(
    code: 'HANDLER_FAILED' | 'HANDLER_TIMEOUT',
    message: string,
    init: Pick<CountersignErrorInit, 'cause'> & { readonly requestId: string },
  ) {
    super(code, message, init);
  }
}

/**
 * A binding code may or may not have been spent: the answer was lost. A code is good once, so let the person start the
 * binding anew. Code `BINDING_OUTCOME_UNKNOWN`.
 */
export class BindingOutcomeUnknownError extends LimeError {
  override readonly name = 'BindingOutcomeUnknownError';

  constructor(init: Pick<CountersignErrorInit, 'cause' | 'status'>) {
    super(
      'BINDING_OUTCOME_UNKNOWN',
      'The binding code may have been spent: the answer was lost, and a code is good once. Start the binding anew.',
      init,
    );
  }
}
