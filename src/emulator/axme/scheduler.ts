import type { Clock } from '../../runtime/clock.js';

interface Job {
  readonly due: number;
  readonly run: () => void;
}

/** At most so many jobs wait; then the one that is due last is dropped. */
const MAX_JOBS = 50_000;

/**
 * What happens by itself, by the emulator's clock: deadlines, reminders, retries. Jobs run in the order in which they are
 * due, each at its own time, however far the clock was put forward at once. They run when the time has come, and at the
 * latest before the next request is looked at. Waiting for them keeps no process alive.
 */
export class Scheduler {
  readonly #clock: Clock;
  /** Soonest first. */
  #jobs: Job[] = [];
  #jobTime: number | undefined;
  #nap: { readonly due: number; readonly abort: AbortController } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds since the epoch: within a job when it was due, else by the emulator's clock. */
  now(): number {
    return this.#jobTime ?? this.#clock.now();
  }

  /** Calls `run`, which must not throw, at `due`. The function that is returned takes it back. */
  at(due: number, run: () => void): () => void {
    const job: Job = { due, run };
    let low = 0;
    for (let high = this.#jobs.length; low < high; ) {
      const middle = (low + high) >>> 1;
      if ((this.#jobs[middle] as Job).due <= due) low = middle + 1;
      else high = middle;
    }
    this.#jobs.splice(low, 0, job);
    if (this.#jobs.length > MAX_JOBS) this.#jobs.pop();
    this.#arm();
    return () => {
      const index = this.#jobs.indexOf(job);
      if (index !== -1) this.#jobs.splice(index, 1);
    };
  }

  /** Runs whatever is due by now. */
  run(): void {
    // A job that asks for time to pass would find itself here again.
    if (this.#jobTime !== undefined) return;
    try {
      for (let next = this.#jobs[0]; next !== undefined && next.due <= this.#clock.now(); next = this.#jobs[0]) {
        this.#jobs.shift();
        this.#jobTime = next.due;
        next.run();
      }
    } finally {
      this.#jobTime = undefined;
    }
    this.#arm();
  }

  /** When the next job is due; infinity when none waits. */
  get nextDue(): number {
    return this.#jobs[0]?.due ?? Number.POSITIVE_INFINITY;
  }

  /** Stops waiting. Jobs that are left run before the next request is looked at. */
  stop(): void {
    this.#nap?.abort.abort();
    this.#nap = undefined;
  }

  /** Forgets every job. */
  clear(): void {
    this.#jobs = [];
    this.stop();
  }

  #arm(): void {
    const due = this.nextDue;
    if (this.#jobTime !== undefined || due === Number.POSITIVE_INFINITY) return;
    if (this.#nap !== undefined && this.#nap.due <= due) return;
    this.#nap?.abort.abort();
    const nap = { due, abort: new AbortController() };
    this.#nap = nap;
    this.#clock.sleep(due - this.#clock.now(), { signal: nap.abort.signal, background: true }).then(
      () => {
        if (this.#nap === nap) this.#nap = undefined;
        this.run();
      },
      // Only an abort ends a sleep early.
      () => {},
    );
  }
}
