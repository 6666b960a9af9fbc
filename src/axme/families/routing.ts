import type { Family } from '../family.js';
import type { AnyOf, JsonObject, Open, Reply } from '../open.js';
import type { RequestOptions, WriteOptions } from '../options.js';
import type { Alias, ResolvedPrincipal } from './aliases.js';

/** How messages travel. */
export type TransportType = AnyOf<'matrix' | 'http' | 'queue' | 'webhook'>;
/** How an endpoint is authenticated. */
export type RouteAuthMode = AnyOf<'mtls' | 'jwt' | 'signed_key' | 'none'>;
/** Where a route may move when it fails. */
export type FailoverPolicy = AnyOf<'none' | 'same_region' | 'cross_region'>;

/** A new endpoint. */
export interface RegisterRouteRequest extends Open {
  readonly principal_id: string;
  readonly transport_type: TransportType;
  readonly endpoint_url: string;
  readonly auth_mode: RouteAuthMode;
  readonly region?: string | undefined;
  readonly cluster_id?: string | undefined;
  readonly failover_policy?: FailoverPolicy | undefined;
  /** The lowest goes first. */
  readonly priority?: number | undefined;
  readonly metadata?: JsonObject | undefined;
}

/** Only what is given changes. */
export interface UpdateRouteRequest extends Open {
  readonly endpoint_url?: string | undefined;
  readonly auth_mode?: RouteAuthMode | undefined;
  readonly region?: string | undefined;
  readonly cluster_id?: string | undefined;
  readonly failover_policy?: FailoverPolicy | undefined;
  readonly priority?: number | undefined;
  readonly health_status?: AnyOf<'healthy' | 'degraded' | 'unhealthy' | 'unknown'> | undefined;
  readonly status?: AnyOf<'active' | 'inactive' | 'draining'> | undefined;
  readonly metadata?: JsonObject | undefined;
}

/** An endpoint of a principal. */
export interface Route extends Open {
  readonly route_id: string;
  readonly principal_id: string;
  readonly org_id: string;
  readonly workspace_id: string;
  readonly transport_type: TransportType;
  readonly endpoint_url: string;
  readonly auth_mode: RouteAuthMode;
  readonly region?: string | null | undefined;
  readonly cluster_id?: string | null | undefined;
  readonly failover_policy: FailoverPolicy;
  readonly priority: number;
  readonly health_status: AnyOf<'healthy' | 'degraded' | 'unhealthy' | 'unknown'>;
  readonly status: AnyOf<'active' | 'inactive' | 'draining'>;
  readonly metadata: JsonObject;
  readonly created_at: string;
  readonly updated_at: string;
}

/** An endpoint as it is now. */
export interface RouteReply extends Reply {
  readonly route: Route;
}

/** Endpoints. */
export interface ListRoutesReply extends Reply {
  readonly routes: readonly Route[];
}

/** An endpoint that was removed. */
export interface RemovedRoute extends Open {
  readonly route_id: string;
  readonly removed: boolean;
}

/** An endpoint that was removed. */
export interface RemoveRouteReply extends Reply {
  readonly route: RemovedRoute;
}

/** Whom to reach: `alias` or `principal_id`, or both. */
export interface ResolveRoutingRequest extends Open {
  readonly org_id: string;
  readonly workspace_id: string;
  readonly alias?: string | undefined;
  readonly principal_id?: string | undefined;
}

/** The endpoint that was chosen, and those it was chosen from. */
export interface RoutingResolution extends Open {
  readonly alias: Alias | null;
  readonly principal: ResolvedPrincipal;
  readonly selected_route: Route;
  readonly candidate_routes: readonly Route[];
  readonly resolver_chain: readonly string[];
}

/** Where a message would go. */
export interface ResolveRoutingReply extends Reply {
  readonly resolution: RoutingResolution;
}

/** Endpoints of principals (AXME contract §2.16). */
export interface RoutingMethods {
  /** Registers an endpoint. */
  registerRoutingEndpoint(payload: RegisterRouteRequest, options?: WriteOptions): Promise<RouteReply>;
  /** The endpoints of a workspace. */
  listRoutingEndpoints(orgId: string, workspaceId: string, options?: RequestOptions): Promise<ListRoutesReply>;
  /** Changes an endpoint. */
  updateRoutingEndpoint(routeId: string, payload: UpdateRouteRequest, options?: WriteOptions): Promise<RouteReply>;
  /** Removes an endpoint. */
  removeRoutingEndpoint(routeId: string, options?: WriteOptions): Promise<RemoveRouteReply>;
  /** Which endpoint a message would go to. */
  resolveRouting(payload: ResolveRoutingRequest, options?: WriteOptions): Promise<ResolveRoutingReply>;
}

const path = '/v1/routing/endpoints';
const ids = ['org_id', 'workspace_id'];

export const routing: Family<RoutingMethods> = {
  registerRoutingEndpoint: { verb: 'POST', path, args: ['payload'] },
  listRoutingEndpoints: { verb: 'GET', path, args: ids, query: ids },
  updateRoutingEndpoint: { verb: 'PATCH', path: `${path}/{route_id}`, args: ['payload'] },
  removeRoutingEndpoint: { verb: 'DELETE', path: `${path}/{route_id}` },
  resolveRouting: { verb: 'POST', path: '/v1/routing/resolve', args: ['payload'] },
};
