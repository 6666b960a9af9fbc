import * as v from 'valibot';
import { AxmeRefusal, type Issue } from './refusal.js';

/** The fields of a body or a query, each with its schema. */
export type Fields = v.ObjectEntries;

/** What the fields read from a body or a query. */
export type FieldValues<Entries extends Fields> = v.InferOutput<v.ObjectSchema<Entries, undefined>>;

/**
 * `value` as `fields` read it; what they do not name is left out, or in strict mode refused.
 *
 * @throws {AxmeRefusal} 422, with every mistake and where it is.
 */
export function readFields<Entries extends Fields>(
  fields: Entries,
  value: unknown,
  where: 'body' | 'query',
  strict: boolean,
): FieldValues<Entries> {
  const result = v.safeParse(v.object(fields), value);
  const issues: Issue[] = result.success ? [] : result.issues.map((issue) => issueOf(issue, where));
  if (strict && typeof value === 'object' && value !== null) {
    for (const name of Object.keys(value)) {
      if (!Object.hasOwn(fields, name)) {
        issues.push({ loc: [where, name], msg: 'Extra inputs are not permitted', type: 'extra_forbidden' });
      }
    }
  }
  if (!result.success || issues.length > 0) throw new AxmeRefusal(422, issues);
  return result.output;
}

function issueOf(issue: v.BaseIssue<unknown>, where: string): Issue {
  const names = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
  const missing = issue.kind === 'schema' && issue.input === undefined && issue.expected !== null;
  return {
    loc: [where, ...names],
    msg: missing ? 'Field required' : issue.expected === null ? issue.message : `Expected ${issue.expected}`,
    type: missing ? 'missing' : `${issue.type}_${issue.kind === 'schema' ? 'type' : 'value'}`,
  };
}

/** Text of so many characters. */
export function text(min: number, max: number): v.GenericSchema<string> {
  return v.pipe(v.string(), v.minLength(min), v.maxLength(max));
}

/** A whole number in this range. */
export function int(min: number, max: number = Number.MAX_SAFE_INTEGER): v.GenericSchema<number> {
  return v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
}

/** A whole number in a query, where everything is text. */
export function queryInt(min: number, max: number = Number.MAX_SAFE_INTEGER): v.GenericSchema<string, number> {
  return v.pipe(v.string(), v.regex(/^[+-]?\d{1,15}$/), v.transform(Number), int(min, max));
}

/** `true` or `false` in a query. */
export const queryBool: v.GenericSchema<string, boolean> = v.pipe(
  v.string(),
  v.picklist(['true', 'false', '1', '0']),
  v.transform((value) => value === 'true' || value === '1'),
);

/** A UUID in text form, in lower case. */
export const uuid: v.GenericSchema<string> = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i),
  v.toLowerCase(),
);

/** The address of an agent, or a shorter name (AXME contract §1.6). */
export const address: v.GenericSchema<string> = text(3, 383);

/** An object of JSON, with whatever members. */
export const jsonObject: v.GenericSchema<Record<string, unknown>> = v.pipe(
  v.custom<Record<string, unknown>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'Expected an object',
  ),
);

/** A date-time with an offset, as milliseconds since the epoch. */
export const timestamp: v.GenericSchema<string, number> = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/),
  v.transform((value) => Date.parse(value.replace(' ', 'T'))),
  v.check((ms) => !Number.isNaN(ms), 'Expected a date-time that exists'),
);
