import { follow, withDeadline } from '../../http/index.js';
import type { Clock } from '../../runtime/clock.js';
import { LoginWaitTimeoutError } from './errors.js';

/** What `wait` comes to, within `timeoutMs`. @throws {LoginWaitTimeoutError} it took longer. */
export async function waitAtMost<T>(
  timeoutMs: number,
  about: { readonly requestId: string; readonly clock: Clock; readonly signal: AbortSignal },
  wait: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { requestId, clock, signal } = about;
  const controller = new AbortController();
  const unfollow = follow(signal, controller);
  const message = `No agent logged in within ${timeoutMs} ms. The request may still be approved: wait again, or ask getLoginRequest.`;
  const expired = () => new LoginWaitTimeoutError('LOGIN_WAIT_TIMEOUT', message, { requestId, retryable: true });
  try {
    return await withDeadline({ clock, timeoutMs, controller, expired }, () => wait(controller.signal));
  } finally {
    unfollow();
  }
}
