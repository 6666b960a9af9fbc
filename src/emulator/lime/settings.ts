import * as v from 'valibot';
import type { PowAlgorithm } from '../../pow/prefix.js';
import { checkInput, milliseconds } from '../input.js';

/** What can be set on the emulated LIME, at the start and at any time after. */
export interface LimeOptions {
  /** Leading zero bits asked of new login requests. Any integer. Default 15. */
  readonly difficulty?: number | undefined;
  /** Which digests approve accepts (LIME contract §4). Default both. */
  readonly acceptedAlgorithms?: readonly PowAlgorithm[] | undefined;
  /** How long new login requests can be approved, in milliseconds. Default 300,000 (five minutes). */
  readonly requestLifetimeMs?: number | undefined;
}

export const difficultySchema: v.GenericSchema<number> = v.pipe(v.number(), v.safeInteger());

const schema = v.strictObject({
  difficulty: v.optional(difficultySchema, 15),
  acceptedAlgorithms: v.optional(v.pipe(v.array(v.picklist(['legacy', 'r14'])), v.minLength(1), v.readonly()), [
    'legacy',
    'r14',
  ]),
  requestLifetimeMs: v.optional(milliseconds, 300_000),
});

/** The settings as they are now. */
export class LimeSettings {
  #now: v.InferOutput<typeof schema>;
  readonly #initial: v.InferOutput<typeof schema>;

  /** @throws {EmulatorInputError} an option has the wrong type or range. */
  constructor(options: LimeOptions) {
    this.#initial = checkInput(schema, options, 'lime');
    this.#now = this.#initial;
  }

  get now(): Readonly<v.InferOutput<typeof schema>> {
    return this.#now;
  }

  /** Sets what is given, all or nothing. @throws {EmulatorInputError} a value has the wrong type or range. */
  update(options: LimeOptions): void {
    this.#now = checkInput(schema, { ...this.#now, ...options }, 'lime');
  }

  reset(): void {
    this.#now = this.#initial;
  }
}
