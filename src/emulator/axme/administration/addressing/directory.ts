import { conflict, invalid, notFound } from '../../refusal.js';
import type { Tenants } from '../organizations/tenants.js';
import { existing } from '../refusals.js';
import type { Supply } from '../supply.js';
import { type Changes, Table } from '../table.js';
import type {
  Alias,
  NewAlias,
  NewBinding,
  NewPrincipal,
  NewRoute,
  Principal,
  Route,
  RouteResolution,
  TransportBinding,
} from './wire.js';

/** Whose rows a list shows, and how many at most. */
type Filter<Row> = { readonly org_id: string; readonly limit: number } & Changes<Row>;

/** Where a message to somebody goes. */
export interface Resolution {
  readonly alias: Alias | null;
  readonly principal: Principal;
  readonly route: Route;
  /** The active routes, the one to use first. */
  readonly candidates: readonly Route[];
}

/** Principals, by which names and over which routes they are reached (AXME contract §2.16). */
export class Directory {
  readonly #principals = new Table<Principal>();
  readonly #aliases = new Table<Alias>();
  readonly #routes = new Table<Route>();
  readonly #bindings = new Table<TransportBinding>();
  readonly #supply: Supply;
  readonly #tenants: Tenants;

  constructor(supply: Supply, tenants: Tenants) {
    this.#supply = supply;
    this.#tenants = tenants;
  }

  /** @throws {AxmeRefusal} 404. */
  createPrincipal(given: NewPrincipal): Principal {
    this.#tenants.workspace(given.org_id, given.workspace_id);
    const principal_id = this.#supply.id('prn');
    return this.#principals.add(principal_id, { principal_id, ...given, status: 'active', ...this.#supply.born() });
  }

  /** @throws {AxmeRefusal} 404. */
  principal(principal_id: string): Principal {
    return existing(this.#principals.get(principal_id), 'principal');
  }

  /** @throws {AxmeRefusal} 404; 409: somebody in the workspace has the alias. */
  bindAlias(given: NewAlias): Alias {
    const place = this.#placeOf(given.principal_id);
    if (this.#aliases.find({ ...place, alias: given.alias, status: 'active' })) throw conflict('the alias is taken');
    const alias_id = this.#supply.id('als');
    const row = { alias_id, ...given, ...place, status: 'active', ...this.#supply.born(), revoked_at: null } as const;
    return this.#aliases.add(alias_id, row);
  }

  aliases(where: Filter<Alias>): readonly Alias[] {
    return this.#listed(this.#aliases, where);
  }

  /** Once more changes nothing. @throws {AxmeRefusal} 404. */
  revokeAlias(alias_id: string): Alias {
    const alias = existing(this.#aliases.get(alias_id), 'alias');
    if (alias.status === 'revoked') return alias;
    const revoked_at = this.#supply.time();
    return this.#aliases.update(alias_id, alias, { status: 'revoked', revoked_at, updated_at: revoked_at });
  }

  /** @throws {AxmeRefusal} 404: nobody in the workspace has it now. */
  resolveAlias(org_id: string, workspace_id: string, alias: string): { alias: Alias; principal: Principal } {
    this.#tenants.workspace(org_id, workspace_id);
    const row = existing(this.#aliases.find({ org_id, workspace_id, alias, status: 'active' }), 'alias');
    return { alias: row, principal: this.principal(row.principal_id) };
  }

  /** @throws {AxmeRefusal} 404. */
  addRoute(given: NewRoute): Route {
    const place = this.#placeOf(given.principal_id);
    const route_id = this.#supply.id('rte');
    const state = { health_status: 'unknown', status: 'active' } as const;
    return this.#routes.add(route_id, { route_id, ...given, ...place, ...state, ...this.#supply.born() });
  }

  routes(where: Filter<Route>): readonly Route[] {
    return this.#listed(this.#routes, where);
  }

  /** @throws {AxmeRefusal} 404. */
  updateRoute(route_id: string, changes: Changes<Route>): Route {
    const route = existing(this.#routes.get(route_id), 'route');
    return this.#routes.update(route_id, route, { ...changes, ...this.#supply.touched() });
  }

  /** @throws {AxmeRefusal} 404. */
  removeRoute(route_id: string): void {
    existing(this.#routes.get(route_id), 'route');
    this.#routes.delete(route_id);
  }

  /**
   * The active route with the lowest priority number; of several, the oldest.
   *
   * @throws {AxmeRefusal} 404: alias, principal or an active route is missing; 409: the alias is another principal's;
   *   422: neither alias nor principal.
   */
  resolve({ org_id, workspace_id, alias, principal_id }: RouteResolution): Resolution {
    const named = alias ? this.resolveAlias(org_id, workspace_id, alias) : undefined;
    if (named === undefined && !principal_id) throw invalid(['body'], 'Expected alias or principal_id');
    const principal = named?.principal ?? this.principal(principal_id ?? '');
    this.#tenants.workspace(org_id, workspace_id);
    if (principal.org_id !== org_id || principal.workspace_id !== workspace_id) throw notFound('principal');
    if (principal_id && principal.principal_id !== principal_id) throw conflict("the alias is another principal's");
    const active = this.#routes.list({ principal_id: principal.principal_id, status: 'active' });
    const candidates = active.toSorted((a, b) => a.priority - b.priority);
    const route = existing(candidates[0], 'active route');
    return { alias: named?.alias ?? null, principal, route, candidates };
  }

  /** Adds the binding of a principal to a handle, or changes it. @throws {AxmeRefusal} 404. */
  upsertBinding(given: NewBinding): TransportBinding {
    const place = this.#placeOf(given.principal_id);
    const { principal_id, transport_type, transport_handle } = given;
    const same = this.#bindings.find({ principal_id, transport_type, transport_handle });
    if (same) return this.#bindings.update(same.binding_id, same, { ...given, ...this.#supply.touched() });
    const binding_id = this.#supply.id('bnd');
    return this.#bindings.add(binding_id, { binding_id, ...given, ...place, ...this.#supply.born() });
  }

  bindings(where: Filter<TransportBinding>): readonly TransportBinding[] {
    return this.#listed(this.#bindings, where);
  }

  /** @throws {AxmeRefusal} 404. */
  removeBinding(binding_id: string): void {
    existing(this.#bindings.get(binding_id), 'binding');
    this.#bindings.delete(binding_id);
  }

  clear(): void {
    for (const table of [this.#principals, this.#aliases, this.#routes, this.#bindings]) table.clear();
  }

  #placeOf(principal_id: string): { readonly org_id: string; readonly workspace_id: string } {
    const { org_id, workspace_id } = this.principal(principal_id);
    return { org_id, workspace_id };
  }

  /** @throws {AxmeRefusal} 404. */
  #listed<Row extends { readonly org_id: string; readonly workspace_id: string }>(
    table: Table<Row>,
    { limit, ...where }: Filter<Row>,
  ): readonly Row[] {
    this.#tenants.check(where.org_id, where.workspace_id);
    // Fields of the row, as of any `Filter` but for its limit: TypeScript cannot tell of a generic rest.
    return table.list(where as unknown as Changes<Row>).slice(0, limit);
  }
}
