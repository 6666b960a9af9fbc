import type { Family } from '../family.js';
import type { AnyOf, Open, Reply } from '../open.js';
import type { RequestOptions, WriteOptions } from '../options.js';

/** A new service account. */
export interface CreateServiceAccountRequest extends Open {
  readonly org_id: string;
  readonly workspace_id: string;
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly created_by_actor_id: string;
}

/** A service account. */
export interface ServiceAccount extends Open {
  readonly service_account_id: string;
  readonly org_id: string;
  readonly workspace_id: string;
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly status: AnyOf<'active' | 'suspended' | 'revoked'>;
  readonly created_by_actor_id: string;
  readonly created_at: string;
  readonly updated_at: string;
  /** Of `createServiceAccount` only: the address that was registered with it. */
  readonly agent_address?: string | undefined;
  /** Of `createServiceAccount` only. */
  readonly display_name?: string | null | undefined;
}

/** A service account as it is now. */
export interface ServiceAccountReply extends Reply {
  readonly service_account: ServiceAccount;
}

/** Options of `listServiceAccounts`. */
export interface ListServiceAccountsOptions extends RequestOptions {
  readonly orgId: string;
  readonly workspaceId?: string | undefined;
}

/** Service accounts. */
export interface ListServiceAccountsReply extends Reply {
  readonly service_accounts: readonly ServiceAccount[];
}

/** A new API key. */
export interface CreateKeyRequest extends Open {
  readonly created_by_actor_id: string;
  /** RFC 3339. */
  readonly expires_at?: string | null | undefined;
}

/** A new API key. */
export interface ServiceAccountKey extends Open {
  readonly key_id: string;
  readonly service_account_id: string;
  readonly key_hint: string;
  readonly status: AnyOf<'active'>;
  readonly created_at: string;
  readonly expires_at?: string | null | undefined;
  /** The key itself, which is never shown again. */
  readonly token: string;
}

/** A new API key. */
export interface CreateKeyReply extends Reply {
  readonly key: ServiceAccountKey;
}

/** An API key that has ended. */
export interface RevokedKey extends Open {
  readonly service_account_id: string;
  readonly key_id: string;
  readonly status: AnyOf<'revoked'>;
  readonly revoked_at: string;
}

/** An API key that has ended. */
export interface RevokeKeyReply extends Reply {
  readonly key: RevokedKey;
}

/** Service accounts and their API keys (AXME contract §2.15). */
export interface ServiceAccountMethods {
  /** Creates a service account, and with it an agent address. */
  createServiceAccount(payload: CreateServiceAccountRequest, options?: WriteOptions): Promise<ServiceAccountReply>;
  /** The service accounts of an organization, or of one of its workspaces. */
  listServiceAccounts(options: ListServiceAccountsOptions): Promise<ListServiceAccountsReply>;
  /** One service account. */
  getServiceAccount(serviceAccountId: string, options?: RequestOptions): Promise<ServiceAccountReply>;
  /** Makes an API key. Its `token` is in this reply alone. */
  createServiceAccountKey(
    serviceAccountId: string,
    payload: CreateKeyRequest,
    options?: WriteOptions,
  ): Promise<CreateKeyReply>;
  /** Ends an API key. */
  revokeServiceAccountKey(serviceAccountId: string, keyId: string, options?: WriteOptions): Promise<RevokeKeyReply>;
}

const path = '/v1/service-accounts';

export const serviceAccounts: Family<ServiceAccountMethods> = {
  createServiceAccount: { verb: 'POST', path, args: ['payload'] },
  listServiceAccounts: { verb: 'GET', path, query: ['org_id', 'workspace_id'], required: ['org_id'] },
  getServiceAccount: { verb: 'GET', path: `${path}/{service_account_id}` },
  createServiceAccountKey: { verb: 'POST', path: `${path}/{service_account_id}/keys`, args: ['payload'] },
  revokeServiceAccountKey: { verb: 'POST', path: `${path}/{service_account_id}/keys/{key_id}/revoke` },
};
