import * as v from 'valibot';
import type { Core } from '../../core.js';
import type { Family } from '../../family.js';
import { address, queryInt, text } from '../../input.js';
import type { AxmeRouter } from '../../router.js';

const filter = {
  owner_agent: v.optional(address),
  action_prefix: v.optional(text(1, 255)),
  limit: v.optional(queryInt(1, 1000), '100'),
};

/** `GET /v1/audit/events`: what was done, newest first (AXME contract §2.20). */
export class Audit implements Family {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  routes(router: AxmeRouter): void {
    router.machine('/v1/audit/events', {
      GET: (call) => {
        const { action_prefix = '', limit } = call.query(filter);
        const owner = call.owner;
        const found = this.#core.activity.audit
          .list()
          .filter(
            (event) => event.action.startsWith(action_prefix) && (owner ?? event.owner_agent) === event.owner_agent,
          );
        return { ok: true, events: found.slice(-limit).reverse() };
      },
    });
  }

  reset(): void {}
}
