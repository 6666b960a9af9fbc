import { sharesPromises } from '../runtime/single-flight.js';
import { PermissionStatus } from './constants.js';
import {
  ApprovalTimeoutError,
  invalid,
  PermissionDeniedError,
  PermissionExpiredError,
  TokenMissingError,
} from './errors.js';
import type { AgentOtpClientOptions } from './options.js';
import type { PermissionResponse } from './permission.js';
import * as permissions from './permissions.js';
import type { Platform } from './platform.js';
import { withToken } from './read-permission.js';
import { socketUrl, type WebSocketConstructor } from './watch/socket.js';
import type { Waited, WaitOptions, Watchable } from './watch/wait.js';
import { Watcher } from './watch/watcher.js';

/** How to wait for a decision. */
export interface WaitForDecisionOptions {
  /** Milliseconds for the whole wait for the human. Default: until the permission expires. */
  readonly timeoutMs?: number | undefined;
  /** `timeoutMs` under its published name. */
  readonly timeout?: number | undefined;
  /** Whether a denied or expired permission is thrown rather than returned. Default: as the client is set. */
  readonly throwOnDenied?: boolean | undefined;
  /** Ends the wait, which then rejects with the signal's reason. The permission stays as it is. */
  readonly signal?: AbortSignal | undefined;
}

/** What an answer said that later answers do not repeat. */
interface Offer {
  readonly socketUrl: string | undefined;
  /** When the permission expires, by the monotonic clock. */
  readonly expiresAt: number;
}

// Far more than are pending at once; beyond it the oldest ones are polled.
const MOST_OFFERS = 10_000;

/** The waits of one client: for permissions, and for relay requests. */
export class Waiting {
  readonly #platform: Platform;
  readonly #WebSocket: WebSocketConstructor | undefined;
  readonly #throwOnDenied: boolean;
  readonly #shared: Watcher | undefined;
  readonly #offers = new Map<string, Offer>();

  constructor(platform: Platform, options: AgentOtpClientOptions) {
    this.#platform = platform;
    this.#throwOnDenied = options.throwOnDenied ?? false;
    const { WebSocket = globalThis.WebSocket as WebSocketConstructor | undefined } = options;
    this.#WebSocket = WebSocket || undefined;
    // On Cloudflare Workers a timer or a promise of one request must not serve another, so that each wait has its own.
    this.#shared = sharesPromises() ? this.#createWatcher() : undefined;
  }

  /** Remembers what only the answer to a request says: the socket that is offered, and how long the permission lives. */
  remember(
    { id, webhookUrl }: { readonly id: string; readonly webhookUrl?: string | undefined },
    ttlSeconds: number,
  ): void {
    const now = this.#platform.clock.monotonic();
    for (const [oldest, { expiresAt }] of this.#offers) {
      if (expiresAt > now && this.#offers.size < MOST_OFFERS) break;
      this.#offers.delete(oldest);
    }
    this.#offers.set(id, {
      socketUrl: socketUrl(webhookUrl, this.#platform.baseUrl),
      expiresAt: now + ttlSeconds * 1000,
    });
  }

  /** Waits for a permission's decision. `known` is what the server has just said of it. */
  async decision(
    id: string,
    known: PermissionResponse | undefined,
    options: WaitForDecisionOptions,
    signal: AbortSignal,
  ): Promise<PermissionResponse> {
    const { value, socketToken } = await this.wait<PermissionResponse>({
      id,
      known,
      signal,
      timeoutMs: checkTimeout(options),
      read: (signal) => permissions.get(this.#platform, id, { signal, known, poll: true }),
      settles: (status) => DECIDED.has(status),
      timedOut: (permission, cause) => {
        const failed = cause === undefined ? '' : ' The last attempt to ask failed; see the cause.';
        return new ApprovalTimeoutError(
          `Nobody decided in time.${failed} The permission may still be decided: go on with waitForDecision, or give up.`,
          { permission, requestId: id, cause },
        );
      },
    });
    return this.result(withToken(value, socketToken), options.throwOnDenied);
  }

  /**
   * A decided permission, as the caller wants it.
   *
   * @throws {TokenMissingError} it is approved, and the server gives out no token.
   * @throws {PermissionDeniedError | PermissionExpiredError} it is denied or expired, and `throwOnDenied` is set.
   */
  result(permission: PermissionResponse, throwOnDenied = this.#throwOnDenied): PermissionResponse {
    const { status, token } = permission;
    if (status === PermissionStatus.APPROVED && token === undefined) throw new TokenMissingError(permission);
    if (throwOnDenied && status === PermissionStatus.DENIED) throw new PermissionDeniedError(permission);
    if (throwOnDenied && status === PermissionStatus.EXPIRED) throw new PermissionExpiredError(permission);
    return permission;
  }

  /** Waits for anything that this client may have asked for. */
  wait<T extends Watchable>(options: WaitOptions<T>): Promise<Waited<T>> {
    const offer = this.#offers.get(options.id);
    const now = this.#platform.clock.monotonic();
    if (offer?.socketUrl !== undefined && this.#WebSocket === undefined) {
      this.#platform.debug('There is no WebSocket in this runtime, or it is switched off: waiting by polling.');
    }
    return (this.#shared ?? this.#createWatcher()).wait({
      socketUrl: offer?.socketUrl,
      expiresInMs: offer && Math.max(0, offer.expiresAt - now),
      ...options,
    });
  }

  #createWatcher(): Watcher {
    const { clock, random, budget } = this.#platform;
    const debug = (message: string) => this.#platform.debug(message);
    return new Watcher({ clock, random, budget, WebSocket: this.#WebSocket, debug });
  }
}

const DECIDED: ReadonlySet<string> = new Set([
  PermissionStatus.APPROVED,
  PermissionStatus.DENIED,
  PermissionStatus.EXPIRED,
  PermissionStatus.USED,
]);

/** @throws {ValidationError} it is no number of milliseconds. */
export function checkTimeout(options: WaitForDecisionOptions): number | undefined {
  const timeoutMs = options.timeoutMs ?? options.timeout;
  if (timeoutMs === undefined || (typeof timeoutMs === 'number' && timeoutMs > 0)) return timeoutMs;
  throw invalid('timeoutMs', 'must be a number of milliseconds above 0');
}
