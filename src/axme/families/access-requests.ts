import type { Family } from '../family.js';
import type { AnyOf, Open, Reply } from '../open.js';
import type { RequestOptions, WriteOptions } from '../options.js';
import type { MemberRole } from './members.js';

/** What is asked for. */
export interface AccessRequestSubject extends Open {
  readonly request_type: AnyOf<'create_organization' | 'join_organization' | 'elevated_role'>;
  readonly requester_actor_id: string;
  readonly org_id?: string | null | undefined;
  readonly workspace_id?: string | null | undefined;
  readonly requested_role?: MemberRole | null | undefined;
  readonly company_name?: string | null | undefined;
  readonly justification?: string | null | undefined;
}

/** A new access request. */
export interface CreateAccessRequestRequest extends AccessRequestSubject {
  readonly expires_at?: string | undefined;
}

/** How far an access request is. */
export type AccessRequestState = AnyOf<'pending' | 'under_review' | 'approved' | 'rejected' | 'waitlisted' | 'expired'>;

/** An access request, and its review. */
export interface AccessRequest extends AccessRequestSubject {
  readonly access_request_id: string;
  readonly state: AccessRequestState;
  readonly reviewer_actor_id?: string | null | undefined;
  readonly review_comment?: string | null | undefined;
  readonly reviewed_at?: string | null | undefined;
  readonly created_at: string;
  readonly updated_at: string;
}

/** An access request as it is now. */
export interface AccessRequestReply extends Reply {
  readonly access_request: AccessRequest;
}

/** Options of `listAccessRequests`. */
export interface ListAccessRequestsOptions extends RequestOptions {
  readonly orgId?: string | undefined;
  readonly workspaceId?: string | undefined;
  readonly state?: AccessRequestState | undefined;
}

/** Access requests. */
export interface ListAccessRequestsReply extends Reply {
  readonly access_requests: readonly AccessRequest[];
}

/** A decision about an access request. */
export interface ReviewAccessRequestRequest extends Open {
  readonly decision: AnyOf<'approve' | 'reject' | 'waitlist'>;
  readonly reviewer_actor_id: string;
  readonly review_comment?: string | undefined;
}

/** Requests for access, and their review (AXME contract §2.13). */
export interface AccessRequestMethods {
  /** Asks for access. */
  createAccessRequest(payload: CreateAccessRequestRequest, options?: WriteOptions): Promise<AccessRequestReply>;
  /** The access requests of an organization, a workspace, or in a state. */
  listAccessRequests(options?: ListAccessRequestsOptions): Promise<ListAccessRequestsReply>;
  /** One access request. */
  getAccessRequest(accessRequestId: string, options?: RequestOptions): Promise<AccessRequestReply>;
  /** Decides an access request. @throws {AxmeConflictError} it has been decided. */
  reviewAccessRequest(
    accessRequestId: string,
    payload: ReviewAccessRequestRequest,
    options?: WriteOptions,
  ): Promise<AccessRequestReply>;
}

const path = '/v1/access-requests';

export const accessRequests: Family<AccessRequestMethods> = {
  createAccessRequest: { verb: 'POST', path, args: ['payload'] },
  listAccessRequests: { verb: 'GET', path, query: ['org_id', 'workspace_id', 'state'] },
  getAccessRequest: { verb: 'GET', path: `${path}/{access_request_id}` },
  reviewAccessRequest: { verb: 'POST', path: `${path}/{access_request_id}/review`, args: ['payload'] },
};
