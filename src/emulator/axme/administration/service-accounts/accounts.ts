import type { Core } from '../../core.js';
import { conflict, invalid } from '../../refusal.js';
import type { Tenants } from '../organizations/tenants.js';
import { existing } from '../refusals.js';
import type { Supply } from '../supply.js';
import { type Changes, Table } from '../table.js';
import type { NewServiceAccount, ServiceAccount, ServiceAccountKey } from './wire.js';

/** Service accounts, whose keys the gateway accepts, each with an agent of its own (AXME contract §2.15). */
export class ServiceAccounts {
  readonly #accounts = new Table<ServiceAccount>();
  readonly #keys = new Table<ServiceAccountKey>();
  readonly #core: Core;
  readonly #supply: Supply;
  readonly #tenants: Tenants;

  constructor(core: Core, supply: Supply, tenants: Tenants) {
    this.#core = core;
    this.#supply = supply;
    this.#tenants = tenants;
    this.reset();
  }

  /** Adds an account and registers its agent. @throws {AxmeRefusal} 404; 409: the workspace has one of that name. */
  create(given: NewServiceAccount): ServiceAccount {
    const { org_id, workspace_id, name } = given;
    this.#tenants.workspace(org_id, workspace_id);
    const agent_address = this.#freeAddress(given);
    if (agent_address === undefined) throw conflict('the workspace has a service account of this name');
    const service_account_id = this.#supply.id('sa');
    this.#core.agents.register({
      address: agent_address,
      serviceAccountId: service_account_id,
      serviceAccountName: name,
      displayName: null,
      orgId: org_id,
      workspaceId: workspace_id,
    });
    const row = { service_account_id, ...given, status: 'active', ...this.#supply.born(), agent_address } as const;
    return this.#accounts.add(service_account_id, row);
  }

  /** @throws {AxmeRefusal} 404. */
  list(where: { readonly org_id: string } & Changes<ServiceAccount>): readonly ServiceAccount[] {
    this.#tenants.check(where.org_id, where.workspace_id);
    return this.#accounts.list(where);
  }

  /** @throws {AxmeRefusal} 404. */
  get(service_account_id: string): ServiceAccount {
    return existing(this.#accounts.get(service_account_id), 'service account');
  }

  /** Makes a key, which is accepted from now on. @throws {AxmeRefusal} 404; 422: it would have expired already. */
  createKey(service_account_id: string, expires_at: string | null): ServiceAccountKey {
    const { org_id, workspace_id, agent_address } = this.get(service_account_id);
    if (expires_at !== null && this.#supply.isOver(expires_at)) {
      throw invalid(['body', 'expires_at'], 'Expected a time to come');
    }
    const key_id = this.#supply.id('sak');
    const token = `axme_${service_account_id}_${this.#supply.secret()}`;
    this.#core.keys.add({
      token,
      agentAddress: agent_address,
      serviceAccountId: service_account_id,
      orgId: org_id,
      workspaceId: workspace_id,
    });
    if (expires_at !== null) this.#core.time.at(Date.parse(expires_at), () => this.#core.keys.revoke(token));
    return this.#keys.add(key_id, {
      key_id,
      service_account_id,
      key_hint: token.slice(-4),
      status: 'active',
      created_at: this.#supply.time(),
      expires_at,
      token,
      revoked_at: null,
    });
  }

  /** From now on the key is not accepted any more; once more changes nothing. @throws {AxmeRefusal} 404. */
  revokeKey(service_account_id: string, key_id: string): ServiceAccountKey {
    this.get(service_account_id);
    const key = existing(this.#keys.find({ service_account_id, key_id }), 'key');
    if (key.status === 'revoked') return key;
    this.#core.keys.revoke(key.token);
    return this.#keys.update(key_id, key, { status: 'revoked', revoked_at: this.#supply.time() });
  }

  /** Forgets whatever came after the start. */
  reset(): void {
    this.#accounts.clear();
    this.#keys.clear();
    const { serviceAccountId, orgId, workspaceId, agentAddress } = this.#core.home;
    this.#accounts.add(serviceAccountId, {
      service_account_id: serviceAccountId,
      org_id: orgId,
      workspace_id: workspaceId,
      name: 'caller',
      description: null,
      status: 'active',
      created_by_actor_id: this.#core.actors.first.actorId,
      ...this.#supply.born(),
      agent_address: agentAddress,
    });
  }

  /** `agent://<org>/<workspace>/<name>`; with the ids, where another workspace of the same names has that address. */
  #freeAddress({ org_id, workspace_id, name }: NewServiceAccount): string | undefined {
    const { name: organization } = this.#tenants.organization(org_id);
    const { name: workspace } = this.#tenants.workspace(org_id, workspace_id);
    const last = slug(name);
    const byName = `agent://${slug(organization)}/${slug(workspace)}/${last}`;
    const holder = this.#core.agents.find(byName);
    if (holder === undefined) return byName;
    const byId = `agent://${org_id}/${workspace_id}/${last}`;
    return holder.workspaceId === workspace_id || this.#core.agents.find(byId) ? undefined : byId;
  }
}

/** A name as part of an address: lower case, with hyphens for whatever is neither a letter nor a digit. */
function slug(name: string): string {
  const words = name.toLowerCase().match(/[\p{L}\p{N}_.]+/gu) ?? ['unnamed'];
  return encodeURIComponent(words.join('-'));
}
