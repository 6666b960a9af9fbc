import * as v from 'valibot';
import { type FieldValues, int, jsonObject, queryInt, text } from '../../input.js';
import { metadata, nullable, organizationScope, textOrNull, workspaceScope } from '../fields.js';
import { type DeliveryStatus, deliveryStatus } from './delivery-status.js';

const principalId = text(5, 64);
const aliasName = text(3, 255);
const transportType = v.picklist(['matrix', 'http', 'queue', 'webhook']);
const authMode = v.picklist(['mtls', 'jwt', 'signed_key', 'none']);
const failoverPolicy = v.picklist(['none', 'same_region', 'cross_region']);
const priority = int(1, 10_000);
const endpointUrl = text(8, 4096);
const limit = v.optional(queryInt(1, 1000), '200');

/** Whose rows a list shows: the query that aliases, routes, bindings and deliveries share. */
export const listQuery = { ...organizationScope, principal_id: v.optional(v.string()), limit };

/** `POST /v1/principals` */
export const newPrincipal = {
  ...workspaceScope,
  principal_type: v.picklist(['user', 'service_agent', 'service_account']),
  display_name: textOrNull(1, 255),
  metadata,
};
export type NewPrincipal = FieldValues<typeof newPrincipal>;

/** What the rows of a principal have in common. */
interface OfPrincipal {
  readonly principal_id: string;
  readonly org_id: string;
  readonly workspace_id: string;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface Principal extends Omit<NewPrincipal, keyof OfPrincipal>, OfPrincipal {
  readonly status: 'active' | 'suspended' | 'inactive';
}

/** `POST /v1/aliases` */
export const newAlias = {
  principal_id: principalId,
  alias: aliasName,
  alias_type: v.picklist(['communication', 'service', 'external']),
  metadata,
};
export type NewAlias = FieldValues<typeof newAlias>;

/** `GET /v1/aliases` */
export const aliasQuery = { ...listQuery, status: v.optional(v.picklist(['active', 'revoked'])) };

/** `GET /v1/aliases/resolve` */
export const aliasResolution = { ...workspaceScope, alias: aliasName };

export interface Alias extends Omit<NewAlias, keyof OfPrincipal>, OfPrincipal {
  readonly alias_id: string;
  readonly status: 'active' | 'revoked';
  readonly revoked_at: string | null;
}

/** `POST /v1/routing/endpoints` */
export const newRoute = {
  principal_id: principalId,
  transport_type: transportType,
  endpoint_url: endpointUrl,
  auth_mode: authMode,
  region: textOrNull(2, 64),
  cluster_id: textOrNull(2, 128),
  failover_policy: v.optional(failoverPolicy, 'none'),
  priority: v.optional(priority, 100),
  metadata,
};
export type NewRoute = FieldValues<typeof newRoute>;

/** `PATCH /v1/routing/endpoints/{route_id}` */
export const routeChanges = {
  endpoint_url: v.optional(endpointUrl),
  auth_mode: v.optional(authMode),
  region: nullable(text(2, 64)),
  cluster_id: nullable(text(2, 128)),
  failover_policy: v.optional(failoverPolicy),
  priority: v.optional(priority),
  health_status: v.optional(v.picklist(['healthy', 'degraded', 'unhealthy', 'unknown'])),
  status: v.optional(v.picklist(['active', 'inactive', 'draining'])),
  metadata: v.optional(jsonObject),
};

export interface Route extends Omit<NewRoute, keyof OfPrincipal>, OfPrincipal {
  readonly route_id: string;
  readonly health_status: 'healthy' | 'degraded' | 'unhealthy' | 'unknown';
  readonly status: 'active' | 'inactive' | 'draining';
}

/** Who is meant: at least one of the two. */
const target = { alias: v.nullish(aliasName), principal_id: v.nullish(principalId) };

/** `POST /v1/routing/resolve` */
export const routeResolution = { ...workspaceScope, ...target };
export type RouteResolution = FieldValues<typeof routeResolution>;

/** `POST /v1/transports/bindings` */
export const newBinding = {
  principal_id: principalId,
  transport_type: transportType,
  transport_handle: text(2, 255),
  priority: v.optional(priority, 100),
  status: v.optional(v.picklist(['active', 'inactive']), 'active'),
  metadata,
};
export type NewBinding = FieldValues<typeof newBinding>;

export interface TransportBinding extends Omit<NewBinding, keyof OfPrincipal>, OfPrincipal {
  readonly binding_id: string;
}

/** `POST /v1/deliveries` */
export const newDelivery = {
  ...workspaceScope,
  ...target,
  payload: jsonObject,
  correlation_id: textOrNull(3, 255),
  idempotency_key: textOrNull(4, 255),
};
export type NewDelivery = FieldValues<typeof newDelivery>;

/** `GET /v1/deliveries` */
export const deliveryQuery = { ...listQuery, status: v.optional(deliveryStatus) };

/** `GET /v1/deliveries-operations` */
export const operationsQuery = { ...organizationScope, window_hours: v.optional(queryInt(1, 168), '24') };

/** `POST /v1/deliveries/reconcile` */
export const reconciliation = {
  ...organizationScope,
  max_pending_age_seconds: v.optional(int(0, 86_400), 300),
  limit: v.optional(int(1, 5000), 500),
  target_status: v.picklist(['delivered', 'dead_lettered']),
  reason: v.nullish(v.string(), null),
};
export type Reconciliation = FieldValues<typeof reconciliation>;

export interface Delivery extends OfPrincipal {
  readonly delivery_id: string;
  readonly replay_of_delivery_id: string | null;
  readonly alias: string | null;
  readonly transport_type: Route['transport_type'];
  readonly route_id: string;
  readonly status: DeliveryStatus;
  readonly correlation_id: string | null;
  readonly idempotency_key: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly error_detail: string | null;
}
