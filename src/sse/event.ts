/** One event of a stream. */
export interface ServerEvent {
  /** The `event` field; `message` if there was none. */
  readonly type: string;
  /** The `data` lines, joined by line feeds. */
  readonly data: string;
  /** The last `id` of the stream so far, of this event or an earlier one; `''` if there was none. */
  readonly id: string;
}
