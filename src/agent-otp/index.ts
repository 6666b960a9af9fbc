export type { Agent, AgentInput, AgentWithKey, AuditEntry, AuditStats } from './admin/administration.js';
export type { Page, PageQuery } from './admin/page.js';
export type { Policy, PolicyInput, PolicyOperators } from './admin/policies.js';
export {
  AgentOtpClient,
  AgentOtpClient as AgentOTPClient,
  type AuditQuery,
  type RequestOTPOptions,
} from './client.js';
export * from './constants.js';
export type { Dialect } from './dialect.js';
export {
  AgentOtpError,
  AgentOtpError as AgentOTPError,
  type AgentOtpErrorCode,
  AgentOtpProtocolError,
  ApprovalTimeoutError,
  AuthenticationError,
  ConflictError,
  DecryptionError,
  ForbiddenError,
  InvalidTokenError,
  NetworkError,
  NotFoundError,
  OTPAlreadyConsumedError,
  OTPApprovalDeniedError,
  OTPCancelledError,
  OTPExpiredError,
  OTPNotFoundError,
  OutcomeUnknownError,
  PermissionDeniedError,
  PermissionExpiredError,
  RateLimitError,
  ServerError,
  TimeoutError,
  TokenExpiredError,
  TokenMissingError,
  TokenRevokedError,
  TokenUsedError,
  ValidationError,
} from './errors.js';
export type { Consume } from './execute.js';
export type { AgentOtpClientOptions } from './options.js';
export type { PermissionRequest, PermissionResponse } from './permission.js';
export type { CallOptions, ExecuteOptions, PendingApproval, RequestPermissionOptions } from './permission-client.js';
export type { Decision, TokenRevocation, TokenUse, TokenVerification } from './permissions.js';
export { mcpRefusal, type Protect, type ProtectOptions, protect, refusalText } from './protect.js';
export {
  exportPrivateKey,
  exportPublicKey,
  generateKeyPair,
  importPrivateKey,
  importPublicKey,
  type RelayKey,
  type RelayKeyPair,
} from './relay/keys.js';
export type {
  ConsumedOTP,
  OTPDelivered,
  OTPDelivery,
  OTPMetadata,
  OTPRequest,
  OTPRequestResult,
  OTPStatus,
} from './relay/otp.js';
export { type DecryptOptions, decryptOTPPayload, encryptWithPublicKey, type PayloadForm } from './relay/payload.js';
export type { WaitForDecisionOptions } from './waiting.js';
export type { SocketLike, WebSocketConstructor } from './watch/socket.js';
