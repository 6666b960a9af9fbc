import * as v from 'valibot';
import { parseDateTime } from '../../../wire/date-time.js';

// The fields that bodies and queries of several families have (AXME contract §1.6 and §2.12 to §2.16).

/** Text of `min` to `max` characters. */
export const text = (min: number, max: number) => v.pipe(v.string(), v.minLength(min), v.maxLength(max));

/** Text of `min` to `max` characters, or `null`, as which it is kept when it is not given. */
export const textOrNull = (min: number, max: number) => v.nullish(text(min, max), null);

/** An integer from `min` to `max`. */
export const integer = (min: number, max: number = Number.MAX_SAFE_INTEGER) =>
  v.pipe(v.number(), v.safeInteger(), v.minValue(min), v.maxValue(max));

/** The same as text of a query. */
export const integerText = (min: number, max: number) =>
  v.pipe(v.string(), v.regex(/^-?\d{1,15}$/, 'Expected an integer'), v.transform(Number), integer(min, max));

/** A UUID of any version, in lower case as ids are kept. */
export const uuid = v.pipe(
  v.string(),
  v.regex(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i, 'Expected a UUID'),
  v.toLowerCase(),
);

/** An RFC 3339 date-time; it is kept in UTC. */
export const timestamp = v.pipe(
  v.string(),
  v.check((value) => parseDateTime(value) !== undefined, 'Expected an RFC 3339 date-time'),
  v.transform((value) => (parseDateTime(value) as Date).toISOString()),
);

/** Any JSON object, kept as it is. */
export const jsonObject = v.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'Expected an object',
);

export type JsonObject = Readonly<Record<string, unknown>>;

/** A row's `metadata`; `{}` when it is not given. */
export const metadata = v.nullish(jsonObject, () => ({}));

export const sha256Hex = v.pipe(v.string(), v.regex(/^[a-f\d]{64}$/, 'Expected 64 lower-case hexadecimal digits'));

/** An agent's address in any form that a server takes (contract §1.6). */
export const ownerAgent = text(3, 383);

/** Who did it. */
export const actorId = text(1, 255);

/** Which organization and workspace a row is in. */
export const workspaceScope = { org_id: uuid, workspace_id: uuid };

/** The same of a list that can be the whole organization's. */
export const organizationScope = { org_id: uuid, workspace_id: v.optional(uuid) };
