import * as v from 'valibot';
import { EmulatorInputError } from './errors.js';

/**
 * `value` as `schema` reads it.
 *
 * @throws {EmulatorInputError} it does not fit; the message names `what`, the field and what was expected, not the value.
 */
export function checkInput<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  what: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  const expected = issue.expected === null ? issue.message : `expected ${issue.expected}`;
  throw new EmulatorInputError(`${path === null ? what : `${what}.${path}`}: ${expected}.`);
}

/** A span of time in milliseconds: 0 to a hundred years, so that every date it leads to has a four-digit year. */
export const milliseconds: v.GenericSchema<number> = v.pipe(
  v.number(),
  v.minValue(0),
  v.maxValue(100 * 365 * 86_400_000),
);
