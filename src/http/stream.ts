import type { HttpTransportError } from './errors.js';

/** An answer whose body is read as it comes. Read it to its end, or close it: until then it holds a connection. */
export class HttpStream {
  readonly status: number;
  readonly headers: Headers;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  readonly #controller: AbortController;
  readonly #lost: (error: unknown) => HttpTransportError;
  readonly #release: () => void;
  #closed = false;

  constructor(
    response: Response,
    init: {
      /** Ends the stream with the reason of its signal. */
      readonly controller: AbortController;
      /** The error for what the runtime threw. */
      readonly lost: (error: unknown) => HttpTransportError;
      /** Called when the connection is not needed any more, once or more often. */
      readonly release: () => void;
    },
  ) {
    this.status = response.status;
    this.headers = response.headers;
    this.#reader = response.body?.getReader();
    this.#controller = init.controller;
    this.#lost = init.lost;
    this.#release = init.release;
    // Not every body heeds the signal of its fetch; a cancelled one ends the read that is under way.
    init.controller.signal.addEventListener('abort', () => this.#free(), { once: true });
  }

  /**
   * The next bytes, as they arrive; `undefined` at the end, and after `close`.
   *
   * @throws {HttpTransportError} the connection was lost.
   * @throws the signal's reason.
   */
  async read(): Promise<Uint8Array | undefined> {
    if (this.#closed) return undefined;
    const { signal } = this.#controller;
    try {
      signal.throwIfAborted();
      const { done = true, value } = (await this.#reader?.read()) ?? {};
      if (this.#closed) return undefined;
      signal.throwIfAborted();
      if (done) {
        this.#closed = true;
        this.#free();
      }
      return value;
    } catch (error) {
      if (this.#closed) return undefined;
      this.#free();
      signal.throwIfAborted();
      throw this.#lost(error);
    }
  }

  /** Gives up what has not been read, and with it the connection. May be called again. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // Some runtimes free the connection of a cancelled body only with its fetch. This calls `#free`.
    this.#controller.abort();
  }

  #free(): void {
    this.#reader?.cancel().catch(() => {});
    this.#release();
  }
}
