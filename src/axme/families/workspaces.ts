import type { Family } from '../family.js';
import type { AnyOf, Open, Reply } from '../open.js';
import type { RequestOptions, WriteOptions } from '../options.js';

/** The client adds `org_id`. */
export interface CreateWorkspaceRequest extends Open {
  readonly org_id?: string | undefined;
  readonly name: string;
  readonly environment: AnyOf<'sandbox' | 'staging' | 'production'>;
  readonly region?: string | undefined;
}

/** A workspace. */
export interface Workspace extends Open {
  readonly workspace_id: string;
  readonly org_id: string;
  readonly name: string;
  readonly environment: AnyOf<'sandbox' | 'staging' | 'production'>;
  readonly status: AnyOf<'active' | 'suspended' | 'archived'>;
  readonly region?: string | null | undefined;
  readonly created_at: string;
  readonly updated_at: string;
}

/** A workspace as it is now. */
export interface WorkspaceReply extends Reply {
  readonly workspace: Workspace;
}

/** Workspaces. */
export interface ListWorkspacesReply extends Reply {
  readonly workspaces: readonly Workspace[];
}

/** Only what is given changes. The client adds the two ids. */
export interface UpdateWorkspaceRequest extends Open {
  readonly org_id?: string | undefined;
  readonly workspace_id?: string | undefined;
  readonly name?: string | undefined;
  readonly environment?: AnyOf<'sandbox' | 'staging' | 'production'> | undefined;
  readonly status?: AnyOf<'active' | 'suspended' | 'archived'> | undefined;
  readonly region?: string | undefined;
}

/** Workspaces of an organization (AXME contract §2.13). */
export interface WorkspaceMethods {
  /** Creates a workspace. */
  createWorkspace(orgId: string, payload: CreateWorkspaceRequest, options?: WriteOptions): Promise<WorkspaceReply>;
  /** The workspaces of an organization. */
  listWorkspaces(orgId: string, options?: RequestOptions): Promise<ListWorkspacesReply>;
  /** Changes a workspace. */
  updateWorkspace(
    orgId: string,
    workspaceId: string,
    payload: UpdateWorkspaceRequest,
    options?: WriteOptions,
  ): Promise<WorkspaceReply>;
}

const path = '/v1/organizations/{org_id}/workspaces';

export const workspaces: Family<WorkspaceMethods> = {
  createWorkspace: { verb: 'POST', path, args: ['payload'], idsInBody: true },
  listWorkspaces: { verb: 'GET', path },
  updateWorkspace: { verb: 'PATCH', path: `${path}/{workspace_id}`, args: ['payload'], idsInBody: true },
};
