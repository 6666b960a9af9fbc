import { follow } from '../http/index.js';
import type { Clock } from '../runtime/clock.js';
import { McpFailure } from './errors.js';
import type { McpCall } from './port.js';
import type { Audible, Silence } from './silence.js';
import type { McpProgress } from './types.js';

/** A call that waits for its answer: what the SDK's request and our HTTP exchange both need to know of it. */
export class PendingCall implements Audible {
  readonly attempt: number;
  /** The id of its JSON-RPC request, once that is sent. */
  id: unknown;
  /** The last event of its stream that the server can resume after. */
  eventId: string | undefined;
  /** How often its stream was resumed without a new event. */
  resumptions = 0;
  readonly wantsProgress: boolean;
  readonly #controller = new AbortController();
  readonly #clock: Clock;
  readonly #call: McpCall;
  readonly #silence: Silence;
  readonly #unfollow: () => void;
  #failure: { readonly error: unknown } | undefined;
  #lastSignAt = 0;
  #maybeActed = false;

  constructor(call: McpCall, clock: Clock, silence: Silence) {
    this.attempt = call.attempt;
    this.wantsProgress = call.onProgress !== undefined;
    this.#call = call;
    this.#clock = clock;
    this.#silence = silence;
    this.#unfollow = follow(call.signal, this.#controller);
  }

  /** Aborts when the call is over before its answer has come. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Its request goes out: the read timeout begins, and the server may act on it, unless that turns out to be impossible. */
  sending(): { undo(): void } {
    const before = this.#maybeActed;
    this.#maybeActed = true;
    this.heard();
    this.#silence.watch(this);
    return {
      undo: () => {
        this.#maybeActed = before;
      },
    };
  }

  /** The server has been heard of: the read timeout begins again. */
  heard(): void {
    this.#lastSignAt = this.#clock.monotonic();
  }

  progressed(progress: McpProgress): void {
    this.heard();
    try {
      this.#call.onProgress?.(progress);
    } catch {} // A listener must not be able to break what it listens to.
  }

  resumableAfter(eventId: string): void {
    this.eventId = eventId;
    this.resumptions = 0;
  }

  /** Notes why the call fails; the first reason stands. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /** Why the call failed, if it is known: the SDK's rejection then only stands for it. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#call.signal.aborted ? { error: this.#call.signal.reason } : this.#failure;
  }

  /** Fails the call and has the SDK give it up, which tells the server that nobody waits any more. */
  giveUp(error: unknown): void {
    this.fail(error);
    this.#controller.abort();
  }

  get silentAt(): number {
    return this.#lastSignAt + this.#call.readTimeoutMs;
  }

  timeOut(): void {
    const message = `The MCP server was silent for ${this.#call.readTimeoutMs} ms. Try again, or allow more time.`;
    this.giveUp(new McpFailure('TIMEOUT', message, { maybeActed: this.#maybeActed, retryable: true }));
  }

  /** It is over, and lets go of what it held. */
  settle(): void {
    this.#unfollow();
    this.#silence.forget(this);
  }
}
