import { follow, HttpClosedError } from '../http/index.js';
import { LimeError } from './errors.js';

/** The calls of one client: each ends with its caller's signal or with `close`, and throws nothing but what is LIME's. */
export class Calls {
  readonly #inFlight = new Set<AbortController>();
  #closed = false;

  /**
   * Does `work` with a signal of its own.
   *
   * @throws the signal's reason; a `LimeError` `CLOSED`; else what `translate` makes of what `work` throws.
   */
  async run<T>(
    signal: AbortSignal | undefined,
    translate: (error: unknown) => unknown,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (this.#closed) throw closedError();
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
    for (const call of this.#inFlight) call.abort(closedError());
  }
}

function closedError(): LimeError {
  const { code, message } = new HttpClosedError();
  return new LimeError(code, message);
}
