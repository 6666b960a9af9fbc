export type { WebhookRequest } from './body.js';
export {
  WebhookError,
  type WebhookErrorCode,
  WebhookInputError,
  type WebhookRefusal,
  WebhookRefusedError,
} from './errors.js';
export { MemoryReplayStore, type ReplayStore } from './replay.js';
export type { WebhookScheme } from './scheme.js';
export type { WebhookSecret } from './secret.js';
export { type SignTestWebhookOptions, signTestWebhook } from './sign.js';
export { type VerifiedWebhook, type VerifyWebhookOptions, verifyWebhook } from './verify.js';
