export { AgentOtpClient, AgentOtpClient as AgentOTPClient } from './client.js';
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
export type { AgentOtpClientOptions } from './options.js';
export type { PermissionRequest, PermissionResponse } from './permission.js';
export type { CallOptions, ExecuteOptions, PendingApproval, RequestPermissionOptions } from './permission-client.js';
export type { Decision, TokenRevocation, TokenUse, TokenVerification } from './permissions.js';
export type { WaitForDecisionOptions } from './waiting.js';
export type { SocketLike, WebSocketConstructor } from './watch/socket.js';
