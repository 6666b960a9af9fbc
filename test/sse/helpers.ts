import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { path } from '../../src/http/index.js';
import {
  type EventStream,
  type EventStreamOptions,
  type EventStreamStatus,
  eventStream,
  type ServerEvent,
} from '../../src/sse/index.js';
import { clientFor } from '../http/clients.js';
import { ManualClock } from '../http/manual-clock.js';

/** A stream whose delays take no time: `waits` has them, with the name of the error before each. `statuses` has every state. */
export function openAt(url: string, options: Partial<EventStreamOptions> = {}) {
  const clock = new ManualClock();
  const waits: number[] = [];
  const errors: unknown[] = [];
  const statuses: EventStreamStatus[] = [];
  const stream = eventStream({
    http: clientFor(url, { clock }),
    path: path('/events'),
    clock,
    random: () => 0.5,
    ...options,
    onStatus(status) {
      statuses.push(status);
      options.onStatus?.(status);
      if (status.state !== 'waiting') return;
      waits.push(status.delayMs);
      errors.push(status.error);
      queueMicrotask(() => clock.advance(status.delayMs));
    },
  });
  return { stream, clock, waits, errors, statuses };
}

type Send = (response: ServerResponse, request: IncomingMessage) => void;

/** Answers with an event stream that `send` writes to. */
export function events(send: Send, headers: Record<string, string> = {}): RequestListener {
  return (request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', ...headers }).flushHeaders();
    send(response, request);
  };
}

/** An event stream of this text, which then ends. */
export const ending = (text: string) => events((response) => response.end(text));
/** An event stream of this text, which then stays open. */
export const staying = (text: string) => events((response) => void response.write(text));
export const noContent: RequestListener = (_, response) => response.writeHead(204).end();

/** All events to the end of the stream, or the first `count`, after which it is left. */
export async function collect(stream: EventStream, count = Number.POSITIVE_INFINITY): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const event of stream) if (events.push(event) >= count) break;
  return events;
}
