import { CountersignError, type CountersignErrorInit } from '../errors.js';

/** Why a webhook is refused. */
export type WebhookRefusal =
  /** A header that the form needs is missing. */
  | 'WEBHOOK_HEADER_MISSING'
  /** A header has the wrong form. */
  | 'WEBHOOK_HEADER_MALFORMED'
  /** No signature is that of one of the secrets. */
  | 'WEBHOOK_SIGNATURE'
  /** It was signed longer ago than the tolerance allows. */
  | 'WEBHOOK_TOO_OLD'
  /** It was signed further in the future than the tolerance allows. */
  | 'WEBHOOK_IN_FUTURE'
  /** It has come before. */
  | 'WEBHOOK_REPLAYED'
  /** Its body is longer than `maxBytes`. */
  | 'WEBHOOK_BODY_TOO_LARGE';

/** The `code` of every error about webhooks. */
export type WebhookErrorCode =
  | WebhookRefusal
  /** The body was read before, so that its bytes are gone. */
  | 'WEBHOOK_BODY_READ'
  | 'REPLAY_STORE_FAILED'
  | 'INVALID_INPUT';

/** The base of every error about webhooks. No message holds a secret, a signature or a body. */
export class WebhookError extends CountersignError<WebhookErrorCode> {
  override readonly name: string = 'WebhookError';
}

/** The webhook is refused, and should be answered with 400 or 401; `code` says which check it failed. */
export class WebhookRefusedError extends WebhookError {
  override readonly name = 'WebhookRefusedError';
  declare readonly code: WebhookRefusal;
}

/** An argument has the wrong form; the message names it. Code `INVALID_INPUT`. */
export class WebhookInputError extends WebhookError {
  override readonly name = 'WebhookInputError';

  constructor(message: string, init: CountersignErrorInit = {}) {
    super('INVALID_INPUT', message, init);
  }
}
