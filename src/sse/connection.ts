import type { HttpStream } from '../http/index.js';
import type { Clock } from '../runtime/clock.js';
import { EventStreamIdleError, EventTooLongError } from './errors.js';
import type { ServerEvent } from './event.js';
import { IdleWatch } from './idle.js';
import type { EventParser } from './parser.js';

interface ReadOptions {
  readonly clock: Clock;
  readonly idleTimeoutMs: number;
  readonly maxEventLength: number;
}

/**
 * The events of one connection, as many at a time as the bytes that came complete; none at times, so that the caller
 * sees that ids and reconnection times have been read. Nothing is read ahead of the consumer.
 *
 * @throws {EventTooLongError}
 * @throws {EventStreamIdleError} nothing came for `idleTimeoutMs`.
 * @throws {HttpTransportError} the connection was lost.
 */
export async function* readEvents(
  stream: HttpStream,
  parser: EventParser,
  { clock, idleTimeoutMs, maxEventLength }: ReadOptions,
): AsyncGenerator<readonly ServerEvent[], void, void> {
  let idle = false;
  const watch = new IdleWatch(clock, idleTimeoutMs, () => {
    idle = true;
    stream.close();
  });
  try {
    for (;;) {
      const bytes = await watch.wait(stream.read());
      if (idle) throw new EventStreamIdleError(idleTimeoutMs);
      if (bytes === undefined) return;
      yield parser.read(bytes);
      if (parser.tooLong) throw new EventTooLongError(maxEventLength);
    }
  } finally {
    watch.stop();
    stream.close();
  }
}
