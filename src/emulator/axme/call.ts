import type { Caller } from './authenticate.js';
import { type Fields, type FieldValues, readFields } from './input.js';
import { AxmeRefusal } from './refusal.js';

/** A request to the gateway whose sender is known. */
export class AxmeCall {
  readonly request: Request;
  readonly url: URL;
  readonly caller: Caller;
  /** The body as JSON; `undefined` for an empty one, and where the route reads it itself. */
  readonly json: unknown;
  readonly #params: Readonly<Record<string, string>>;
  readonly #strict: boolean;

  constructor(parts: {
    readonly request: Request;
    readonly caller: Caller;
    readonly json: unknown;
    readonly params: Readonly<Record<string, string>>;
    readonly strict: boolean;
  }) {
    this.request = parts.request;
    this.url = new URL(parts.request.url);
    this.caller = parts.caller;
    this.json = parts.json;
    this.#params = parts.params;
    this.#strict = parts.strict;
  }

  /** A parameter of the path, decoded. */
  param(name: string): string {
    return this.#params[name] ?? '';
  }

  /** The body, an object; an empty one counts as `{}`. @throws {AxmeRefusal} 422. */
  body<Entries extends Fields>(fields: Entries): FieldValues<Entries> {
    return readFields(fields, this.json ?? {}, 'body', this.#strict);
  }

  /** The body, an object whose further members stay as they are. @throws {AxmeRefusal} 422. */
  openBody<Entries extends Fields>(
    fields: Entries,
  ): { readonly known: FieldValues<Entries>; readonly rest: Readonly<Record<string, unknown>> } {
    const json = this.json ?? {};
    const known = readFields(fields, json, 'body', false);
    const rest = Object.entries(json).filter(([name]) => !Object.hasOwn(fields, name));
    return { known, rest: Object.fromEntries(rest) };
  }

  /** The query; of a name that is there twice the last counts, and an empty value counts as none. @throws {AxmeRefusal} 422. */
  query<Entries extends Fields>(fields: Entries): FieldValues<Entries> {
    const given = Object.fromEntries([...this.url.searchParams].filter(([, value]) => value !== ''));
    // A route without an owner of its own may still be asked with one.
    if (!Object.hasOwn(fields, 'owner_agent')) delete given['owner_agent'];
    return readFields(fields, given, 'query', this.#strict);
  }

  /**
   * Whose things are meant: header `x-owner-agent` or query `owner_agent` (AXME contract §1.5); `undefined`: no one's.
   *
   * @throws {AxmeRefusal} 400: both are given and differ.
   */
  get owner(): string | undefined {
    const header = this.request.headers.get('x-owner-agent')?.trim() || undefined;
    const query = this.url.searchParams.get('owner_agent')?.trim() || undefined;
    if (header !== undefined && query !== undefined && header !== query) {
      throw new AxmeRefusal(400, 'x-owner-agent and owner_agent differ');
    }
    return header ?? query;
  }
}
