import { type Frame, seqOf } from './frame.js';

/** How far a consumer has got in a stream of events, over all its connections and polls. */
export class Cursor<T extends Frame> {
  readonly #isLast: (event: T) => boolean;
  #seq: number;
  #ended = false;

  /** @param since - Events up to this one are old. */
  constructor(since: number, isLast: (event: T) => boolean) {
    this.#seq = since;
    this.#isLast = isLast;
  }

  /** The highest `seq` so far: where to resume. */
  get seq(): number {
    return this.#seq;
  }

  /** Whether nothing comes any more. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Of what a connection or a poll brought: what is new, up to the last event. One without a `seq` always is. */
  take(events: readonly (T | undefined)[]): readonly T[] {
    const news: T[] = [];
    for (const event of events) {
      if (event === undefined) continue;
      const seq = seqOf(event);
      if (seq !== undefined && seq <= this.#seq) continue;
      this.#seq = seq ?? this.#seq;
      news.push(event);
      if (!this.#isLast(event)) continue;
      this.#ended = true;
      break;
    }
    return news;
  }
}
