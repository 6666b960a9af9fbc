import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from '../../canonical.js';
import { AxmeRefusal, conflict } from '../../refusal.js';
import { badRequest, existing } from '../refusals.js';
import type { Supply } from '../supply.js';
import { Table } from '../table.js';
import { incompatibility } from './compatibility.js';
import { schemaFault } from './fault.js';
import type { NewSchema, Schema } from './wire.js';

/** JSON Schemas by their owner and semantic type (AXME contract §2.9). */
export class SchemaRegistry {
  readonly #schemas = new Table<Schema>();
  readonly #supply: Supply;

  constructor(supply: Supply) {
    this.#supply = supply;
  }

  /**
   * Adds the owner's schema of that type, or changes it.
   *
   * @param compatibility - Whether the mode is enforced on a change.
   * @throws {AxmeRefusal} 403: scope `core` is the platform's own; 400: it is no JSON Schema; 409: the mode forbids the change.
   */
  upsert({ schema_ref, ...given }: NewSchema, owner_agent: string | null, compatibility: 'enforced' | 'noted'): Schema {
    if (given.scope === 'core') throw new AxmeRefusal(403, 'schemas of scope core belong to the platform');
    const fault = schemaFault(given.schema_json);
    if (fault !== undefined) throw badRequest(`schema_json is not a JSON Schema: see ${fault}`);
    const id = key(owner_agent, given.semantic_type);
    const previous = this.#schemas.get(id);
    const reason = previous && incompatibility(given.compatibility_mode, previous.schema_json, given.schema_json);
    if (compatibility === 'enforced' && reason !== undefined) throw conflict(`incompatible schema: ${reason}`);
    const now = this.#supply.time();
    const values = {
      ...given,
      schema_ref: schema_ref ?? previous?.schema_ref ?? `schema://${given.semantic_type}`,
      schema_hash: bytesToHex(sha256(utf8ToBytes(canonicalJson(given.schema_json)))),
      updated_at: now,
    };
    if (previous !== undefined) return this.#schemas.update(id, previous, values);
    return this.#schemas.add(id, { ...values, owner_agent, created_at: now });
  }

  /** The owner's schema of that type, else the one that has no owner. @throws {AxmeRefusal} 404. */
  get(semantic_type: string, owner_agent: string | null): Schema {
    const own = this.#schemas.get(key(owner_agent, semantic_type));
    return existing(own ?? this.#schemas.get(key(null, semantic_type)), 'schema');
  }

  clear(): void {
    this.#schemas.clear();
  }
}

function key(owner_agent: string | null, semantic_type: string): string {
  return `${semantic_type} ${owner_agent ?? ''}`;
}
