import * as v from 'valibot';
import type { Core } from '../../core.js';
import type { Family } from '../../family.js';
import { address } from '../../input.js';
import type { AxmeRouter } from '../../router.js';
import type { SchemaRegistry } from './registry.js';
import { newSchema } from './wire.js';

const owner = { owner_agent: v.optional(address) };

/** The registry of schemas (AXME contract §2.9). */
export class Schemas implements Family {
  readonly #core: Core;
  readonly #registry: SchemaRegistry;

  constructor(core: Core, registry: SchemaRegistry) {
    this.#core = core;
    this.#registry = registry;
  }

  routes(router: AxmeRouter): void {
    router.machine('/v1/schemas', {
      POST: (call) => {
        call.query(owner);
        const compatibility = this.#core.strict ? 'enforced' : 'noted';
        const stored = this.#registry.upsert(call.body(newSchema), call.owner ?? null, compatibility);
        const { schema_json: _, ...schema } = stored;
        return { ok: true, schema };
      },
    });
    router.machine('/v1/schemas/:semantic_type', {
      GET: (call) => {
        call.query(owner);
        return { ok: true, schema: this.#registry.get(call.param('semantic_type'), call.owner ?? null) };
      },
    });
  }

  reset(): void {
    this.#registry.clear();
  }
}
