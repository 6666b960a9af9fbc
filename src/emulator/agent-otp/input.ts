import * as v from 'valibot';
import { readBody } from '../body.js';
import { invalid, OtpRefusal, type SchemaIssue, SchemaRefusal } from './refusals.js';

/** The longest body that is read, in bytes: scopes and contexts are kept. */
const MAX_BODY_BYTES = 32 * 1024;

/**
 * The request's body. One that is not declared as JSON counts as `{}` (Agent OTP contract §2.1).
 *
 * @throws {Refusal} 413 `PAYLOAD_TOO_LARGE`; 400 `VALIDATION_ERROR` when it is not JSON in UTF-8.
 */
export async function readJson(request: Request): Promise<unknown> {
  const bytes = await readBody(request);
  if (bytes.length > MAX_BODY_BYTES) {
    throw new OtpRefusal(413, 'PAYLOAD_TOO_LARGE', `The body is longer than ${MAX_BODY_BYTES} bytes.`);
  }
  const type = request.headers.get('Content-Type') ?? '';
  if (bytes.length === 0 || !/^application\/json\s*(;|$)/i.test(type)) return {};
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw invalid('The body is not JSON in UTF-8.');
  }
}

/** `value` as `schema` reads it. Unknown keys are dropped. @throws {SchemaRefusal} it does not fit. */
export function checked<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new SchemaRefusal(result.issues.map(zodIssue));
}

/** An issue of valibot in the words of Zod 3. */
function zodIssue(issue: v.BaseIssue<unknown>): SchemaIssue {
  const path = (issue.path ?? []).map(({ key }) => key as string | number);
  const at = (code: string, message: string, more: object = {}) => ({ code, ...more, path, message });
  const requirement = issue.requirement as number;
  switch (issue.type) {
    case 'min_length':
      return at('too_small', `String must contain at least ${requirement} character(s)`, { minimum: requirement });
    case 'max_length':
      return at('too_big', `String must contain at most ${requirement} character(s)`, { maximum: requirement });
    case 'min_value':
      return at('too_small', `Number must be greater than or equal to ${requirement}`, { minimum: requirement });
    case 'max_value':
      return at('too_big', `Number must be less than or equal to ${requirement}`, { maximum: requirement });
    case 'integer':
    case 'safe_integer':
      return at('invalid_type', 'Expected integer, received float', { expected: 'integer', received: 'float' });
    case 'picklist':
      return issue.received === 'undefined'
        ? at('invalid_type', 'Required', { received: 'undefined' })
        : at('invalid_enum_value', `Invalid enum value. Expected ${issue.expected}`);
  }
  if (issue.kind === 'validation') return at('custom', issue.message);
  if (issue.received === 'undefined') return at('invalid_type', 'Required', { received: 'undefined' });
  // The only custom schema is that of what is free-form.
  const expected = issue.type === 'custom' ? 'object' : issue.expected?.toLowerCase();
  return at('invalid_type', `Expected ${expected}, received ${typeName(issue.input)}`, {
    expected,
    received: typeName(issue.input),
  });
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
