// countersign/webhooks: Standard Webhooks.
import {
  MemoryReplayStore,
  type ReplayStore,
  signTestWebhook,
  type VerifiedWebhook,
  type VerifyWebhookOptions,
  verifyWebhook,
  WebhookRefusedError,
  type WebhookSecret,
} from 'countersign/webhooks';

const secret: WebhookSecret = 'whsec_c2VjcmV0';
const replayStore: ReplayStore = new MemoryReplayStore();

export async function receive(request: Request): Promise<VerifiedWebhook> {
  const options: VerifyWebhookOptions = { toleranceSeconds: 60, replayStore };
  return await verifyWebhook(request, secret, options);
}

export const sent = signTestWebhook({ type: 'test' }, [secret]);
export const isRefused = (error: unknown): boolean => error instanceof WebhookRefusedError && error.code !== undefined;
