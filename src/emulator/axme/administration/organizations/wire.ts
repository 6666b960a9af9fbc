import * as v from 'valibot';
import { type FieldValues, jsonObject, text, uuid } from '../../input.js';
import { actorId, metadata, nullable, textOrNull, timestampOrNull } from '../fields.js';

/** The roles of members (AXME contract §1.5). */
export const role = v.picklist([
  'org_owner',
  'org_admin',
  'workspace_admin',
  'member',
  'billing_viewer',
  'security_auditor',
]);
const environment = v.picklist(['sandbox', 'staging', 'production']);

/** `POST /v1/organizations` */
export const newOrganization = {
  name: text(2, 120),
  legal_name: textOrNull(2, 255),
  primary_domain: textOrNull(3, 255),
  requested_by_actor_id: actorId,
  metadata,
};
export type NewOrganization = FieldValues<typeof newOrganization>;

/** `PATCH /v1/organizations/{org_id}` */
export const organizationChanges = {
  org_id: v.optional(uuid),
  name: v.optional(text(2, 120)),
  legal_name: nullable(text(2, 255)),
  primary_domain: nullable(text(3, 255)),
  status: v.optional(v.picklist(['pending', 'active', 'suspended', 'archived'])),
  metadata: v.optional(jsonObject),
};

export interface Organization extends Omit<NewOrganization, 'requested_by_actor_id'> {
  readonly org_id: string;
  readonly status: 'pending' | 'active' | 'suspended' | 'archived';
  readonly created_at: string;
  readonly updated_at: string;
}

/** `POST /v1/organizations/{org_id}/workspaces` */
export const newWorkspace = {
  org_id: v.optional(uuid),
  name: text(2, 120),
  environment,
  region: textOrNull(2, 64),
};
export type NewWorkspace = FieldValues<typeof newWorkspace>;

/** `PATCH /v1/organizations/{org_id}/workspaces/{workspace_id}` */
export const workspaceChanges = {
  org_id: v.optional(uuid),
  workspace_id: v.optional(uuid),
  name: v.optional(text(2, 120)),
  environment: v.optional(environment),
  status: v.optional(v.picklist(['active', 'suspended', 'archived'])),
  region: nullable(text(2, 64)),
};

export interface Workspace extends Omit<NewWorkspace, 'org_id'> {
  readonly workspace_id: string;
  readonly org_id: string;
  readonly status: 'active' | 'suspended' | 'archived';
  readonly created_at: string;
  readonly updated_at: string;
}

/** `POST /v1/organizations/{org_id}/members` */
export const newMember = {
  org_id: v.optional(uuid),
  workspace_id: v.nullish(uuid, null),
  actor_id: actorId,
  role,
  invited_by_actor_id: v.nullish(actorId),
};
export type NewMember = FieldValues<typeof newMember>;

/** `PATCH /v1/organizations/{org_id}/members/{member_id}` */
export const memberChanges = {
  org_id: v.optional(uuid),
  member_id: v.optional(uuid),
  workspace_id: nullable(uuid),
  role: v.optional(role),
  status: v.optional(v.picklist(['active', 'invited', 'suspended', 'removed'])),
};

export interface Member extends Omit<NewMember, 'org_id' | 'invited_by_actor_id'> {
  readonly member_id: string;
  readonly org_id: string;
  readonly status: 'active' | 'invited' | 'suspended' | 'removed';
  readonly created_at: string;
  readonly updated_at: string;
}

/** `POST /v1/access-requests` */
export const newAccessRequest = {
  request_type: v.picklist(['create_organization', 'join_organization', 'elevated_role']),
  requester_actor_id: actorId,
  org_id: v.nullish(uuid, null),
  workspace_id: v.nullish(uuid, null),
  requested_role: v.nullish(role, null),
  company_name: textOrNull(2, 255),
  justification: textOrNull(0, 4000),
  expires_at: timestampOrNull,
};
export type NewAccessRequest = FieldValues<typeof newAccessRequest>;

export const accessRequestState = v.picklist([
  'pending',
  'under_review',
  'approved',
  'rejected',
  'waitlisted',
  'expired',
]);

/** `POST /v1/access-requests/{access_request_id}/review` */
export const accessReview = {
  decision: v.picklist(['approve', 'reject', 'waitlist']),
  reviewer_actor_id: actorId,
  review_comment: textOrNull(0, 4000),
};
export type AccessReview = FieldValues<typeof accessReview>;

export interface AccessRequest extends Omit<NewAccessRequest, 'expires_at'> {
  readonly access_request_id: string;
  readonly state: v.InferOutput<typeof accessRequestState>;
  readonly reviewer_actor_id: string | null;
  readonly review_comment: string | null;
  readonly reviewed_at: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}
