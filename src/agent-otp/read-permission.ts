import { hideSecret, malformed, readFields } from './fields.js';
import type { PermissionResponse } from './permission.js';

/** The names that one thing goes by (Agent OTP contract §2.2, §2.4). */
const OTHER_NAMES: readonly (readonly [name: string, other: string])[] = [
  ['reason', 'decisionReason'],
  ['decidedBy', 'deniedBy'],
  ['webhookUrl', 'websocketUrl'],
];

/**
 * A permission in an answer, over what was known of it before.
 *
 * @throws {AgentOtpProtocolError} a field that the client relies on is missing or malformed.
 */
export function readPermission(data: unknown, status: number, known?: PermissionResponse): PermissionResponse {
  const fields = readFields(data, status, ['id', 'status']);
  for (const [name, other] of OTHER_NAMES) {
    fields[name] ??= fields[other];
    delete fields[other];
  }
  return buildPermission({ ...known, ...withoutNulls(fields, status) }, fields['token']);
}

/** The same permission with a token that came another way. */
export function withToken(permission: PermissionResponse, token: string | undefined): PermissionResponse {
  return token === undefined || permission.token !== undefined ? permission : buildPermission(permission, token);
}

function withoutNulls(fields: Record<string, unknown>, status: number): Record<string, unknown> {
  const kept = Object.entries(fields).filter(
    ([name, value]) => name !== 'token' && value !== null && value !== undefined,
  );
  for (const [name, value] of kept) {
    if (/^(reason|approvalUrl|webhookUrl)$/.test(name) && typeof value !== 'string') {
      throw malformed(name, 'is no text', status);
    }
  }
  return Object.fromEntries(kept);
}

function buildPermission(fields: object, token: unknown): PermissionResponse {
  const permission = { ...fields };
  hideSecret(permission, 'token', typeof token === 'string' && token !== '' ? token : undefined);
  return Object.freeze(permission) as PermissionResponse;
}
