import { runtimeName } from './identity.js';

/** A part in work that may be shared. */
export interface Share<T> {
  readonly result: Promise<T>;
  /** Call it when `result` is not waited for any more. Work that nobody waits for is aborted. */
  leave(): void;
}

interface Flight<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * Work that is done once however many callers wait for it at a time.
 *
 * On workerd a promise that one request has made never settles for another (measured: it hangs), so there each caller does
 * the work itself, and only finished values are shared.
 */
export class SingleFlight<T> {
  #flight: Flight<T> | undefined;

  /** Starts `work`, or joins it where it is under way. `work` must heed its controller's signal, and may abort it. */
  join(work: (controller: AbortController) => Promise<T>): Share<T> {
    const flight = this.#flight ?? this.#start(work);
    flight.waiting += 1;
    if (runtimeName() !== 'workerd') this.#flight = flight;
    let left = false;
    return {
      result: flight.result,
      leave: () => {
        if (left) return;
        left = true;
        flight.waiting -= 1;
        if (flight.waiting > 0) return;
        this.#land(flight);
        flight.controller.abort();
      },
    };
  }

  #start(work: (controller: AbortController) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const flight: Flight<T> = { result: work(controller), controller, waiting: 0 };
    flight.result.then(
      () => this.#land(flight),
      () => this.#land(flight),
    );
    return flight;
  }

  #land(flight: Flight<T>): void {
    if (this.#flight === flight) this.#flight = undefined;
  }
}
