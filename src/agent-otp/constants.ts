/** What may become of a permission (Agent OTP contract §3.1). A newer server may send others, which count as undecided. */
export const PermissionStatus = Object.freeze({
  PENDING: 'pending',
  APPROVED: 'approved',
  DENIED: 'denied',
  EXPIRED: 'expired',
  USED: 'used',
} as const);
export type PermissionStatus = (typeof PermissionStatus)[keyof typeof PermissionStatus];

/** `PermissionStatus` under the name that the published SDK has for it. */
export const PERMISSION_STATUS: typeof PermissionStatus = PermissionStatus;

/** What a policy decides (Agent OTP contract §3.4). */
export const POLICY_ACTION = Object.freeze({
  AUTO_APPROVE: 'auto_approve',
  REQUIRE_APPROVAL: 'require_approval',
  DENY: 'deny',
} as const);
export type PolicyAction = (typeof POLICY_ACTION)[keyof typeof POLICY_ACTION];

/** How long tokens live, in seconds, and how often each may be used (Agent OTP contract §3.2). */
export const TOKEN_DEFAULTS = Object.freeze({
  TTL_SECONDS: 300,
  MIN_TTL_SECONDS: 30,
  MAX_TTL_SECONDS: 3600,
  USES: 1,
} as const);
