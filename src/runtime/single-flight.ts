import { runtimeName } from './identity.js';

/**
 * Whether a promise that one request made may be awaited in another. On Cloudflare Workers it may never settle there, for
 * one if the request that made it ends first, so that only finished values are shared.
 */
export function sharesPromises(): boolean {
  return runtimeName() !== 'workerd';
}

interface Flight<Value> {
  readonly controller: AbortController;
  readonly result: Promise<Value>;
  waiting: number;
}

/**
 * Calls that want the same thing at the same time share one run of the work. A caller that aborts leaves alone; the work
 * is aborted when the last one has left. Where promises cannot be shared, every caller runs the work itself.
 */
export class SingleFlight<Key, Value> {
  readonly #flights = new Map<Key, Flight<Value>>();

  /** @throws what `work` throws, or the reason of `signal`, which must be this call's own. */
  async run(key: Key, work: (signal: AbortSignal) => Promise<Value>, signal: AbortSignal): Promise<Value> {
    signal.throwIfAborted();
    if (!sharesPromises()) return work(signal);
    return this.#join(key, this.#flights.get(key) ?? this.#start(key, work), signal);
  }

  #start(key: Key, work: (signal: AbortSignal) => Promise<Value>): Flight<Value> {
    const controller = new AbortController();
    const result = work(controller.signal).finally(() => this.#forget(key, flight));
    const flight: Flight<Value> = { controller, result, waiting: 0 };
    this.#flights.set(key, flight);
    return flight;
  }

  #join(key: Key, flight: Flight<Value>, signal: AbortSignal): Promise<Value> {
    flight.waiting++;
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        reject(signal.reason);
        if (--flight.waiting > 0) return;
        this.#forget(key, flight);
        flight.controller.abort(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      flight.result.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    });
  }

  #forget(key: Key, flight: Flight<Value>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }
}
