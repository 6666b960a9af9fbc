import type { Family } from '../family.js';
import type { AnyOf, JsonObject, Open, Reply } from '../open.js';
import type { RequestOptions, WriteOptions } from '../options.js';

/** A new organization. */
export interface CreateOrganizationRequest extends Open {
  readonly name: string;
  readonly legal_name?: string | undefined;
  readonly primary_domain?: string | undefined;
  readonly requested_by_actor_id: string;
  readonly metadata?: JsonObject | undefined;
}

/** An organization. */
export interface Organization extends Open {
  readonly org_id: string;
  readonly name: string;
  readonly legal_name?: string | null | undefined;
  readonly primary_domain?: string | null | undefined;
  readonly status: AnyOf<'pending' | 'active' | 'suspended' | 'archived'>;
  readonly metadata?: JsonObject | undefined;
  readonly created_at: string;
  readonly updated_at: string;
  /** Of `getOrganization` only. */
  readonly workspaces_count?: number | undefined;
  /** Of `getOrganization` only. */
  readonly members_count?: number | undefined;
}

/** An organization as it is now. */
export interface OrganizationReply extends Reply {
  readonly organization: Organization;
}

/** Only what is given changes. The client adds `org_id`. */
export interface UpdateOrganizationRequest extends Open {
  readonly org_id?: string | undefined;
  readonly name?: string | undefined;
  readonly legal_name?: string | undefined;
  readonly primary_domain?: string | undefined;
  readonly status?: AnyOf<'pending' | 'active' | 'suspended' | 'archived'> | undefined;
  readonly metadata?: JsonObject | undefined;
}

/** Organizations (AXME contract §2.13). */
export interface OrganizationMethods {
  /** Creates an organization. */
  createOrganization(payload: CreateOrganizationRequest, options?: WriteOptions): Promise<OrganizationReply>;
  /** An organization, with how many workspaces and members it has. */
  getOrganization(orgId: string, options?: RequestOptions): Promise<OrganizationReply>;
  /** Changes an organization. */
  updateOrganization(
    orgId: string,
    payload: UpdateOrganizationRequest,
    options?: WriteOptions,
  ): Promise<OrganizationReply>;
}

export const organizations: Family<OrganizationMethods> = {
  createOrganization: { verb: 'POST', path: '/v1/organizations', args: ['payload'] },
  getOrganization: { verb: 'GET', path: '/v1/organizations/{org_id}' },
  updateOrganization: { verb: 'PATCH', path: '/v1/organizations/{org_id}', args: ['payload'], idsInBody: true },
};
