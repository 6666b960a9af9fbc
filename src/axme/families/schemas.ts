import type { Family } from '../family.js';
import type { AnyOf, JsonObject, Open, Reply } from '../open.js';
import type { RequestOptions, WriteOptions } from '../options.js';

/** A schema to store. */
export interface UpsertSchemaRequest extends Open {
  /** `<group>.<name>.v<number>`. */
  readonly semantic_type: string;
  readonly schema_json: JsonObject;
  readonly schema_ref?: string | undefined;
  readonly compatibility_mode: AnyOf<'strict' | 'backward' | 'warn'>;
  readonly scope?: AnyOf<'tenant' | 'core'> | undefined;
  readonly active?: boolean | undefined;
}

/** What is known of a schema. */
export interface SchemaRecord extends Open {
  readonly semantic_type: string;
  readonly schema_ref: string;
  /** SHA-256 in hexadecimal. */
  readonly schema_hash: string;
  readonly compatibility_mode: AnyOf<'strict' | 'backward' | 'warn'>;
  readonly scope: AnyOf<'tenant' | 'core'>;
  readonly owner_agent: string | null;
  readonly active: boolean;
  readonly created_at: string;
  readonly updated_at: string;
}

/** A schema as it was stored, without its JSON. */
export interface UpsertSchemaReply extends Reply {
  readonly schema: SchemaRecord;
}

/** A schema with its JSON. */
export interface GetSchemaReply extends Reply {
  readonly schema: SchemaRecord & { readonly schema_json: JsonObject };
}

/** The registry of payload schemas (AXME contract §2.9). */
export interface SchemaMethods {
  /** Stores a schema, by its type and owner. */
  upsertSchema(payload: UpsertSchemaRequest, options?: WriteOptions): Promise<UpsertSchemaReply>;
  /** A schema with its JSON. */
  getSchema(semanticType: string, options?: RequestOptions): Promise<GetSchemaReply>;
}

export const schemas: Family<SchemaMethods> = {
  upsertSchema: { verb: 'POST', path: '/v1/schemas', args: ['payload'] },
  getSchema: { verb: 'GET', path: '/v1/schemas/{semantic_type}' },
};
