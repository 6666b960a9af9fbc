import type { Agent } from './accounts.js';
import type { Binding } from './bindings/bindings.js';
import type { LoginRequest } from './login-requests.js';

// The bodies of LIME contract §3.1. One id has two names: create says `login_request_id`, the agent's side `request_id`.

export function createdBody({ requestId, status, expiresAt }: LoginRequest): object {
  return { login_request_id: requestId, status, expires_at: dateTime(expiresAt) };
}

export function challengeBody({ requestId, status, challenge, difficulty, expiresAt }: LoginRequest): object {
  return {
    request_id: requestId,
    status,
    pow_challenge: challenge,
    pow_difficulty: difficulty,
    expires_at: dateTime(expiresAt),
  };
}

export function approvedBody({ requestId, siteId, status, expiresAt, approvedAgentId }: LoginRequest): object {
  return {
    request_id: requestId,
    site_id: siteId,
    status,
    expires_at: dateTime(expiresAt),
    approved_agent_id: approvedAgentId,
  };
}

/** `origin` is where the site reached the platform, and so where the browser can. */
export function bindingBody({ bindingId, status, expiresAt }: Binding, origin: string): object {
  return {
    binding_id: bindingId,
    connect_url: `${origin}/connect/?binding_id=${encodeURIComponent(bindingId)}`,
    status,
    expires_at: dateTime(expiresAt),
  };
}

/** Both spellings of whose agent it is: old clients read `owner_`, the platform of today says `user_` (contract §6.3). */
export function profileBody(agent: Agent): object {
  const { agentId, ownerId, displayName, avatarUrl, description, ownerKycLevel, agentReputation } = agent;
  return {
    agent_id: agentId,
    owner_id: ownerId,
    user_id: ownerId,
    display_name: displayName,
    avatar_url: avatarUrl,
    description,
    owner_kyc_level: ownerKycLevel,
    user_kyc_level: ownerKycLevel,
    agent_reputation: agentReputation,
  };
}

/** Python 3.10 reads 0, 3 or 6 digits of a second, and no `Z` (contract §6.2). */
function dateTime(date: Date): string {
  return date.toISOString().replace('Z', '+00:00');
}
