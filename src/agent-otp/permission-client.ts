/// <reference lib="esnext.disposable" preserve="true" />

import { Calls, HttpClosedError, quietly } from '../http/index.js';
import { closeOnDispose } from '../runtime/disposable.js';
import { PermissionStatus } from './constants.js';
import { actWith, type Consume, checkConsume } from './execute.js';
import type { AgentOtpClientOptions } from './options.js';
import type { PermissionRequest, PermissionResponse } from './permission.js';
import type { Decision, TokenRevocation, TokenUse, TokenVerification } from './permissions.js';
import * as permissions from './permissions.js';
import { Platform } from './platform.js';
import { toAgentOtpError } from './translate.js';
import { type WaitForDecisionOptions, Waiting } from './waiting.js';

/** Options of one call. */
export interface CallOptions {
  /** Ends the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What is told of a permission that waits for a human. */
export interface PendingApproval {
  readonly permissionId: string;
  /** Where the human decides. */
  readonly approvalUrl: string | undefined;
  /** The socket that tells of the decision: the server calls it so. */
  readonly webhookUrl: string | undefined;
  readonly expiresAt: Date | undefined;
}

/** A permission request, and whether to wait for the human. */
export interface RequestPermissionOptions extends PermissionRequest, WaitForDecisionOptions {
  /** Waits until it is decided. Default `false`: a pending one is returned at once. */
  readonly waitForApproval?: boolean | undefined;
  /** Called once when the wait for a human begins, for instance to show the link. What it throws is ignored. */
  readonly onPendingApproval?: ((pending: PendingApproval) => unknown) | undefined;
}

/** A permission request for an operation, and when its token is spent. */
export interface ExecuteOptions extends Omit<RequestPermissionOptions, 'waitForApproval' | 'throwOnDenied'> {
  /** Default `'before'`. */
  readonly consume?: Consume | undefined;
}

interface Internals {
  readonly platform: Platform;
  readonly waiting: Waiting;
  readonly calls: Calls;
}

const internals = new WeakMap<PermissionClient, Internals>();

/** The inside of a client, for what extends it. No entry point exports it. */
export function internalsOf(client: PermissionClient): Internals {
  return internals.get(client)!;
}

/** The permissions of an agent and their tokens: what `AgentOtpClient` is built on. */
export class PermissionClient implements AsyncDisposable, Disposable {
  readonly #platform: Platform;
  readonly #waiting: Waiting;
  readonly #calls = new Calls(() => toAgentOtpError(new HttpClosedError()));

  /** `close` for `await using`, where the runtime has the symbol. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  /** `close` for `using`, where the runtime has the symbol. */
  declare readonly [Symbol.dispose]: () => void;

  /**
   * @throws {AuthenticationError} there is no usable API key.
   * @throws {ValidationError} another option has the wrong form.
   */
  constructor(options: AgentOtpClientOptions = {}) {
    closeOnDispose(PermissionClient.prototype, Symbol.asyncDispose, Symbol.dispose);
    this.#platform = new Platform(options);
    this.#waiting = new Waiting(this.#platform, options);
    internals.set(this, { platform: this.#platform, waiting: this.#waiting, calls: this.#calls });
  }

  /**
   * Asks for a permission. A policy decides at once, or a human: then it is returned `pending`, or with `waitForApproval`
   * once it is decided. A denial is a result, with its `reason`.
   *
   * @throws {ValidationError} a field has the wrong form, or the server says so.
   * @throws {ApprovalTimeoutError} nobody decided within `timeoutMs`; go on with `waitForDecision`.
   * @throws {TokenMissingError} it was approved, and the server left the token out.
   * @throws {PermissionDeniedError | PermissionExpiredError} with `throwOnDenied`.
   * @throws {OutcomeUnknownError} the answer was lost: a human may have been asked.
   * @throws {AgentOtpError} the server refused, or could not be reached.
   * @throws the signal's reason, when it aborts.
   * @see Agent OTP contract §2.2, §3.5
   */
  requestPermission(options: RequestPermissionOptions): Promise<PermissionResponse> {
    return this.#run(options, async (signal) => {
      const { body, ttlSeconds } = permissions.checkRequest(options);
      const permission = await permissions.request(this.#platform, body, signal);
      const { id, approvalUrl, webhookUrl, expiresAt } = permission;
      if (isDecided(permission)) return this.#waiting.result(permission, options.throwOnDenied);
      this.#waiting.remember(permission, ttlSeconds);
      if (!options.waitForApproval) return permission;
      quietly(() => options.onPendingApproval?.({ permissionId: id, approvalUrl, webhookUrl, expiresAt }));
      return this.#waiting.decision(id, permission, options, signal);
    });
  }

  /**
   * What the server says of a permission now. The token is on it only where the server gives it out.
   *
   * @throws {NotFoundError} there is none with this id, or it is another agent's.
   * @see Agent OTP contract §2.2
   */
  getPermission(id: string, options: CallOptions = {}): Promise<PermissionResponse> {
    return this.#run(options, (signal) => permissions.get(this.#platform, id, { signal }));
  }

  /** `getPermission` under its published name. */
  getPermissionStatus(id: string, options?: CallOptions): Promise<PermissionResponse> {
    return this.getPermission(id, options);
  }

  /**
   * Waits until a permission is decided, whoever asked for it. All waits of a client share one budget of requests, and a socket
   * each where the server offered one to this client.
   *
   * @throws as `requestPermission` with `waitForApproval` does; {NotFoundError} there is no such permission.
   * @see Agent OTP contract §3.5, §3.6
   */
  waitForDecision(id: string, options: WaitForDecisionOptions = {}): Promise<PermissionResponse> {
    return this.#run(options, (signal) => this.#waiting.decision(id, undefined, options, signal));
  }

  /** Whether a token is good, without spending it, and for which limits. @see Agent OTP contract §2.2 */
  verifyToken(id: string, token: string, options: CallOptions = {}): Promise<TokenVerification> {
    return this.#run(options, (signal) => permissions.verify(this.#platform, id, token, signal));
  }

  /**
   * Spends a token. A refusal is a result (`success: false`, `reason`); with `strict` it is thrown.
   *
   * @throws {InvalidTokenError | TokenExpiredError | TokenUsedError | TokenRevokedError} with `strict`.
   * @throws {OutcomeUnknownError} it may have been spent. It is never sent again by itself, but after a 429, which refuses it unread.
   * @see Agent OTP contract §2.2, §5
   */
  useToken(
    id: string,
    token: string,
    options: CallOptions & {
      /** For the audit log. */
      readonly actionDetails?: Readonly<Record<string, unknown>> | undefined;
      readonly strict?: boolean | undefined;
    } = {},
  ): Promise<TokenUse> {
    return this.#run(options, (signal) => permissions.use(this.#platform, id, token, { ...options, signal }));
  }

  /**
   * Revokes a token that was not spent; of one that was, or is over, `success` is `false`. Documented; the project's own server
   * does not have it.
   *
   * @throws {NotFoundError} there is no such permission, or the server cannot revoke.
   * @see Agent OTP contract §2.4
   */
  revokeToken(
    id: string,
    token: string,
    options: CallOptions & { readonly reason?: string | undefined } = {},
  ): Promise<TokenRevocation> {
    return this.#run(options, (signal) => permissions.revoke(this.#platform, id, token, { ...options, signal }));
  }

  /**
   * Decides a pending permission: for the tools of those who approve. The owner alone may, so set `ownerId`; the project's own
   * server lets any agent do it.
   *
   * @throws {ConflictError} it was decided before, or has expired.
   * @see Agent OTP contract §2.2
   */
  decidePermission(id: string, decision: Decision, options: CallOptions = {}): Promise<PermissionResponse> {
    return this.#run(options, (signal) => permissions.decide(this.#platform, id, decision, signal));
  }

  /**
   * Asks for a permission, waits for it and does `operation` with it: the token, the limits that were granted, and the whole
   * permission. By default the token is spent first, so that nobody can act on it twice.
   *
   * @throws {PermissionDeniedError | PermissionExpiredError} it was not approved, and nothing was done.
   * @throws {InvalidTokenError | TokenExpiredError | TokenUsedError | TokenRevokedError} the token could not be spent: with
   *   `consume: 'before'` nothing was done.
   * @throws as `requestPermission` and `useToken` do, and what `operation` throws, as it is.
   */
  async executeWithPermission<T>(
    options: ExecuteOptions,
    operation: (
      token: string,
      scope: Readonly<Record<string, unknown>>,
      permission: PermissionResponse,
    ) => T | Promise<T>,
  ): Promise<T> {
    const consume = checkConsume(options.consume);
    const permission = await this.requestPermission({ ...options, waitForApproval: true, throwOnDenied: true });
    const { scope = {} } = permission;
    return actWith(this, permission, { consume, signal: options.signal }, (token) =>
      operation(token, scope, permission),
    );
  }

  /** Breaks off what is in flight, waits and all, with an `AgentOtpError` `CLOSED`, and refuses later calls. May be called again. */
  async close(): Promise<void> {
    this.#calls.close();
    this.#platform.close();
  }

  #run<T>({ signal }: CallOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#calls.run(signal, toAgentOtpError, work);
  }
}

function isDecided({ status }: PermissionResponse): boolean {
  return status === PermissionStatus.APPROVED || status === PermissionStatus.DENIED;
}
