export { abortable, follow } from './abort.js';
export type { Backoff } from './backoff.js';
export { HttpClient, type HttpClientOptions } from './client.js';
export {
  type HttpAttempt,
  HttpBodyTooLargeError,
  HttpClosedError,
  HttpError,
  type HttpErrorCode,
  HttpInputError,
  HttpRedirectError,
  HttpTransportError,
} from './errors.js';
export type { LogFields, Logger } from './logger.js';
export {
  type HttpHooks,
  type HttpRequestEvent,
  type HttpResponseEvent,
  type HttpRetryEvent,
  Observer,
} from './observer.js';
export { type HttpPath, path } from './path.js';
export type { HttpRequest } from './request.js';
export type { HttpResponse } from './response.js';
export { describeFailure } from './transport-failure.js';
