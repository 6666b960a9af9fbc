import type { Intent } from './intent.js';

/** How often it is handed over before it is given up; `undefined`: once, and it may wait for ever. */
export function deliveryLimit(intent: Intent): number | undefined {
  if (intent.maxDeliveryAttempts !== undefined) return intent.maxDeliveryAttempts;
  const retries = retryLimit(intent);
  return retries === undefined ? undefined : retries + 1;
}

/** How often its work is tried again after it has failed; `undefined`: the policy says nothing. */
export function retryLimit({ policy: { controls, envelope } }: Intent): number | undefined {
  return numberOf(controls['max_retries']) ?? numberOf(envelope['max_retry_count']);
}

/** How long to wait before another try, in milliseconds. */
export function retryDelayMs({ policy: { controls, envelope } }: Intent, otherwise: number): number {
  const seconds = numberOf(controls['retry_delay_seconds']) ?? numberOf(envelope['retry_backoff_seconds']);
  return seconds === undefined ? otherwise : seconds * 1000;
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
