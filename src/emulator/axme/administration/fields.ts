import * as v from 'valibot';
import { jsonObject, text, timestamp, uuid } from '../input.js';
import { dateTime } from '../time.js';

// The fields that bodies and queries of several families have (AXME contract §2.12 to §2.16).

/** Text, or `null`, which it also is when it is not given. */
export const textOrNull = (min: number, max: number) => v.nullish(text(min, max), null);

/** A date-time, or `null`, which it also is when it is not given; as rows have it. */
export const timestampOrNull = v.nullish(v.pipe(timestamp, v.transform(dateTime)), null);

/** A change of something that can be `null`. */
export const nullable = <Schema extends v.GenericSchema>(schema: Schema) => v.optional(v.nullable(schema));

/** A row's `metadata`; `{}` when it is not given. */
export const metadata = v.nullish(jsonObject, () => ({}));

/** Who did it. */
export const actorId = text(1, 255);

/** Which organization and workspace it is about. */
export const workspaceScope = { org_id: uuid, workspace_id: uuid };

/** The same of a list that can be the whole organization's. */
export const organizationScope = { org_id: uuid, workspace_id: v.optional(uuid) };
