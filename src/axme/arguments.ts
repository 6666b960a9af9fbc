import { AxmeInputError } from './errors.js';
import type { JsonObject } from './open.js';
import { checkSpelling } from './spellings.js';

/** The options of a call. A name with an underscore is one of the wire or of the Python client, and would be ignored. */
export function readOptions(method: string, options: unknown = {}): JsonObject {
  checkObject('options', options);
  checkSpelling(method, 'options', options);
  for (const name of Object.keys(options)) {
    if (!name.includes('_')) continue;
    const meant = camelCase(name).replace(/(timeout|pollInterval)Seconds$/, '$1Ms');
    throw inputError(
      name,
      `is no option: it is written ${meant}${meant.endsWith('Ms') ? ', in milliseconds' : ''}`,
      meant,
    );
  }
  return options;
}

/** A body that the caller gives as a whole. */
export function readPayload(method: string, payload: unknown): JsonObject {
  checkObject('payload', payload);
  checkSpelling(method, 'payload', payload);
  return payload;
}

/** @throws {AxmeInputError} it is not a non-empty string. */
export function checkText(name: string, value: unknown): asserts value is string {
  if (typeof value !== 'string' || value.trim() === '') throw inputError(name, 'must be a non-empty string');
}

/** @throws {AxmeInputError} it is not a JSON object. */
export function checkObject(name: string, value: unknown): asserts value is JsonObject {
  if (!isObject(value)) throw inputError(name, 'must be an object');
}

/** @throws {AxmeInputError} it is not an integer of 0 or more. */
export function checkCount(name: string, value: unknown): asserts value is number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw inputError(name, 'must be an integer of 0 or more');
}

/** @throws {AxmeInputError} an option that goes into a header is no text, or none that a header can hold. */
export function checkHeaderOption(name: string, value: unknown): void {
  if (value === undefined || (typeof value === 'string' && /^[\t\x20-\x7e\xa0-\xff]*$/.test(value))) return;
  throw inputError(name, 'must be one line of plain text, best of ASCII, since it goes into a header');
}

/** @throws {AxmeInputError} it is none. */
export function checkSignal(signal: unknown): void {
  if (signal === undefined || typeof (signal as Partial<AbortSignal> | null)?.throwIfAborted === 'function') return;
  throw inputError('signal', 'must be an AbortSignal');
}

/** A value of the query. A blank one counts as none. @throws {AxmeInputError} no query can hold it. */
export function queryValue(name: string, value: unknown): string | number | boolean | undefined {
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw inputError(name, 'must be a string or a finite number');
}

/** The error for an argument; `field` is the name to use, if it is another one. */
export function inputError(name: string, what: string, field = name): AxmeInputError {
  return new AxmeInputError(`${name} ${what}.`, { field });
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `owner_agent` as `ownerAgent`. */
export function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
