import type { Clock } from '../../../runtime/clock.js';
import { cuttableBody, LostConnectionError } from '../../faults/cut.js';
import type { AxmeSettings } from '../settings.js';
import { frame } from './frame.js';

/** What a stream writes. */
export interface Written {
  readonly text: string;
  /** Whether nothing comes after it. */
  readonly last?: boolean | undefined;
  /** Called when it was taken. */
  readonly onTaken?: (() => void) | undefined;
}

/** Where a stream's frames come from. */
export interface FrameSource {
  /** The next that there is now. */
  next(): Written | undefined;
  /** Calls `wake` when there may be more, until the function that is returned is called. */
  watch(wake: () => void): () => void;
  /** What the frame `stream.timeout` says when the window ends. */
  timeout(): object;
}

interface OpenStream {
  end(): void;
  cut(): void;
}

/** At most so many are open; then the oldest is cut. */
const MAX_STREAMS = 2000;

/** The event streams that are open (AXME contract §4). One that nobody reads costs no timer. */
export class Streams {
  readonly #clock: Clock;
  readonly #settings: AxmeSettings;
  readonly #open = new Set<OpenStream>();

  constructor(clock: Clock, settings: AxmeSettings) {
    this.#clock = clock;
    this.#settings = settings;
  }

  /** How many are open. */
  get size(): number {
    return this.#open.size;
  }

  /** Answers with a stream that ends by itself after `waitSeconds`. */
  answer(request: Request, waitSeconds: number, source: FrameSource): Response {
    const headers = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache, no-transform' };
    // Nobody would read a stream that answers HEAD.
    if (request.method === 'HEAD') return new Response(null, { headers });
    if (this.#open.size >= MAX_STREAMS) [...this.#open][0]?.cut();
    return new Response(this.#body(request.signal, waitSeconds * 1000, source), { headers });
  }

  /** Ends every stream as it should, or cuts its connection. Says how many there were. */
  drop(how: 'end' | 'cut'): number {
    const streams = [...this.#open];
    for (const stream of streams) stream[how]();
    return streams.length;
  }

  #body(signal: AbortSignal, windowMs: number, source: FrameSource): ReadableStream<Uint8Array> {
    const clock = this.#clock;
    const endsAt = clock.monotonic() + windowMs;
    let keepaliveFrom = clock.monotonic();
    let over = false;
    let wake = () => {};
    let controller: ReadableStreamDefaultController<Uint8Array>;
    const encoder = new TextEncoder();
    const finish = (close: () => void) => {
      if (over) return;
      over = true;
      this.#open.delete(stream);
      signal.removeEventListener('abort', onAbort);
      wake();
      close();
    };
    const onAbort = () => finish(() => controller.error(signal.reason));
    const stream: OpenStream = {
      end: () => finish(() => controller.close()),
      cut: () => finish(() => controller.error(new LostConnectionError())),
    };
    const write = (text: string) => controller.enqueue(encoder.encode(text));

    const pull = async () => {
      while (!over) {
        const written = source.next();
        const now = clock.monotonic();
        const { keepaliveMs } = this.#settings.now;
        const keepaliveAt = keepaliveMs === null ? Number.POSITIVE_INFINITY : keepaliveFrom + keepaliveMs;
        if (written !== undefined) {
          keepaliveFrom = now;
          write(written.text);
          written.onTaken?.();
          if (written.last) stream.end();
          return;
        }
        if (now >= endsAt) {
          write(frame('stream.timeout', source.timeout()));
          return stream.end();
        }
        if (now >= keepaliveAt) {
          keepaliveFrom = now;
          return write(': keepalive\n\n');
        }
        await this.#sleep(Math.min(endsAt, keepaliveAt) - now, (awake) => {
          wake = awake;
          return source.watch(awake);
        });
      }
    };
    this.#open.add(stream);
    const body = cuttableBody(
      {
        start: (given) => {
          controller = given;
        },
        pull,
        cancel: () => finish(() => {}),
      },
      { highWaterMark: 0 },
    );
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    return body;
  }

  /** Until the time has come, or something happens. */
  async #sleep(ms: number, watch: (wake: () => void) => () => void): Promise<void> {
    const nap = new AbortController();
    const unwatch = watch(() => nap.abort());
    try {
      await this.#clock.sleep(ms, { signal: nap.signal });
    } catch (error) {
      if (!nap.signal.aborted) throw error;
    } finally {
      unwatch();
    }
  }
}
