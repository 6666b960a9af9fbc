import * as v from 'valibot';
import { parseDateTime } from '../wire/date-time.js';
import type { AnswerContext } from './envelope.js';
import { LimeProtocolError } from './errors.js';

// The messages say what was expected: valibot's own would quote what was received, which may be a secret.
export const text: v.GenericSchema<string> = v.string('a string');

const DATE_TIME = 'an ISO 8601 date-time';
export const dateTime: v.GenericSchema<string, Date> = v.pipe(
  v.string(DATE_TIME),
  v.transform(parseDateTime),
  v.date(DATE_TIME),
);

/** `data` of an answer by its schema. @throws {LimeProtocolError} a field is missing or malformed. */
export function checkFields<Schema extends v.GenericSchema>(
  schema: Schema,
  data: unknown,
  status: number,
  { requestId }: AnswerContext,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, data);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue)!;
  const missing = !Object.hasOwn(data as object, field);
  const what = missing ? 'is missing' : `has the wrong form: expected ${issue.message}`;
  throw new LimeProtocolError(
    `In LIME's answer (HTTP ${status}) ${field} ${what}. Check that baseUrl is LIME's API root and that this release of countersign knows it.`,
    { field, status, requestId },
  );
}
