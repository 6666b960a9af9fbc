import type { Family } from '../family.js';
import type { AnyOf, JsonObject, Open, Reply } from '../open.js';
import type { RequestOptions, WriteOptions } from '../options.js';
import type { TransportType } from './routing.js';

/** A binding to create or change. */
export interface UpsertBindingRequest extends Open {
  readonly principal_id: string;
  readonly transport_type: TransportType;
  readonly transport_handle: string;
  /** The lowest goes first. */
  readonly priority?: number | undefined;
  readonly status?: AnyOf<'active' | 'inactive'> | undefined;
  readonly metadata?: JsonObject | undefined;
}

/** A handle of a principal on a transport. */
export interface TransportBinding extends Open {
  readonly binding_id: string;
  readonly principal_id: string;
  readonly org_id: string;
  readonly workspace_id: string;
  readonly transport_type: TransportType;
  readonly transport_handle: string;
  readonly priority: number;
  readonly status: AnyOf<'active' | 'inactive'>;
  readonly metadata: JsonObject;
  readonly created_at: string;
  readonly updated_at: string;
}

/** A binding as it is now. */
export interface BindingReply extends Reply {
  readonly binding: TransportBinding;
}

/** Bindings. */
export interface ListBindingsReply extends Reply {
  readonly bindings: readonly TransportBinding[];
}

/** A binding that was removed. */
export interface RemovedBinding extends Open {
  readonly binding_id: string;
  readonly removed: boolean;
}

/** A binding that was removed. */
export interface RemoveBindingReply extends Reply {
  readonly binding: RemovedBinding;
}

/** Handles of principals on transports (AXME contract §2.16). */
export interface TransportMethods {
  /** Creates or changes a binding. */
  upsertTransportBinding(payload: UpsertBindingRequest, options?: WriteOptions): Promise<BindingReply>;
  /** The bindings of a workspace. */
  listTransportBindings(orgId: string, workspaceId: string, options?: RequestOptions): Promise<ListBindingsReply>;
  /** Removes a binding. */
  removeTransportBinding(bindingId: string, options?: WriteOptions): Promise<RemoveBindingReply>;
}

const path = '/v1/transports/bindings';
const ids = ['org_id', 'workspace_id'];

export const transports: Family<TransportMethods> = {
  upsertTransportBinding: { verb: 'POST', path, args: ['payload'] },
  listTransportBindings: { verb: 'GET', path, args: ids, query: ids },
  removeTransportBinding: { verb: 'DELETE', path: `${path}/{binding_id}` },
};
