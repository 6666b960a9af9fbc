import { CountersignError, type CountersignErrorInit } from '../errors.js';

/** The `code` of every error that the HTTP core throws. */
export type HttpErrorCode =
  | 'INVALID_INPUT'
  | 'NETWORK_ERROR'
  | 'TIMEOUT'
  | 'UNEXPECTED_REDIRECT'
  | 'BODY_TOO_LARGE'
  | 'CLOSED';

/** How one attempt of a request ended. */
export interface HttpAttempt {
  /** The status of its answer, if one came. */
  readonly status?: number | undefined;
  /**
   * Whether its outcome is unknown: it may have reached the server, and no complete answer came back. `false` with no
   * status means that the connection was never made, so the server has not seen it.
   */
  readonly lost: boolean;
}

interface HttpErrorInit extends CountersignErrorInit {
  readonly attempts?: readonly HttpAttempt[] | undefined;
}

/** The base of every error that the HTTP core throws. Messages name a URL by its path template and without its query. */
export class HttpError<Code extends HttpErrorCode = HttpErrorCode> extends CountersignError<Code> {
  override readonly name: string = 'HttpError';
  /** Every attempt that was made, in order, with the one that failed last. */
  readonly attempts: readonly HttpAttempt[];

  constructor(code: Code, message: string, init: HttpErrorInit = {}) {
    super(code, message, init);
    this.attempts = Object.freeze([...(init.attempts ?? [])]);
  }
}

/** An option or argument has the wrong form; the message names it. Nothing was sent. Code `INVALID_INPUT`. */
export class HttpInputError extends HttpError<'INVALID_INPUT'> {
  override readonly name = 'HttpInputError';

  constructor(message: string, init: Pick<CountersignErrorInit, 'cause'> = {}) {
    super('INVALID_INPUT', message, init);
  }
}

/**
 * No complete answer came: the connection failed (`NETWORK_ERROR`, with the runtime's error as `cause`) or `timeoutMs`
 * was used up (`TIMEOUT`). `status` is set when the headers had arrived. The last of `attempts` says whether the
 * server may have seen the request.
 */
export class HttpTransportError extends HttpError<'NETWORK_ERROR' | 'TIMEOUT'> {
  override readonly name = 'HttpTransportError';

  constructor(code: 'NETWORK_ERROR' | 'TIMEOUT', message: string, init: HttpErrorInit) {
    super(code, message, { ...init, retryable: true });
  }
}

/** The server answered with a redirect, which is never followed. Code `UNEXPECTED_REDIRECT`. */
export class HttpRedirectError extends HttpError<'UNEXPECTED_REDIRECT'> {
  override readonly name = 'HttpRedirectError';

  constructor(message: string, init: HttpErrorInit) {
    super('UNEXPECTED_REDIRECT', message, init);
  }
}

/** The body of an answer is longer than the request allows (16 MiB by default); the rest was not read. Code `BODY_TOO_LARGE`. */
export class HttpBodyTooLargeError extends HttpError<'BODY_TOO_LARGE'> {
  override readonly name = 'HttpBodyTooLargeError';

  constructor(message: string, init: HttpErrorInit) {
    super('BODY_TOO_LARGE', message, init);
  }
}

/** The client was closed, before the call or during it. Code `CLOSED`. */
export class HttpClosedError extends HttpError<'CLOSED'> {
  override readonly name = 'HttpClosedError';

  constructor() {
    super('CLOSED', 'The client is closed, so the request was not made or was broken off. Create a new client.');
  }
}
