import type { OtpAgent } from './accounts.js';
import type { AuditEntry } from './audit.js';
import type { Permission } from './permissions.js';
import type { Policy } from './policies.js';
import type { CapturedCode, RelayRequest } from './relay-requests.js';

// The bodies of Agent OTP contract §2, in camelCase. A key that is `undefined` is not written.

/** Where the platform is mounted in the emulator. */
export const MOUNTED_AT = '/agent-otp';

/** Where a human decides, and where a socket tells of it; both as the client that asks reaches the emulator. */
export function linksOf({ id, ticket }: { readonly id: string; readonly ticket: string }, request: Request) {
  const { origin } = new URL(request.url);
  const path = encodeURIComponent(id);
  return {
    approvalUrl: `${origin}${MOUNTED_AT}/approve/${path}`,
    webhookUrl: `${origin.replace(/^http/, 'ws')}${MOUNTED_AT}/ws/${path}?ticket=${ticket}`,
  };
}

/** What a request, or a decision, is answered with. */
export function decisionBody(permission: Permission, request: Request): object {
  const { id, status, token, grantedScope, reason, expiresAtMs } = permission;
  if (status === 'approved' && token !== null) {
    return { id, status, token: token.value, scope: grantedScope, expiresAt: dateTime(token.expiresAtMs) };
  }
  const expiresAt = dateTime(expiresAtMs);
  if (status === 'denied') return { id, status, reason: reason ?? undefined, expiresAt };
  return { id, status, ...linksOf(permission, request), expiresAt };
}

/** How a permission stands; `full` is a superset of what the real server says (contract §10). */
export function permissionBody(permission: Permission, full: { readonly token: boolean } | undefined): object {
  const { id, status, action, resource, scope, grantedScope, context, reason, decidedBy, token } = permission;
  const body = {
    id,
    status,
    action,
    resource,
    scope: full ? (grantedScope ?? scope) : scope,
    context,
    decisionReason: reason,
    decidedBy,
    decidedAt: dateTimeOrNull(permission.decidedAtMs),
    expiresAt: dateTime(permission.expiresAtMs),
    createdAt: dateTime(permission.createdAtMs),
  };
  if (full === undefined) return body;
  const unspent = status === 'approved' && token?.revokedAtMs === null ? token.value : undefined;
  const said = status === 'pending' ? undefined : (reason ?? undefined);
  return { ...body, requestedScope: scope, reason: said, token: full.token ? unspent : undefined };
}

/** What the real server says on the one read that notices the expiry. */
export function justExpiredBody({
  id,
  status,
  action,
  resource,
  scope,
  context,
  expiresAtMs,
  reason,
}: Permission): object {
  return { id, status, action, resource, scope, context, expiresAt: dateTime(expiresAtMs), reason };
}

export function agentBody(agent: OtpAgent): object {
  const { agentId, name, description, apiKey, metadata, isActive, createdAtMs, updatedAtMs } = agent;
  return {
    id: agentId,
    name,
    description,
    apiKeyPrefix: apiKey.slice(0, 8),
    metadata,
    isActive,
    createdAt: dateTime(createdAtMs),
    updatedAt: dateTime(updatedAtMs),
  };
}

export function policyBody(policy: Policy): object {
  const { policyId, agentId, name, description, priority, conditions, action, scopeTemplate, isActive } = policy;
  return {
    id: policyId,
    agentId,
    name,
    description,
    priority,
    conditions,
    action,
    scopeTemplate,
    isActive,
    createdAt: dateTime(policy.createdAtMs),
    updatedAt: dateTime(policy.updatedAtMs),
  };
}

export function auditBody({ createdAtMs, ...entry }: AuditEntry): object {
  return { ...entry, createdAt: dateTime(createdAtMs) };
}

/** What a request for a code is answered with. */
export function relayRequestedBody(relay: RelayRequest, request: Request): object {
  const { id, status, expiresAtMs } = relay;
  return { id, status, ...linksOf(relay, request), expiresAt: dateTime(expiresAtMs) };
}

/** How a request for a code stands. Never the code itself. */
export function relayBody(relay: RelayRequest, agentName: string | undefined, request: Request): object {
  const { id, status, agentId, metadata, reason, receivedAtMs, consumedAtMs } = relay;
  return {
    id,
    status,
    agentId,
    agentName,
    ...(status === 'pending_approval' ? linksOf(relay, request) : {}),
    metadata: metadata ?? undefined,
    source: metadata?.['source'],
    sender: metadata?.['sender'],
    reason: reason ?? undefined,
    receivedAt: dateTimeOrNull(receivedAtMs) ?? undefined,
    consumedAt: dateTimeOrNull(consumedAtMs) ?? undefined,
    createdAt: dateTime(relay.createdAtMs),
    expiresAt: dateTime(relay.expiresAtMs),
  };
}

/** The code, encrypted, as it is given away. */
export function consumedBody(id: string, code: CapturedCode, consumedAtMs: number): object {
  const { encryptedPayload, encryptedContent, metadata, source } = code;
  return {
    id,
    encryptedPayload,
    encryptedContent: encryptedContent ?? undefined,
    metadata,
    source,
    sender: metadata['sender'],
    consumedAt: dateTime(consumedAtMs),
  };
}

/** What an app that captures codes needs to know of a request for one. */
export function pendingRelayBody(relay: RelayRequest): object {
  const { id, status, publicKey, expectedSender, filter, createdAtMs, expiresAtMs } = relay;
  return {
    requestId: id,
    id,
    status,
    publicKey,
    expectedSender: expectedSender ?? undefined,
    senderPattern: filter.senderPattern,
    filter,
    sources: filter.sources ?? ['sms', 'email', 'whatsapp'],
    createdAt: dateTime(createdAtMs),
    expiresAt: dateTime(expiresAtMs),
  };
}

export function dateTime(ms: number): string {
  return new Date(ms).toISOString();
}

function dateTimeOrNull(ms: number | null): string | null {
  return ms === null ? null : dateTime(ms);
}
