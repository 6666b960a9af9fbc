import type { Family } from '../family.js';
import type { AnyOf, JsonObject, Open, Reply } from '../open.js';
import type { RequestOptions, WriteOptions } from '../options.js';

/** Who a principal is. */
export type PrincipalType = AnyOf<'user' | 'service_agent' | 'service_account'>;

/** A new principal. */
export interface CreatePrincipalRequest extends Open {
  readonly org_id: string;
  readonly workspace_id: string;
  readonly principal_type: PrincipalType;
  readonly display_name?: string | undefined;
  readonly metadata?: JsonObject | undefined;
}

/** A principal. */
export interface Principal extends Open {
  readonly principal_id: string;
  readonly org_id: string;
  readonly workspace_id: string;
  readonly principal_type: PrincipalType;
  readonly display_name?: string | null | undefined;
  readonly status: AnyOf<'active' | 'suspended' | 'inactive'>;
  readonly metadata: JsonObject;
  readonly created_at: string;
  readonly updated_at: string;
}

/** A principal as it is now. */
export interface PrincipalReply extends Reply {
  readonly principal: Principal;
}

/** Principals: whoever can be addressed (AXME contract §2.16). */
export interface PrincipalMethods {
  /** Creates a principal. */
  createPrincipal(payload: CreatePrincipalRequest, options?: WriteOptions): Promise<PrincipalReply>;
  /** One principal. */
  getPrincipal(principalId: string, options?: RequestOptions): Promise<PrincipalReply>;
}

export const principals: Family<PrincipalMethods> = {
  createPrincipal: { verb: 'POST', path: '/v1/principals', args: ['payload'] },
  getPrincipal: { verb: 'GET', path: '/v1/principals/{principal_id}' },
};
