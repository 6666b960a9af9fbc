import type { Permission } from './permissions.js';
import type { RelayRequest } from './relay-requests.js';

// What sockets are sent (Agent OTP contract §3.6): flat, as the documents have it, and as a payload, as the shared types do.

/** Says where a permission stands; once it is approved, with the token that its agent waits for. */
export function permissionMessages(permission: Permission): readonly object[] {
  const { id, status, reason, token } = permission;
  const usable = status === 'approved' ? token?.value : undefined;
  const said = status === 'pending' ? undefined : (reason ?? undefined);
  const payload = { permissionId: id, status, token: usable, reason: said };
  const message = { type: 'status_change', ...payload, payload };
  return status === 'expired' ? [message, { type: 'expired', permissionId: id }] : [message];
}

/** Says where a request for a code stands, and that a code came. Never the code. */
export function relayMessages(request: RelayRequest): readonly object[] {
  const { id, status, reason, metadata } = request;
  const payload = { otpRequestId: id, status, reason: reason ?? undefined };
  const messages: object[] = [
    { type: 'status_change', ...payload, payload },
    { type: 'otp_status_change', ...payload, payload },
  ];
  if (status === 'otp_received') messages.push({ type: 'otp_received', payload: { otpRequestId: id, metadata } });
  if (status === 'expired') messages.push({ type: 'expired', otpRequestId: id });
  return messages;
}
