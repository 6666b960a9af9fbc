import { editJson } from '../../faults/json-edits.js';
import type { Agent } from '../accounts.js';
import type { KeyRing } from '../keys/key-ring.js';
import type { LimeSettings } from '../settings.js';

/** The version that the seed's platform writes into its passports (LIME contract §10.1). */
const PASSPORT_VERSION = '3';

/** Who signs a passport, and when. */
interface Issuer {
  readonly settings: LimeSettings;
  readonly keys: KeyRing;
  tokenTime(): number;
}

/** The passport of a login, for a site that knows the platform as `origin` (LIME contract §10.1). */
export function issueLoginPassport(issuer: Issuer, agent: Agent, requestId: string, origin: string): Promise<string> {
  const { ownerKycLevel, agentReputation } = agent;
  return issue(issuer, agent, origin, issuer.settings.now.passportLifetimeSeconds, {
    aud: 'lime-site-login',
    request_id: requestId,
    ...(ownerKycLevel === null ? {} : { owner_kyc_level: ownerKycLevel, user_kyc_level: ownerKycLevel }),
    ...(agentReputation === null ? {} : { agent_reputation: agentReputation }),
  });
}

/** The passport of a binding (LIME contract §10.2). */
export function issueBindingPassport(issuer: Issuer, agent: Agent, bindingId: string, origin: string): Promise<string> {
  return issue(issuer, agent, origin, issuer.settings.now.bindingPassportLifetimeSeconds, {
    aud: 'lime-binding',
    binding_id: bindingId,
  });
}

/** Both spellings of whose agent it is: old clients read `owner_id`, the platform of today says `user_id`. */
async function issue(
  issuer: Issuer,
  { agentId, ownerId }: Agent,
  origin: string,
  lifetimeSeconds: number,
  claims: object,
): Promise<string> {
  const { tokenIssuer, passportEdits } = issuer.settings.now;
  const iat = issuer.tokenTime();
  const all = {
    sub: agentId,
    iss: tokenIssuer ?? origin,
    iat,
    exp: iat + lifetimeSeconds,
    user_id: ownerId,
    owner_id: ownerId,
    passport_version: PASSPORT_VERSION,
    ...claims,
  };
  return issuer.keys.current.sign(passportEdits === null ? all : Object(editJson(all, passportEdits)));
}
