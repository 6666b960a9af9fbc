export { abortable, follow } from './abort.js';
export { type Backoff, backoffMs } from './backoff.js';
export { type Call, Calls } from './calls.js';
export { HttpClient, type HttpClientOptions } from './client.js';
export { withDeadline } from './deadline.js';
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
export { type LogFields, type Logger, quietly } from './logger.js';
export {
  type HttpHooks,
  type HttpRequestEvent,
  type HttpResponseEvent,
  type HttpRetryEvent,
  Observer,
} from './observer.js';
export { type HttpPath, path } from './path.js';
export type { HttpRequest, HttpStreamRequest } from './request.js';
export type { HttpResponse } from './response.js';
export { HttpStream } from './stream.js';
export { describeFailure } from './transport-failure.js';
export type { TransportOptions } from './transport-options.js';
