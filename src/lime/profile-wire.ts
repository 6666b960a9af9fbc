import { LimeProtocolError } from './errors.js';

/** Who the agent is (LIME contract §6.3). Frozen. What the platform does not say is `null`. */
export interface AgentProfile {
  readonly agentId: string;
  /** The person that the agent belongs to. */
  readonly ownerId: string;
  /** `ownerId` under the name that newer platforms have for it. */
  readonly userId: string;
  readonly displayName: string | null;
  readonly avatarUrl: string | null;
  readonly description: string | null;
  /** Older platforms only. */
  readonly ownerKycLevel: number | null;
  /** `ownerKycLevel` under the name that newer platforms have for it. */
  readonly userKycLevel: number | null;
  /** Older platforms only. */
  readonly agentReputation: number | null;
}

/** @throws {LimeProtocolError} there is no id of the agent or of its owner. What is only handed on may have any form. */
export function readProfile(data: Record<string, unknown>, status: number): AgentProfile {
  const ownerId = id(data['owner_id']) ?? id(data['user_id']);
  const ownerKycLevel = number(data['owner_kyc_level']) ?? number(data['user_kyc_level']);
  return Object.freeze({
    agentId: id(data['agent_id']) ?? missing('agent_id', status),
    ownerId: ownerId ?? missing('owner_id', status),
    userId: ownerId ?? missing('owner_id', status),
    displayName: text(data['display_name']),
    avatarUrl: text(data['avatar_url']),
    description: text(data['description']),
    ownerKycLevel,
    userKycLevel: ownerKycLevel,
    agentReputation: number(data['agent_reputation']),
  });
}

function id(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function missing(field: string, status: number): never {
  throw new LimeProtocolError(
    `In LIME's answer (HTTP ${status}) ${field} is missing, or is no string. Check that baseUrl is LIME's API root and that this release of countersign knows it.`,
    { field, status, requestId: undefined },
  );
}
