import type { Clock } from '../runtime/clock.js';

/** A request that reached one of the emulated platforms. */
export interface SeenRequest {
  /** When it arrived, by the emulator's clock, in milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  /** The path as it was sent, percent-encoded, without the query. */
  readonly path: string;
  /** Lower-case names. The value of a header that carries a secret is `***`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The status of the answer; `undefined` while there is none, and for good when the connection was cut. */
  readonly status: number | undefined;
}

/** How many requests are kept, newest last. */
export const MAX_SEEN_REQUESTS = 1000;

const SECRET_HEADER = /authorization|cookie|token|secret|api-?key|csrf|signature/;

/** The latest requests, without their secrets and bodies. */
export class RequestLog {
  #seen: SeenRequest[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes the request; call what it returns with the status of the answer. */
  record(request: Request): (status: number) => void {
    const seen = {
      at: this.#clock.now(),
      method: request.method,
      path: new URL(request.url).pathname,
      headers: Object.freeze(
        Object.fromEntries(
          Array.from(request.headers, ([name, value]) => [name, SECRET_HEADER.test(name) ? '***' : value]),
        ),
      ),
      status: undefined as number | undefined,
    };
    this.#seen.push(seen);
    if (this.#seen.length > MAX_SEEN_REQUESTS) this.#seen.shift();
    return (status) => {
      seen.status = status;
    };
  }

  list(): readonly SeenRequest[] {
    return this.#seen.map((seen) => Object.freeze({ ...seen }));
  }

  clear(): void {
    this.#seen = [];
  }
}
