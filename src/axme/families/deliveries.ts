import type { Family } from '../family.js';
import type { AnyOf, JsonObject, Open, Reply } from '../open.js';
import type { RequestOptions, WriteOptions } from '../options.js';
import type { TransportType } from './routing.js';

/** What to deliver, to `alias` or `principal_id`. */
export interface SubmitDeliveryRequest extends Open {
  readonly org_id: string;
  readonly workspace_id: string;
  readonly payload: JsonObject;
  readonly alias?: string | undefined;
  readonly principal_id?: string | undefined;
  readonly correlation_id?: string | undefined;
  /** The delivery's own; the client does not copy the option `idempotencyKey` here. */
  readonly idempotency_key?: string | undefined;
}

/** How far a delivery is. */
export type DeliveryStatus = AnyOf<'submitted' | 'delivered' | 'failed' | 'pending' | 'dead_lettered'>;

/** A delivery to a principal. */
export interface Delivery extends Open {
  readonly delivery_id: string;
  /** The delivery that this one repeats. */
  readonly replay_of_delivery_id: string | null;
  readonly org_id: string;
  readonly workspace_id: string;
  readonly principal_id: string;
  readonly alias: string | null;
  readonly transport_type: TransportType;
  readonly route_id: string;
  readonly status: DeliveryStatus;
  readonly correlation_id: string | null;
  readonly idempotency_key: string | null;
  readonly payload: JsonObject;
  readonly error_detail: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

/** A delivery as it is now. */
export interface DeliveryReply extends Reply {
  readonly delivery: Delivery;
}

/** Options of `listDeliveries`. */
export interface ListDeliveriesOptions extends RequestOptions {
  readonly principalId?: string | undefined;
  readonly status?: DeliveryStatus | undefined;
}

/** Deliveries. */
export interface ListDeliveriesReply extends Reply {
  readonly deliveries: readonly Delivery[];
}

/** Deliveries to principals (AXME contract §2.16). */
export interface DeliveryMethods {
  /** Delivers a payload. */
  submitDelivery(payload: SubmitDeliveryRequest, options?: WriteOptions): Promise<DeliveryReply>;
  /** The deliveries of a workspace. */
  listDeliveries(orgId: string, workspaceId: string, options?: ListDeliveriesOptions): Promise<ListDeliveriesReply>;
  /** One delivery. */
  getDelivery(deliveryId: string, options?: RequestOptions): Promise<DeliveryReply>;
  /** Delivers again, as a new delivery. */
  replayDelivery(deliveryId: string, options?: WriteOptions): Promise<DeliveryReply>;
}

const path = '/v1/deliveries';
const ids = ['org_id', 'workspace_id'];

export const deliveries: Family<DeliveryMethods> = {
  submitDelivery: { verb: 'POST', path, args: ['payload'] },
  listDeliveries: { verb: 'GET', path, args: ids, query: [...ids, 'principal_id', 'status'] },
  getDelivery: { verb: 'GET', path: `${path}/{delivery_id}` },
  replayDelivery: { verb: 'POST', path: `${path}/{delivery_id}/replay` },
};
