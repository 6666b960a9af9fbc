export {
  EventStreamContentTypeError,
  EventStreamError,
  type EventStreamErrorCode,
  EventStreamIdleError,
  EventStreamRefusedError,
  EventTooLongError,
} from './errors.js';
export type { ServerEvent } from './event.js';
export type { EventStreamOptions } from './options.js';
export type { EventStreamStatus } from './status.js';
export { type EventStream, eventStream } from './stream.js';
