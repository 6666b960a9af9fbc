export { MemoryReplayStore, type ReplayStore } from '../../jwt/index.js';
export {
  BindingOutcomeUnknownError,
  InvalidPassportError,
  LoginHandlerError,
  LoginWaitTimeoutError,
  RequestExpiredError,
} from './errors.js';
export type { LoginHandler } from './handler-queue.js';
export { LimeSite, type SiteCallOptions } from './lime-site.js';
export type { LoginResult } from './login-result.js';
export type { LimeSiteOptions } from './options.js';
export {
  type LimeLoginRoutes,
  type LimeLoginRoutesOptions,
  type LimeSessionLogin,
  limeLoginRoutes,
} from './routes/login-routes.js';
export { MemoryPendingLogins, type PendingLogin, type PendingLoginStore } from './routes/pending-logins.js';
export type { VerifiedBindingPassport, VerifiedPassport } from './verified.js';
export type { BindingRequestResult, LoginRequestResult, LoginRequestStatus } from './wire.js';
