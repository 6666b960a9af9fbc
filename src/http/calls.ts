import { follow } from './abort.js';

/** One call of a client. */
export interface Call {
  /** Aborts with the caller's signal, or when the client closes. Made when it is first asked for. */
  readonly signal: AbortSignal;
  /** @throws the caller's reason, or what the client throws once it is closed. */
  throwIfAborted(): void;
}

/** The calls of one client: each ends with its caller's signal or with `close`, and throws nothing but what the client's own are. */
export class Calls {
  readonly #inFlight = new Set<OpenCall>();
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
  run<T>(
    signal: AbortSignal | undefined,
    translate: (error: unknown) => unknown,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return this.runCall(signal, translate, (call) => work(call.signal));
  }

  /** The same for work that seldom waits for anything but the processor, and then needs no signal. */
  async runCall<T>(
    signal: AbortSignal | undefined,
    translate: (error: unknown) => unknown,
    work: (call: Call) => Promise<T>,
  ): Promise<T> {
    if (this.#closed) throw this.#closedError();
    signal?.throwIfAborted();
    const call = new OpenCall(signal);
    this.#inFlight.add(call);
    try {
      return await work(call);
    } catch (error) {
      call.throwIfAborted();
      throw translate(error);
    } finally {
      this.#inFlight.delete(call);
      call.letGo();
    }
  }

  /** Breaks off what is in flight and refuses what comes later. May be called again. */
  close(): void {
    this.#closed = true;
    for (const call of this.#inFlight) call.close(this.#closedError());
  }
}

class OpenCall implements Call {
  readonly #caller: AbortSignal | undefined;
  // A controller and its listener cost 4 µs (Node 20), a tenth of what a passport's signature does.
  #controller: AbortController | undefined;
  #unfollow: (() => void) | undefined;
  #closed: Error | undefined;

  constructor(caller: AbortSignal | undefined) {
    this.#caller = caller;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#closed !== undefined) this.#controller.abort(this.#closed);
      this.#unfollow = follow(this.#caller, this.#controller);
    }
    return this.#controller.signal;
  }

  throwIfAborted(): void {
    if (this.#closed !== undefined) throw this.#closed;
    this.#caller?.throwIfAborted();
  }

  /** Of the caller's abort and the close, the first counts, whether or not the signal was asked for by then. */
  close(error: Error): void {
    if (this.#caller?.aborted || this.#closed !== undefined) return;
    this.#closed = error;
    this.#controller?.abort(error);
  }

  letGo(): void {
    this.#unfollow?.();
  }
}
