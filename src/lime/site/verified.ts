import type { JsonObject } from '../../jwt/index.js';
import { LimeInputError } from '../errors.js';
import { idOf } from './frame.js';
import type { CheckedPassport } from './passports.js';

/** What every passport that holds says. */
interface Verified {
  /** Always `true`: a passport that does not hold is thrown about. */
  readonly valid: true;
  readonly agentId: string;
  /** The person that the agent belongs to; `null` if the platform does not say. */
  readonly userId: string | null;
  readonly expiresAt: Date;
  /** The claims as they were signed, and `agent_id` if it was not among them. */
  readonly claims: JsonObject;
}

/** The passport of a login, of which everything holds (LIME contract §10.1). Frozen. */
export interface VerifiedPassport extends Verified {
  readonly requestId: string;
}

/** The passport of a binding, of which everything holds (LIME contract §10.2). Frozen. */
export interface VerifiedBindingPassport extends Verified {
  readonly bindingId: string;
}

export function loginPassport(passport: CheckedPassport): VerifiedPassport {
  const { agentId, boundId: requestId, claims } = passport;
  return Object.freeze({ valid: true, agentId, userId: userOf(claims), expiresAt: endOf(claims), claims, requestId });
}

export function bindingPassport(passport: CheckedPassport): VerifiedBindingPassport {
  const { agentId, boundId: bindingId, claims } = passport;
  return Object.freeze({ valid: true, agentId, userId: userOf(claims), expiresAt: endOf(claims), claims, bindingId });
}

/** @throws {LimeInputError} it is no id. */
export function checkBindingId(bindingId: unknown): string {
  const id = typeof bindingId === 'string' ? bindingId.trim() : '';
  if (id !== '') return id;
  throw new LimeInputError('INVALID_INPUT', 'expectedBindingId must be the id of a binding, or be left out.');
}

function userOf(claims: JsonObject): string | null {
  return idOf(claims['user_id']) ?? idOf(claims['owner_id']) ?? null;
}

function endOf(claims: JsonObject): Date {
  return new Date((claims['exp'] as number) * 1000);
}
