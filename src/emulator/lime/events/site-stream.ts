import type { Clock } from '../../../runtime/clock.js';
import { cuttableBody, LostConnectionError } from '../../faults/cut.js';
import { frameBytes, linesBytes, piecesOf } from './frame.js';
import type { EventSettings } from './settings.js';

/** What is to be written: the event of a login request, a frame that a test made, or bytes as they are. */
export type Item =
  | { readonly requestId: string }
  | { readonly frame: object }
  | { readonly bytes: Uint8Array<ArrayBuffer> };

/** The event of a login request as it is written. */
export interface WrittenEvent {
  readonly body: object;
  /** After how many bytes the connection is cut; `undefined`: not at all. */
  readonly cutAfter: number | undefined;
  /** Called when its last byte was taken. */
  readonly onWritten: () => void;
}

/** What a stream needs of those around it. */
export interface StreamContext {
  readonly clock: Clock;
  readonly settings: EventSettings;
  /** Puts what has expired by now on the streams; when that can next be. */
  readonly expire: () => number;
  readonly nextId: () => number;
  /** The event of a login request; `undefined` when there is nothing to tell any more. */
  readonly write: (requestId: string, stream: SiteStream) => Promise<WrittenEvent | undefined>;
  /** Called once, when the stream is over. */
  readonly onOver: (stream: SiteStream) => void;
}

interface Piece {
  readonly bytes: Uint8Array;
  readonly onTaken?: (() => void) | undefined;
}

/** A queue that grew so long is of a stream that nobody reads. */
const MAX_QUEUED = 20_000;

const KEEPALIVE = { type: 'keepalive' };
const BYTE_ORDER_MARK = new Uint8Array([0xef, 0xbb, 0xbf]);

/**
 * One open stream of a site. It only acts while someone reads it: what is written has been taken, and a stream that was
 * forgotten costs no timer.
 */
export class SiteStream {
  /** Counts from 1. */
  readonly number: number;
  readonly siteId: string;
  /** The origin by which the site reached the platform. */
  readonly origin: string;
  readonly body: ReadableStream<Uint8Array>;
  readonly #context: StreamContext;
  readonly #signal: AbortSignal;
  readonly #queue: Item[] = [];
  readonly #over = new AbortController();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #nap = new AbortController();
  #keepaliveAt = Number.NEGATIVE_INFINITY;

  constructor(
    request: {
      readonly number: number;
      readonly siteId: string;
      readonly origin: string;
      readonly signal: AbortSignal;
    },
    context: StreamContext,
  ) {
    this.number = request.number;
    this.siteId = request.siteId;
    this.origin = request.origin;
    this.#signal = request.signal;
    this.#context = context;
    const pieces = this.#pieces();
    this.body = cuttableBody(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#pull(pieces),
        cancel: () => this.#finish(),
      },
      { highWaterMark: 0 },
    );
    this.#signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Writes it when its turn comes. */
  push(item: Item): void {
    if (this.#queue.length >= MAX_QUEUED) {
      this.cut();
    } else if (!this.#over.signal.aborted) {
      this.#queue.push(item);
      this.wake();
    }
  }

  /** Looks again at what there is to do. */
  wake(): void {
    this.#nap.abort();
  }

  /** Ends it as a server does that has nothing more to say. */
  end(): void {
    this.#finish(() => this.#controller?.close());
  }

  /** Cuts its connection. */
  cut(): void {
    this.#finish(() => this.#controller?.error(new LostConnectionError()));
  }

  readonly #onAbort = () => this.#finish(() => this.#controller?.error(this.#signal.reason));

  #finish(close = () => {}): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort();
    this.#queue.length = 0;
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.wake();
    close();
    this.#context.onOver(this);
  }

  async #pull(pieces: AsyncGenerator<Piece, void>): Promise<void> {
    try {
      const { value } = await pieces.next();
      if (this.#over.signal.aborted) return;
      if (value === undefined) return this.end();
      this.#controller?.enqueue(value.bytes);
      value.onTaken?.();
    } catch (error) {
      this.#finish(() => this.#controller?.error(error));
    }
  }

  async *#pieces(): AsyncGenerator<Piece, void> {
    const { settings } = this.#context;
    if (settings.now.closeAtOnce) return;
    let item = await this.#next();
    if (settings.now.byteOrderMark) yield* this.#split(BYTE_ORDER_MARK);
    if (settings.now.retryMs !== null) yield* this.#split(linesBytes([`retry: ${settings.now.retryMs}`], settings.now));
    for (; item !== undefined; item = await this.#next()) {
      if ('bytes' in item) yield* this.#split(item.bytes);
      else if ('frame' in item) yield* this.#split(this.#frame(item.frame));
      else yield* this.#event(item.requestId);
    }
  }

  /** The next that is to be written, waited for; `undefined` when the stream is over. */
  async #next(): Promise<Item | undefined> {
    const { clock, settings, expire } = this.#context;
    while (!this.#over.signal.aborted) {
      const next = expire();
      const { keepaliveMs, stalled } = settings.now;
      const now = clock.now();
      const connects = this.#keepaliveAt === Number.NEGATIVE_INFINITY;
      const due = connects || keepaliveMs === null ? this.#keepaliveAt : this.#keepaliveAt + keepaliveMs;
      if (stalled) {
        await this.#sleep(Number.POSITIVE_INFINITY);
      } else if (connects || (keepaliveMs !== null && due <= now)) {
        this.#keepaliveAt = now;
        return { frame: KEEPALIVE };
      } else if (this.#queue.length > 0) {
        return this.#queue.shift();
      } else {
        await this.#sleep(Math.min(keepaliveMs === null ? Number.POSITIVE_INFINITY : due, next) - now);
      }
    }
    return undefined;
  }

  async *#event(requestId: string): AsyncGenerator<Piece> {
    const event = await this.#context.write(requestId, this);
    if (event === undefined) return;
    const { copies } = this.#context.settings.now;
    if (event.cutAfter !== undefined) {
      const bytes = this.#frame(event.body);
      // Without its last byte no frame is whole.
      yield* this.#split(bytes.subarray(0, Math.min(event.cutAfter, bytes.length - 1)));
      throw new LostConnectionError();
    }
    for (let copy = 1; copy <= copies; copy++) {
      yield* this.#split(this.#frame(event.body), copy === 1 ? event.onWritten : undefined);
    }
  }

  async *#split(bytes: Uint8Array, onTaken?: () => void): AsyncGenerator<Piece> {
    const { pieceBytes, pieceDelayMs } = this.#context.settings.now;
    let left = bytes.length;
    for (const piece of piecesOf(bytes, pieceBytes)) {
      if (pieceDelayMs > 0) await this.#pause(pieceDelayMs);
      left -= piece.length;
      yield { bytes: piece, onTaken: left === 0 ? onTaken : undefined };
    }
  }

  #frame(json: object): Uint8Array {
    const settings = this.#context.settings.now;
    return frameBytes(json, settings, settings.ids ? this.#context.nextId() : undefined);
  }

  /** Until the time has come, or something happens. */
  async #sleep(ms: number): Promise<void> {
    this.#nap = new AbortController();
    const { signal } = this.#nap;
    try {
      await this.#context.clock.sleep(ms, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Until the time has come, whatever happens, unless the stream is over. */
  async #pause(ms: number): Promise<void> {
    const { signal } = this.#over;
    try {
      await this.#context.clock.sleep(ms, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
