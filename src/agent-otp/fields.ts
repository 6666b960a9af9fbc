import { parseDateTime } from '../wire/date-time.js';
import { AgentOtpProtocolError } from './errors.js';

/** A JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `expires_at` → `expiresAt`. What has no underscore stays as it is. */
export function camelCase(name: string): string {
  return name.replace(/\B_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** `expiresAt` → `expires_at`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * An object whose own keys are spelled in camelCase, whichever spelling each had. Of a key that comes in both, the camelCase
 * one wins. What lies below is the user's (scope, context, metadata) and stays as it is.
 */
export function camelKeys(object: Fields): Record<string, unknown> {
  const entries = Object.entries(object);
  const snake = entries.filter(([name]) => camelCase(name) !== name);
  return Object.fromEntries([
    ...snake.map(([name, value]) => [camelCase(name), value]),
    ...entries.filter(([name]) => camelCase(name) === name),
  ]);
}

/** What an answer holds, with or without the envelope (Agent OTP contract §0). */
export function unwrap(json: unknown): unknown {
  return isObject(json) && json['success'] === true && 'data' in json ? json['data'] : json;
}

/**
 * An object of an answer: keys in camelCase, and a `Date` for every text under a name that ends in `At`.
 *
 * @throws {AgentOtpProtocolError} it is no object, a field of `required` is no text, or a date-time cannot be read.
 */
export function readFields(value: unknown, status: number, required: readonly string[] = []): Record<string, unknown> {
  if (!isObject(value)) throw malformed('', 'is no JSON object', status);
  const fields = camelKeys(value);
  for (const name of required) {
    if (typeof fields[name] !== 'string' || fields[name] === '') throw malformed(name, 'is no text', status);
  }
  for (const [name, text] of Object.entries(fields)) {
    if (!name.endsWith('At') || typeof text !== 'string') continue;
    const date = parseDateTime(text);
    if (date === undefined) throw malformed(name, 'is no ISO 8601 date-time', status);
    fields[name] = date;
  }
  return fields;
}

/** The error for an answer of which nothing can be made. It never quotes the answer, which may hold a secret. */
export function malformed(field: string, what: string, status: number): AgentOtpProtocolError {
  return new AgentOtpProtocolError(
    `In Agent OTP's answer (HTTP ${status}) ${field === '' ? 'the whole' : field} ${what}. Check that baseUrl is Agent OTP's API.`,
    { field: field || undefined, status },
  );
}

/** Puts a secret on a result where only its name finds it: no JSON, spread or inspection shows it. */
export function hideSecret(result: object, name: string, value: unknown): void {
  if (value !== undefined) Object.defineProperty(result, name, { value, enumerable: false });
}
