import type { Clock } from '../../../runtime/clock.js';
import { createRandom, type Random } from '../../random.js';

/** Where the administration's rows get their times and ids from. */
export class Supply {
  readonly clock: Clock;
  readonly #seed: string | undefined;
  #random: Random;

  /** @param seed - Makes the ids the same each time. Default: they are cryptographically random. */
  constructor(clock: Clock, seed?: string) {
    this.clock = clock;
    this.#seed = seed;
    this.#random = createRandom(seed, 'axme administration');
  }

  /** The time as a row tells it: RFC 3339 in UTC. `inSeconds` looks ahead. */
  time(inSeconds = 0): string {
    return new Date(this.clock.now() + inSeconds * 1000).toISOString();
  }

  /** Whether a time that {@link Supply.time} gave, or one of a request, has come. */
  isOver(time: string): boolean {
    return Date.parse(time) <= this.clock.now();
  }

  uuid(): string {
    return this.#random.uuid();
  }

  /** A new id with one of the prefixes of AXME contract §1.6, as `sa_…`. */
  id(prefix: string): string {
    return `${prefix}_${this.#random.hex(10)}`;
  }

  /** Something that nobody guesses: 40 hexadecimal digits. */
  secret(): string {
    return this.#random.hex(20);
  }

  reset(): void {
    this.#random = createRandom(this.#seed, 'axme administration');
  }
}
