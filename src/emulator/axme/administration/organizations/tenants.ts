import { conflict } from '../../refusal.js';
import { existing } from '../refusals.js';
import type { Supply } from '../supply.js';
import { type Changes, defined, Table } from '../table.js';
import type { Member, NewMember, NewOrganization, NewWorkspace, Organization, Workspace } from './wire.js';

/** Organizations, their workspaces and their members (AXME contract §2.13). */
export class Tenants {
  readonly #organizations = new Table<Organization>();
  readonly #workspaces = new Table<Workspace>();
  readonly #members = new Table<Member>(10_000);
  readonly #supply: Supply;

  constructor(supply: Supply) {
    this.#supply = supply;
  }

  /** Adds an organization with one workspace whose ids are given. */
  seed(organization: Pick<Organization, 'org_id' | 'name'>, workspace: Pick<Workspace, 'workspace_id' | 'name'>): void {
    const { org_id } = organization;
    const common = { status: 'active', ...this.#supply.born() } as const;
    const names = { legal_name: null, primary_domain: null, metadata: {} };
    this.#organizations.add(org_id, { ...organization, ...names, ...common });
    const place = { org_id, environment: 'sandbox', region: null } as const;
    this.#workspaces.add(workspace.workspace_id, { ...workspace, ...place, ...common });
  }

  createOrganization({ requested_by_actor_id: _, ...given }: NewOrganization): Organization {
    const org_id = this.#supply.uuid();
    return this.#organizations.add(org_id, { org_id, ...given, status: 'active', ...this.#supply.born() });
  }

  /** @throws {AxmeRefusal} 404. */
  organization(org_id: string): Organization {
    return existing(this.#organizations.get(org_id), 'organization');
  }

  /** How many workspaces it has, and how many members that were not removed. */
  counts(org_id: string): { workspaces_count: number; members_count: number } {
    return {
      workspaces_count: this.#workspaces.list({ org_id }).length,
      members_count: this.#members.list({ org_id }).filter(({ status }) => status !== 'removed').length,
    };
  }

  updateOrganization(org_id: string, changes: Changes<Organization>): Organization {
    return this.#organizations.update(org_id, this.organization(org_id), {
      ...changes,
      ...this.#supply.touched(),
      org_id,
    });
  }

  createWorkspace(org_id: string, given: NewWorkspace): Workspace {
    this.organization(org_id);
    const workspace_id = this.#supply.uuid();
    const row = { workspace_id, ...given, org_id, status: 'active', ...this.#supply.born() } as const;
    return this.#workspaces.add(workspace_id, row);
  }

  listWorkspaces(org_id: string): readonly Workspace[] {
    this.organization(org_id);
    return this.#workspaces.list({ org_id });
  }

  /** @throws {AxmeRefusal} 404: either is unknown, or the workspace is another organization's. */
  workspace(org_id: string, workspace_id: string): Workspace {
    this.organization(org_id);
    return existing(this.#workspaces.find({ org_id, workspace_id }), 'workspace');
  }

  /** Checks a scope whose workspace may be left out. @throws {AxmeRefusal} 404. */
  check(org_id: string, workspace_id: string | null | undefined): void {
    if (workspace_id === undefined || workspace_id === null) this.organization(org_id);
    else this.workspace(org_id, workspace_id);
  }

  updateWorkspace(org_id: string, workspace_id: string, changes: Changes<Workspace>): Workspace {
    const row = this.workspace(org_id, workspace_id);
    return this.#workspaces.update(workspace_id, row, { ...changes, ...this.#supply.touched(), org_id, workspace_id });
  }

  /** @throws {AxmeRefusal} 409: the actor has the role there already. */
  addMember(org_id: string, { invited_by_actor_id: _, ...given }: NewMember): Member {
    this.check(org_id, given.workspace_id);
    const member_id = this.#supply.uuid();
    const row: Member = { member_id, ...given, org_id, status: 'active', ...this.#supply.born() };
    this.#refuseDuplicate(row);
    return this.#members.add(member_id, row);
  }

  /** Those that were removed are among them. */
  listMembers(org_id: string, workspace_id?: string): readonly Member[] {
    this.check(org_id, workspace_id);
    return this.#members.list({ org_id, workspace_id });
  }

  /** @throws {AxmeRefusal} 404; 409: the actor has the role there already. */
  updateMember(org_id: string, member_id: string, changes: Changes<Member>): Member {
    const row = this.#member(org_id, member_id);
    if (changes.workspace_id !== undefined) this.check(org_id, changes.workspace_id);
    this.#refuseDuplicate({ ...row, ...defined(changes) });
    return this.#members.update(member_id, row, { ...changes, ...this.#supply.touched(), org_id, member_id });
  }

  /** Sets its status to `removed`; once more changes nothing, so that the client can repeat it. */
  removeMember(org_id: string, member_id: string): Member {
    const row = this.#member(org_id, member_id);
    if (row.status === 'removed') return row;
    return this.#members.update(member_id, row, { status: 'removed', ...this.#supply.touched() });
  }

  clear(): void {
    this.#organizations.clear();
    this.#workspaces.clear();
    this.#members.clear();
  }

  #member(org_id: string, member_id: string): Member {
    this.organization(org_id);
    return existing(this.#members.find({ org_id, member_id }), 'member');
  }

  #refuseDuplicate({ member_id, org_id, workspace_id, actor_id, role, status }: Member): void {
    if (status === 'removed') return;
    const same = this.#members.list({ org_id, workspace_id, actor_id, role });
    if (same.some((other) => other.member_id !== member_id && other.status !== 'removed')) {
      throw conflict('the actor already has this role there');
    }
  }
}
