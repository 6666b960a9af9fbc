import * as v from 'valibot';
import { type FieldValues, jsonObject, text } from '../../input.js';

/** `POST /v1/schemas`; the looser of the two published forms of `semantic_type` (AXME contract §9.4). */
export const newSchema = {
  semantic_type: v.pipe(
    v.string(),
    v.maxLength(255),
    v.regex(/^[a-z0-9_]+(?:\.[a-z0-9_]+)+\.v[0-9]+$/, 'Expected dot-separated parts that end with a version'),
  ),
  schema_json: jsonObject,
  schema_ref: v.nullish(text(0, 512)),
  compatibility_mode: v.picklist(['strict', 'backward', 'warn']),
  scope: v.nullish(v.picklist(['tenant', 'core']), 'tenant'),
  active: v.nullish(v.boolean(), true),
};
export type NewSchema = FieldValues<typeof newSchema>;

export interface Schema extends Omit<NewSchema, 'schema_ref'> {
  readonly schema_ref: string;
  /** SHA-256 of the canonical JSON of `schema_json`, in lower-case hexadecimal. */
  readonly schema_hash: string;
  readonly owner_agent: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}
