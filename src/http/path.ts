import { HttpInputError } from './errors.js';

/** A path below the base URL. Only `path()` makes one, so that no parameter goes unencoded. */
export interface HttpPath {
  /** As it is shown in messages, logs and hooks: `/intents/{intent_id}`. */
  readonly template: string;
  /** As it is sent: `/intents/a%2Fb`. */
  readonly encoded: string;
}

type Names<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never;
type PathParameters<Template extends string> = [Names<Template>] extends [never]
  ? []
  : [parameters: Readonly<Record<Names<Template>, string>>];

/**
 * Fills a path template: `path('/intents/{intent_id}', { intent_id })`. Every parameter becomes one segment, whatever
 * characters it has.
 *
 * @throws {HttpInputError} a parameter is not a string, is empty, is no Unicode text, or is `.` or `..`, which URLs
 *   cannot hold as a segment: `%2e%2e` too is normalised away (RFC 3986 §6.2.2, WHATWG URL "double-dot segment").
 */
export function path<Template extends `/${string}`>(
  template: Template,
  ...[parameters]: PathParameters<Template>
): HttpPath {
  const values: Readonly<Record<string, string>> = parameters ?? {};
  return {
    template,
    encoded: template.replace(/\{(.*?)\}/g, (_, name: string) => encodeSegment(name, values[name])),
  };
}

function encodeSegment(name: string, value: unknown): string {
  if (typeof value !== 'string') throw new HttpInputError(`${name} must be a string.`);
  if (value === '') throw new HttpInputError(`${name} must not be empty.`);
  if (value === '.' || value === '..') {
    throw new HttpInputError(`${name} must not be "." or "..": a URL cannot hold it, and it is no id.`);
  }
  if (/\p{Surrogate}/u.test(value)) {
    throw new HttpInputError(`${name} must be well-formed Unicode: it has a lone surrogate.`);
  }
  return encodeURIComponent(value);
}
