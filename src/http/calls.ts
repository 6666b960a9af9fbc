import { follow } from './abort.js';

/** The calls of one client: each ends with its caller's signal or with `close`, and throws nothing but what the client's own are. */
export class Calls {
  readonly #inFlight = new Set<AbortController>();
  readonly #closedError: () => Error;
  #closed = false;

  /** @param closedError - What a call throws that `close` ended, or that came after it. */
  constructor(closedError: () => Error) {
    this.#closedError = closedError;
  }

  /**
   * Does `work` with a signal of its own.
   *
   * @throws the signal's reason; what the client throws once it is closed; else what `translate` makes of what `work` throws.
   */
  async run<T>(
    signal: AbortSignal | undefined,
    translate: (error: unknown) => unknown,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (this.#closed) throw this.#closedError();
    signal?.throwIfAborted();
    const call = new AbortController();
    const unfollow = follow(signal, call);
    this.#inFlight.add(call);
    try {
      return await work(call.signal);
    } catch (error) {
      call.signal.throwIfAborted();
      throw translate(error);
    } finally {
      this.#inFlight.delete(call);
      unfollow();
    }
  }

  /** Breaks off what is in flight and refuses what comes later. May be called again. */
  close(): void {
    this.#closed = true;
    for (const call of this.#inFlight) call.abort(this.#closedError());
  }
}
