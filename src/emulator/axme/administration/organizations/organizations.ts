import * as v from 'valibot';
import type { AxmeCall } from '../../call.js';
import type { Core } from '../../core.js';
import type { Family } from '../../family.js';
import { uuid } from '../../input.js';
import type { AxmeRouter } from '../../router.js';
import { sameId } from '../refusals.js';
import type { Tenants } from './tenants.js';
import {
  memberChanges,
  newMember,
  newOrganization,
  newWorkspace,
  organizationChanges,
  workspaceChanges,
} from './wire.js';

/** Organizations, workspaces and members (AXME contract §2.13). */
export class Organizations implements Family {
  readonly #tenants: Tenants;
  readonly #core: Core;

  constructor(core: Core, tenants: Tenants) {
    this.#core = core;
    this.#tenants = tenants;
    this.reset();
  }

  routes(router: AxmeRouter): void {
    const tenants = this.#tenants;
    router.actor('/v1/organizations', {
      POST: (call) => ({ ok: true, organization: tenants.createOrganization(call.body(newOrganization)) }),
    });
    router.actor('/v1/organizations/:org_id', {
      GET: (call) => {
        const organization = tenants.organization(call.param('org_id'));
        return { ok: true, organization: { ...organization, ...tenants.counts(organization.org_id) } };
      },
      PATCH: (call) => {
        const changes = call.body(organizationChanges);
        sameId('org_id', call.param('org_id'), changes.org_id);
        return { ok: true, organization: tenants.updateOrganization(call.param('org_id'), changes) };
      },
    });
    router.actor('/v1/organizations/:org_id/workspaces', {
      GET: (call) => ({ ok: true, workspaces: tenants.listWorkspaces(call.param('org_id')) }),
      POST: (call) => {
        const given = call.body(newWorkspace);
        sameId('org_id', call.param('org_id'), given.org_id);
        return { ok: true, workspace: tenants.createWorkspace(call.param('org_id'), given) };
      },
    });
    router.actor('/v1/organizations/:org_id/workspaces/:workspace_id', {
      PATCH: (call) => {
        const changes = call.body(workspaceChanges);
        const [org_id, workspace_id] = [call.param('org_id'), call.param('workspace_id')];
        sameId('org_id', org_id, changes.org_id);
        sameId('workspace_id', workspace_id, changes.workspace_id);
        return { ok: true, workspace: tenants.updateWorkspace(org_id, workspace_id, changes) };
      },
    });
    router.actor('/v1/organizations/:org_id/members', {
      GET: (call) => {
        const { workspace_id } = call.query({ workspace_id: v.optional(uuid) });
        return { ok: true, members: tenants.listMembers(call.param('org_id'), workspace_id) };
      },
      POST: (call) => {
        const given = call.body(newMember);
        sameId('org_id', call.param('org_id'), given.org_id);
        return { ok: true, member: tenants.addMember(call.param('org_id'), given) };
      },
    });
    router.actor('/v1/organizations/:org_id/members/:member_id', {
      PATCH: (call) => this.#updateMember(call),
      DELETE: (call) => {
        const { org_id, member_id, updated_at } = tenants.removeMember(call.param('org_id'), call.param('member_id'));
        return { ok: true, removed: true, org_id, member_id, removed_at: updated_at };
      },
    });
  }

  reset(): void {
    const { orgId, workspaceId } = this.#core.home;
    this.#tenants.clear();
    this.#tenants.seed({ org_id: orgId, name: 'emulator' }, { workspace_id: workspaceId, name: 'default' });
  }

  #updateMember(call: AxmeCall): object {
    const changes = call.body(memberChanges);
    const [org_id, member_id] = [call.param('org_id'), call.param('member_id')];
    sameId('org_id', org_id, changes.org_id);
    sameId('member_id', member_id, changes.member_id);
    return { ok: true, member: this.#tenants.updateMember(org_id, member_id, changes) };
  }
}
