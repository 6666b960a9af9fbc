import { createParser, type EventSourceParser } from 'eventsource-parser';
import type { ServerEvent } from './event.js';
import { LineReader } from './lines.js';

/**
 * Reads the bytes of one connection as events, with the rules of HTML §9.2.6 that eventsource-parser leaves out: an id
 * holds for all later events, and one without data counts too.
 */
export class EventParser {
  readonly #lines: LineReader;
  readonly #parser: EventSourceParser;
  #events: ServerEvent[] = [];
  #tooLong = false;
  #lastEventId: string;
  /** The id of the block that has not ended. */
  #blockId: string | undefined;
  #retryMs: number | undefined;

  constructor({ maxLength, lastEventId }: { readonly maxLength: number; readonly lastEventId: string }) {
    this.#lines = new LineReader(maxLength);
    this.#lastEventId = lastEventId;
    this.#parser = createParser({
      maxBufferSize: maxLength,
      onEvent: ({ event = 'message', data, id }) => {
        if (data.length > maxLength) this.#tooLong = true;
        if (this.#tooLong) return;
        if (id !== undefined) this.#lastEventId = id;
        this.#events.push({ type: event, data, id: this.#lastEventId });
      },
      onRetry: (ms) => {
        this.#retryMs = ms;
      },
      onError: ({ type }) => {
        if (type === 'max-buffer-size-exceeded') this.#tooLong = true;
      },
    });
    // The parser would take the letters of a doubly encoded BOM for one; the real one has been taken by the decoder.
    this.#parser.feed('');
  }

  /** The id to resume from once all events so far have been dealt with; `''` if there is none. */
  get lastEventId(): string {
    return this.#lastEventId;
  }

  /** What the stream last gave as its reconnection time, in milliseconds. */
  get retryMs(): number | undefined {
    return this.#retryMs;
  }

  /** Whether there was a line, or an event, of more than `maxLength` characters. Nothing after it is read. */
  get tooLong(): boolean {
    return this.#tooLong || this.#lines.tooLong;
  }

  /** The events that these bytes complete. */
  read(bytes: Uint8Array): readonly ServerEvent[] {
    this.#events = [];
    if (this.tooLong) return this.#events;
    for (const lines of this.#lines.read(bytes)) this.#parse(lines);
    return this.#events;
  }

  #parse(lines: string): void {
    if (this.#blockId === undefined && !lines.startsWith('id') && !lines.includes('\nid')) {
      this.#feed(lines);
      return;
    }
    let fed = 0;
    let hasData = false;
    for (let start = 0; start < lines.length; ) {
      const end = lines.indexOf('\n', start);
      if (end > start) {
        this.#blockId = idOf(lines, start, end) ?? this.#blockId;
        hasData ||= lines.startsWith('data:', start);
      } else {
        if (this.#blockId !== undefined && !hasData) {
          // Perhaps a block without data, of which the parser says nothing: its id holds from here on.
          this.#feed(lines.slice(fed, end + 1));
          fed = end + 1;
          if (!this.#tooLong) this.#lastEventId = this.#blockId;
        }
        this.#blockId = undefined;
        hasData = false;
      }
      start = end + 1;
    }
    this.#feed(lines.slice(fed));
  }

  #feed(lines: string): void {
    if (!this.#tooLong) this.#parser.feed(lines);
  }
}

/** The id that a line sets, if it is an `id` line without U+0000 (HTML §9.2.6). */
function idOf(lines: string, start: number, end: number): string | undefined {
  if (!lines.startsWith('id', start)) return undefined;
  if (end === start + 2) return '';
  if (lines[start + 2] !== ':') return undefined;
  const value = lines.slice(lines[start + 3] === ' ' ? start + 4 : start + 3, end);
  return value.includes('\0') ? undefined : value;
}
