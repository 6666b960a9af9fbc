import type { Family } from '../family.js';
import type { AnyOf, JsonObject, Open, Reply } from '../open.js';
import type { RequestOptions, WriteOptions } from '../options.js';
import type { PrincipalType } from './principals.js';

/** What an alias is for. */
export type AliasType = AnyOf<'communication' | 'service' | 'external'>;

/** A new alias. */
export interface BindAliasRequest extends Open {
  readonly principal_id: string;
  readonly alias: string;
  readonly alias_type: AliasType;
  readonly metadata?: JsonObject | undefined;
}

/** An alias of a principal. */
export interface Alias extends Open {
  readonly alias_id: string;
  readonly principal_id: string;
  readonly org_id: string;
  readonly workspace_id: string;
  readonly alias: string;
  readonly alias_type: AliasType;
  readonly status: AnyOf<'active' | 'revoked'>;
  readonly metadata: JsonObject;
  readonly created_at: string;
  readonly updated_at: string;
  readonly revoked_at: string | null;
}

/** An alias as it is now. */
export interface AliasReply extends Reply {
  readonly alias: Alias;
}

/** Aliases. */
export interface ListAliasesReply extends Reply {
  readonly aliases: readonly Alias[];
}

/** As much of a principal as a resolution shows. */
export interface ResolvedPrincipal extends Open {
  readonly principal_id: string;
  readonly principal_type: PrincipalType;
  readonly display_name?: string | null | undefined;
  readonly status: AnyOf<'active' | 'suspended' | 'inactive'>;
}

/** An alias, and whom it means. */
export interface AliasResolution extends Open {
  readonly alias: Alias;
  readonly principal: ResolvedPrincipal;
}

/** An alias, and whom it means. */
export interface ResolveAliasReply extends Reply {
  readonly resolution: AliasResolution;
}

/** Aliases of principals (AXME contract §2.16). */
export interface AliasMethods {
  /** Gives a principal an alias. */
  bindAlias(payload: BindAliasRequest, options?: WriteOptions): Promise<AliasReply>;
  /** The aliases of a workspace. */
  listAliases(orgId: string, workspaceId: string, options?: RequestOptions): Promise<ListAliasesReply>;
  /** Takes an alias away. */
  revokeAlias(aliasId: string, options?: WriteOptions): Promise<AliasReply>;
  /** Whom an alias means. */
  resolveAlias(orgId: string, workspaceId: string, alias: string, options?: RequestOptions): Promise<ResolveAliasReply>;
}

const ids = ['org_id', 'workspace_id'];
const named = [...ids, 'alias'];

export const aliases: Family<AliasMethods> = {
  bindAlias: { verb: 'POST', path: '/v1/aliases', args: ['payload'] },
  listAliases: { verb: 'GET', path: '/v1/aliases', args: ids, query: ids },
  revokeAlias: { verb: 'POST', path: '/v1/aliases/{alias_id}/revoke' },
  resolveAlias: { verb: 'GET', path: '/v1/aliases/resolve', args: named, query: named },
};
