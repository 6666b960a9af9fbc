import { fullAddress } from '../agents.js';
import type { AxmeCall } from '../call.js';
import type { Intent } from '../intents/intent.js';
import { AxmeRefusal } from '../refusal.js';

/** What a grant may allow (AXME contract §2.5.3). */
export type Operation = 'resume' | 'update_controls' | 'update_policy';

/**
 * Whether whoever the caller speaks for may do that. Those whose intent it is, and those who work on it, need no grant; a
 * caller who speaks for nobody in particular is one of them.
 *
 * @throws {AxmeRefusal} 403: there is no grant. 400: header and query name different owners.
 */
export function permit(call: AxmeCall, intent: Intent, operation: Operation): void {
  const { owner } = call;
  if (owner === undefined) return;
  const { fromAgent, toAgent, handler, humanTask, escalateTo, policy } = intent;
  const parties = [fromAgent, toAgent, handler, escalateTo, ...(humanTask?.assignees ?? [])];
  if (parties.some((party) => party !== undefined && fullAddress(party) === fullAddress(owner))) return;
  const allowed = Object.entries(policy.grants).some(
    ([grantee, grant]) => granteeIs(grantee, owner) && allows(grant).includes(operation),
  );
  if (!allowed) throw new AxmeRefusal(403, `${owner} has no grant for ${operation}`, { code: 'policy_denied' });
}

function granteeIs(grantee: string, owner: string): boolean {
  return grantee.startsWith('delegate:') && fullAddress(grantee.slice('delegate:'.length)) === fullAddress(owner);
}

function allows(grant: unknown): readonly unknown[] {
  const list = typeof grant === 'object' && grant !== null && 'allow' in grant ? grant.allow : undefined;
  return Array.isArray(list) ? list : [];
}
