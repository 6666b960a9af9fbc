import * as v from 'valibot';
import type { JsonEdits } from '../../faults/fault.js';
import { jsonEditsSchema } from '../../faults/json-edits.js';
import { milliseconds } from '../../input.js';
import { Settings } from '../../settings.js';

/**
 * How the event streams of sites are written. With the defaults as the platform does; everything else is legal or
 * broken on purpose. What is set meets whatever is written from then on, on streams that are open too.
 */
export interface EventStreamOptions {
  /** Milliseconds from one `keepalive` to the next; `null`: none after the one on connect. Default 15,000. */
  readonly keepaliveMs?: number | null | undefined;
  /** Whether streams stay open but nothing is written, not even a keepalive. Default `false`. */
  readonly stalled?: boolean | undefined;
  /** Whether new streams end right after their head. Default `false`. */
  readonly closeAtOnce?: boolean | undefined;
  /** The `Content-Type` of new streams; `null`: none. Default `text/event-stream`. */
  readonly contentType?: string | null | undefined;
  /** Default `lf`. */
  readonly lineEnd?: 'lf' | 'crlf' | 'cr' | undefined;
  /** Whether the JSON of a frame goes over several `data` lines. Default `false`. */
  readonly multiLine?: boolean | undefined;
  /** Whether new streams begin with a byte-order mark. Default `false`. */
  readonly byteOrderMark?: boolean | undefined;
  /** Whether a comment goes before each line of a frame. Default `false`. */
  readonly comments?: boolean | undefined;
  /** How often each event is written. Default 1. */
  readonly copies?: number | undefined;
  /** The `retry` field, in milliseconds, that new streams begin with; `null`: none. Default `null`. */
  readonly retryMs?: number | null | undefined;
  /** Whether frames have an `id` field, which counts over all streams. Default `false`. */
  readonly ids?: boolean | undefined;
  /** Whether frames have an `event` field, which says their `type`. Default `false`. */
  readonly eventNames?: boolean | undefined;
  /** Writes in pieces of so many bytes, wherever that splits a frame; `null`: a frame at once. Default `null`. */
  readonly pieceBytes?: number | null | undefined;
  /** Milliseconds to wait before each piece, by the emulator's clock. Default 0. */
  readonly pieceDelayMs?: number | undefined;
  /** Changes to the JSON of each `approved` and `expired`, as `{ remove: ['/agent_passport_jwt'] }`. Default `null`. */
  readonly edits?: JsonEdits | null | undefined;
}

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const span = v.pipe(milliseconds, v.minValue(1));

const schema = v.strictObject({
  keepaliveMs: v.optional(v.nullable(span), 15_000),
  stalled: v.optional(v.boolean(), false),
  closeAtOnce: v.optional(v.boolean(), false),
  contentType: v.optional(v.nullable(v.pipe(v.string(), v.regex(/^[\x20-\x7e]*$/))), 'text/event-stream'),
  lineEnd: v.optional(v.picklist(['lf', 'crlf', 'cr']), 'lf'),
  multiLine: v.optional(v.boolean(), false),
  byteOrderMark: v.optional(v.boolean(), false),
  comments: v.optional(v.boolean(), false),
  copies: v.optional(v.pipe(count, v.maxValue(100)), 1),
  retryMs: v.optional(v.nullable(v.pipe(milliseconds, v.integer())), null),
  ids: v.optional(v.boolean(), false),
  eventNames: v.optional(v.boolean(), false),
  pieceBytes: v.optional(v.nullable(count), null),
  pieceDelayMs: v.optional(milliseconds, 0),
  edits: v.optional(v.nullable(jsonEditsSchema), null),
});

export type EventSettings = Settings<typeof schema>;

/**
 * @param onChange - Called after each update.
 * @throws {EmulatorInputError} an option has the wrong type or range.
 */
export function createEventSettings(options: EventStreamOptions, onChange: () => void): EventSettings {
  return new Settings(schema, options, 'lime.events', onChange);
}
