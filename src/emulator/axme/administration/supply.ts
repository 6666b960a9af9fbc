import type { Core } from '../core.js';
import { dateTime } from '../time.js';

/** Where the administration's rows get their times and ids from. */
export class Supply {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  /** The time as a row tells it; `inSeconds` looks ahead. */
  time(inSeconds = 0): string {
    return dateTime(this.#core.time.now() + inSeconds * 1000);
  }

  /** The times of a row that is new. */
  born(): { readonly created_at: string; readonly updated_at: string } {
    const now = this.time();
    return { created_at: now, updated_at: now };
  }

  /** The times of something that is over after so many seconds. */
  lifetime(seconds: number): { readonly created_at: string; readonly expires_at: string } {
    const now = this.#core.time.now();
    return { created_at: dateTime(now), expires_at: dateTime(now + seconds * 1000) };
  }

  /** The time of a row that changes. */
  touched(): { readonly updated_at: string } {
    return { updated_at: this.time() };
  }

  /** Whether a time of a row has come. */
  isOver(time: string): boolean {
    return Date.parse(time) <= this.#core.time.now();
  }

  uuid(): string {
    return this.#core.ids.uuid();
  }

  /** A new id with one of the prefixes of AXME contract §1.6, as `sa_…`. */
  id(prefix: string): string {
    return `${prefix}_${this.#core.ids.hex(10)}`;
  }

  /** Something that nobody guesses: 40 hexadecimal digits. */
  secret(): string {
    return this.#core.ids.hex(20);
  }
}
