export type {
  HttpHooks,
  HttpRequestEvent,
  HttpResponseEvent,
  HttpRetryEvent,
  LogFields,
  Logger,
} from '../http/index.js';
export type { Clock } from '../runtime/clock.js';
export {
  AgentInactiveError,
  AgentUserSuspendedError,
  ApiError,
  AuthenticationError,
  AuthUnavailableError,
  LimeError,
  type LimeErrorCode,
  LimeInputError,
  LimeProtocolError,
  LoginOutcomeUnknownError,
  OAuthCapabilityError,
  PowDifficultyError,
  PowTimeoutError,
  RateLimitError,
  SiteAuthUnavailableError,
} from './errors.js';
export { type ApprovalResult, LimeLogin, type LoginOptions } from './lime-login.js';
export type { LimeLoginOptions, PowSolver } from './options.js';
export type { LoginProgress, ProofOfWork } from './prove.js';
