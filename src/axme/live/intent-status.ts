import type { Gateway } from '../gateway.js';
import type { RequestOptions } from '../options.js';
import { isTerminalState } from './terminal.js';

/** Whether an intent has ended, as the service knows it now. */
export async function hasEnded(gateway: Gateway, intentId: string, options: RequestOptions): Promise<boolean> {
  const line = { verb: 'GET', path: '/v1/intents/{intent_id}' } as const;
  const { intent } = await gateway.call<{ intent?: { status?: unknown } }>(line, {
    params: { intent_id: intentId },
    options,
  });
  return isTerminalState(intent?.status);
}
