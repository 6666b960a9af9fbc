import { type FieldValues, text } from '../../input.js';
import { actorId, textOrNull, timestampOrNull, workspaceScope } from '../fields.js';

/** `POST /v1/service-accounts` */
export const newServiceAccount = {
  ...workspaceScope,
  name: text(2, 120),
  description: textOrNull(0, 1024),
  created_by_actor_id: actorId,
};
export type NewServiceAccount = FieldValues<typeof newServiceAccount>;

export interface ServiceAccount extends NewServiceAccount {
  readonly service_account_id: string;
  readonly status: 'active' | 'suspended' | 'revoked';
  readonly created_at: string;
  readonly updated_at: string;
  /** The address of its agent, told when it is created. */
  readonly agent_address: string;
}

/** `POST /v1/service-accounts/{service_account_id}/keys` */
export const newKey = { created_by_actor_id: actorId, expires_at: timestampOrNull };

export interface ServiceAccountKey {
  readonly key_id: string;
  readonly service_account_id: string;
  /** The end of the token, by which one tells keys apart. */
  readonly key_hint: string;
  readonly status: 'active' | 'revoked';
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly token: string;
  readonly revoked_at: string | null;
}
