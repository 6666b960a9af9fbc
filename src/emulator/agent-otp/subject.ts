import type { Permission } from './permissions.js';
import { endOf, type RelayRequest } from './relay-requests.js';

/** What an owner decides on. */
export type Subject = Permission | RelayRequest;

export function isPermission(subject: Subject): subject is Permission {
  return 'action' in subject;
}

/** When nothing more comes of it, in milliseconds since the epoch; infinity if that is so already. */
export function endsAt(subject: Subject): number {
  if (!isPermission(subject)) return endOf(subject);
  const { status, expiresAtMs, token } = subject;
  if (status === 'pending') return expiresAtMs;
  return status === 'approved' && token !== null ? token.expiresAtMs : Number.POSITIVE_INFINITY;
}
