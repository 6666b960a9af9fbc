import type { Family } from '../family.js';
import type { AnyOf, Open, Reply } from '../open.js';
import type { RequestOptions, WriteOptions } from '../options.js';

/** What a member may do (AXME contract §1.5). */
export type MemberRole = AnyOf<
  'org_owner' | 'org_admin' | 'workspace_admin' | 'member' | 'billing_viewer' | 'security_auditor'
>;

/** A member of an organization, or of a workspace. */
export interface Member extends Open {
  readonly member_id: string;
  readonly org_id: string;
  readonly workspace_id?: string | null | undefined;
  readonly actor_id: string;
  readonly role: MemberRole;
  readonly status: AnyOf<'active' | 'invited' | 'suspended' | 'removed'>;
  readonly created_at: string;
  readonly updated_at: string;
}

/** Options of `listOrganizationMembers`. */
export interface ListMembersOptions extends RequestOptions {
  readonly workspaceId?: string | undefined;
}

/** Members. */
export interface ListMembersReply extends Reply {
  readonly members: readonly Member[];
}

/** A member as it is now. */
export interface MemberReply extends Reply {
  readonly member: Member;
}

/** The client adds `org_id`. */
export interface AddMemberRequest extends Open {
  readonly org_id?: string | undefined;
  readonly workspace_id?: string | undefined;
  readonly actor_id: string;
  readonly role: MemberRole;
  readonly invited_by_actor_id?: string | undefined;
}

/** Only what is given changes. The client adds `org_id` and `member_id`. */
export interface UpdateMemberRequest extends Open {
  readonly org_id?: string | undefined;
  readonly member_id?: string | undefined;
  readonly workspace_id?: string | undefined;
  readonly role?: MemberRole | undefined;
  readonly status?: AnyOf<'active' | 'invited' | 'suspended' | 'removed'> | undefined;
}

/** A member who was removed. */
export interface RemoveMemberReply extends Reply {
  readonly removed: boolean;
  readonly org_id: string;
  readonly member_id: string;
  readonly removed_at: string;
}

/** Members of an organization (AXME contract §2.13). */
export interface MemberMethods {
  /** The members of an organization, or of one of its workspaces. */
  listOrganizationMembers(orgId: string, options?: ListMembersOptions): Promise<ListMembersReply>;
  /** Adds a member. */
  addOrganizationMember(orgId: string, payload: AddMemberRequest, options?: WriteOptions): Promise<MemberReply>;
  /** Changes a member. */
  updateOrganizationMember(
    orgId: string,
    memberId: string,
    payload: UpdateMemberRequest,
    options?: WriteOptions,
  ): Promise<MemberReply>;
  /** Removes a member. */
  removeOrganizationMember(orgId: string, memberId: string, options?: WriteOptions): Promise<RemoveMemberReply>;
}

const path = '/v1/organizations/{org_id}/members';

export const members: Family<MemberMethods> = {
  listOrganizationMembers: { verb: 'GET', path, query: ['workspace_id'] },
  addOrganizationMember: { verb: 'POST', path, args: ['payload'], idsInBody: true },
  updateOrganizationMember: { verb: 'PATCH', path: `${path}/{member_id}`, args: ['payload'], idsInBody: true },
  removeOrganizationMember: { verb: 'DELETE', path: `${path}/{member_id}` },
};
