import type * as v from 'valibot';
import { checkInput } from './input.js';

/** A strict object in which everything is optional. */
type SettingsSchema = v.StrictObjectSchema<
  v.ObjectEntries & Record<string, v.OptionalSchema<v.GenericSchema, unknown>>,
  undefined
>;

/** The settings of one platform: what they are now, what they were at the start, and what they may be. */
export class Settings<Schema extends SettingsSchema> {
  /** The name of every setting. */
  readonly names: readonly string[];
  readonly #schema: Schema;
  readonly #what: string;
  readonly #initial: Readonly<v.InferOutput<Schema>>;
  readonly #onChange: () => void;
  #now: Readonly<v.InferOutput<Schema>>;

  /**
   * @param what - Names the settings in errors.
   * @param onChange - Called after each update.
   * @throws {EmulatorInputError} an option has the wrong type or range.
   */
  constructor(schema: Schema, options: object, what: string, onChange: () => void = () => {}) {
    this.names = Object.keys(schema.entries);
    this.#schema = schema;
    this.#what = what;
    this.#onChange = onChange;
    this.#initial = checkInput(schema, options, what);
    this.#now = this.#initial;
  }

  get now(): Readonly<v.InferOutput<Schema>> {
    return this.#now;
  }

  /** Sets what is given, all or nothing. @throws {EmulatorInputError} a value has the wrong type or range. */
  update(options: object): void {
    // Checked on their own first: what is not an object has nothing to spread, and would pass.
    checkInput(this.#schema, options, this.#what);
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    this.#now = checkInput(this.#schema, { ...(this.#now as object), ...Object.fromEntries(given) }, this.#what);
    this.#onChange();
  }

  reset(): void {
    this.#now = this.#initial;
  }

  /** Gives `control` a property for each setting, to be read and set. */
  on<Control extends object>(control: Control): Control & v.InferOutput<Schema> {
    for (const name of this.names) {
      Object.defineProperty(control, name, {
        enumerable: true,
        // The names are the schema's own, which a string does not show.
        get: () => this.#now[name as never],
        set: (value: unknown) => this.update({ [name]: value }),
      });
    }
    return control as Control & v.InferOutput<Schema>;
  }
}
