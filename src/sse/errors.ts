import { CountersignError, type CountersignErrorInit } from '../errors.js';

/** The `code` of every error that an event stream itself comes to. */
export type EventStreamErrorCode = 'STREAM_REFUSED' | 'STREAM_NOT_EVENTS' | 'STREAM_EVENT_TOO_LONG' | 'STREAM_IDLE';

/** The base of every error of an event stream. */
export class EventStreamError<Code extends EventStreamErrorCode = EventStreamErrorCode> extends CountersignError<Code> {
  override readonly name: string = 'EventStreamError';
}

/** The server answered with a status that is no stream; the message names it. Code `STREAM_REFUSED`. */
export class EventStreamRefusedError extends EventStreamError<'STREAM_REFUSED'> {
  override readonly name = 'EventStreamRefusedError';

  constructor(message: string, init: CountersignErrorInit) {
    super('STREAM_REFUSED', message, init);
  }
}

/** The answer is not `text/event-stream`, such as the page of a proxy. Code `STREAM_NOT_EVENTS`. */
export class EventStreamContentTypeError extends EventStreamError<'STREAM_NOT_EVENTS'> {
  override readonly name = 'EventStreamContentTypeError';

  constructor(message: string, init: CountersignErrorInit) {
    super('STREAM_NOT_EVENTS', message, init);
  }
}

/** A line, or the data of an event, is longer than `maxEventLength`. Code `STREAM_EVENT_TOO_LONG`. */
export class EventTooLongError extends EventStreamError<'STREAM_EVENT_TOO_LONG'> {
  override readonly name = 'EventTooLongError';

  constructor(maxLength: number) {
    super(
      'STREAM_EVENT_TOO_LONG',
      `The event stream has a line or an event of more than ${maxLength} characters, so it was closed. Allow longer ones with maxEventLength if the server is right.`,
    );
  }
}

/** Nothing came for `idleTimeoutMs`, not even a comment, so that the connection was given up. Code `STREAM_IDLE`. */
export class EventStreamIdleError extends EventStreamError<'STREAM_IDLE'> {
  override readonly name = 'EventStreamIdleError';

  constructor(idleTimeoutMs: number) {
    super(
      'STREAM_IDLE',
      `The event stream was silent for ${idleTimeoutMs} ms, so its connection was given up. Servers keep streams alive with comments; a proxy may hold them back.`,
      { retryable: true },
    );
  }
}
