import type { Family } from '../../family.js';
import type { AxmeRouter } from '../../router.js';
import type { Directory } from './directory.js';
import {
  aliasQuery,
  aliasResolution,
  listQuery,
  newAlias,
  newBinding,
  newPrincipal,
  newRoute,
  type Principal,
  routeChanges,
  routeResolution,
} from './wire.js';

/** How a name becomes a route (AXME contract §2.16). */
const RESOLVER_CHAIN = ['alias', 'principal_id', 'endpoint_route', 'transport_dispatch'];

/** Principals, aliases, routing and transports (AXME contract §2.16). */
export class Addressing implements Family {
  readonly #directory: Directory;

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  routes(router: AxmeRouter): void {
    const directory = this.#directory;
    router.actor('/v1/principals', {
      POST: (call) => ({ ok: true, principal: directory.createPrincipal(call.body(newPrincipal)) }),
    });
    router.actor('/v1/principals/:id', {
      GET: (call) => ({ ok: true, principal: directory.principal(call.param('id')) }),
    });
    router.actor('/v1/aliases', {
      GET: (call) => ({ ok: true, aliases: directory.aliases(call.query(aliasQuery)) }),
      POST: (call) => ({ ok: true, alias: directory.bindAlias(call.body(newAlias)) }),
    });
    router.actor('/v1/aliases/resolve', {
      GET: (call) => {
        const { org_id, workspace_id, alias } = call.query(aliasResolution);
        const found = directory.resolveAlias(org_id, workspace_id, alias);
        return { ok: true, resolution: { alias: found.alias, principal: brief(found.principal) } };
      },
    });
    router.actor('/v1/aliases/:id/revoke', {
      POST: (call) => ({ ok: true, alias: directory.revokeAlias(call.param('id')) }),
    });
    router.actor('/v1/routing/endpoints', {
      GET: (call) => ({ ok: true, routes: directory.routes(call.query(listQuery)) }),
      POST: (call) => ({ ok: true, route: directory.addRoute(call.body(newRoute)) }),
    });
    router.actor('/v1/routing/endpoints/:route_id', {
      PATCH: (call) => ({ ok: true, route: directory.updateRoute(call.param('route_id'), call.body(routeChanges)) }),
      DELETE: (call) => {
        directory.removeRoute(call.param('route_id'));
        return { ok: true, route: { route_id: call.param('route_id'), removed: true } };
      },
    });
    router.actor('/v1/routing/resolve', {
      POST: (call) => {
        const { alias, principal, route, candidates } = directory.resolve(call.body(routeResolution));
        const routes = { selected_route: route, candidate_routes: candidates, resolver_chain: RESOLVER_CHAIN };
        return { ok: true, resolution: { alias, principal: brief(principal), ...routes } };
      },
    });
    router.actor('/v1/transports/bindings', {
      GET: (call) => ({ ok: true, bindings: directory.bindings(call.query(listQuery)) }),
      POST: (call) => ({ ok: true, binding: directory.upsertBinding(call.body(newBinding)) }),
    });
    router.actor('/v1/transports/bindings/:binding_id', {
      DELETE: (call) => {
        directory.removeBinding(call.param('binding_id'));
        return { ok: true, binding: { binding_id: call.param('binding_id'), removed: true } };
      },
    });
  }

  reset(): void {
    this.#directory.clear();
  }
}

function brief({ principal_id, principal_type, display_name, status }: Principal): object {
  return { principal_id, principal_type, display_name, status };
}
