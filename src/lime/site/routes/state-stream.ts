import type { Clock } from '../../../runtime/clock.js';
import type { Wakers } from './wakers.js';

/** How often a state is looked at that another process may have changed. */
const LOOK_MS = 1000;
/** Looks in vain after which a comment keeps the connection alive. */
const LOOKS_PER_COMMENT = 15;

/** The states of a login as an event stream, each once, until the last one or until the reader leaves. */
export function stateStream(init: {
  readonly requestId: string;
  readonly wakers: Wakers;
  readonly clock: Clock;
  /** The state as JSON, and whether it is the last. */
  readonly read: () => Promise<{ readonly json: string; readonly final: boolean }>;
}): ReadableStream<Uint8Array> {
  const { requestId, wakers, clock, read } = init;
  const encoder = new TextEncoder();
  const left = new AbortController();
  let last: string | undefined;
  return new ReadableStream({
    async pull(controller) {
      for (let looks = 1; ; looks++) {
        if (last !== undefined) await wakers.sleep(requestId, LOOK_MS, clock, left.signal);
        if (left.signal.aborted) return;
        const { json, final } = await read();
        if (left.signal.aborted) return;
        const text = json === last ? ': still here\n\n' : `data: ${json}\n\n`;
        const due = json !== last || looks >= LOOKS_PER_COMMENT;
        if (due) controller.enqueue(encoder.encode(text));
        last = json;
        if (final) controller.close();
        if (final || due) return;
      }
    },
    cancel() {
      left.abort();
    },
  });
}
