/// <reference lib="esnext.disposable" preserve="true" />

import { Calls } from '../http/index.js';
import type { PowAlgorithm } from '../pow/index.js';
import { closeOnDispose } from '../runtime/disposable.js';
import { approveLogin } from './approve.js';

import { fetchChallenge } from './challenge.js';
import { closedError } from './closed.js';
import { ApiError } from './errors.js';
import {
  type LimeLoginOptions,
  type PowSolver,
  resolvePowAlgorithms,
  resolvePowTimeout,
  resolveSolver,
} from './options.js';
import { Platform } from './platform.js';
import { resolveCredential } from './platform-options.js';
import { type LoginProgress, type ProofOfWork, prove } from './prove.js';
import { checkRequestId } from './request-id.js';
import { toLoginError } from './translate-login.js';
import type { Approval } from './wire.js';

/** What a client that does more than logging in shares with the login. */
export interface LoginInternals {
  readonly platform: Platform;
  readonly calls: Calls;
}

const internals = new WeakMap<LimeLogin, LoginInternals>();

/** The inside of a client, for the clients that extend it. No entry point exports it. */
export function internalsOf(client: LimeLogin): LoginInternals {
  return internals.get(client)!;
}

/** Options of one login. */
export interface LoginOptions {
  /** Ends the login, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called at most every 100 ms while the proof of work is computed. What it throws is ignored. */
  readonly onProgress?: ((progress: LoginProgress) => void) | undefined;
}

/** A login that was approved (LIME contract §6.3). Frozen. */
export interface ApprovalResult extends Approval {
  readonly proofOfWork: ProofOfWork;
}

/**
 * Logs an agent in to sites through LIME: it fetches a login request's challenge, solves it and approves the request.
 *
 * ```ts
 * const lime = new LimeLogin({ agentToken });
 * const { status, siteId } = await lime.login(requestId);
 * ```
 *
 * One client serves any number of logins at the same time.
 *
 * @see LIME contract §3 to §6
 */
export class LimeLogin implements AsyncDisposable {
  readonly #platform: Platform;
  readonly #powTimeoutMs: number;
  readonly #solver: PowSolver;
  /** The digests to try, in order. */
  #algorithms: readonly PowAlgorithm[];
  readonly #calls = new Calls(closedError);

  /** `close` for `await using`, where the runtime has the symbol. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;

  /**
   * @throws {AuthenticationError} there is no usable agent token.
   * @throws {LimeInputError} another option has the wrong form.
   */
  constructor(options: LimeLoginOptions = {}) {
    closeOnDispose(LimeLogin.prototype, Symbol.asyncDispose);
    this.#platform = new Platform(options, resolveCredential('agent', options.agentToken));
    this.#powTimeoutMs = resolvePowTimeout(options);
    this.#solver = resolveSolver(options);
    this.#algorithms = resolvePowAlgorithms(options);
    internals.set(this, { platform: this.#platform, calls: this.#calls });
  }

  /**
   * Approves the login request that a site created and handed to the agent. After an error it may be called again with the
   * same id; see {@link LoginOutcomeUnknownError} for the one where that needs care.
   *
   * @throws {ApiError} the platform refused the request, such as 404 `SITE_LOGIN_REQUEST_NOT_FOUND` or 409
   *   `SITE_LOGIN_CONFLICT`; or the id is none (`INVALID_REQUEST_ID`) and nothing was sent.
   * @throws {AuthenticationError} the platform refused the agent.
   * @throws {RateLimitError} too many requests.
   * @throws {PowTimeoutError} no proof of work was found in time; its subclass `PowDifficultyError`: none was begun.
   * @throws {LoginOutcomeUnknownError} the login may have been approved.
   * @throws {LimeProtocolError} an answer is not what the contract says.
   * @throws {LimeError} the network failed (`NETWORK_ERROR`, `TIMEOUT`), or the client was closed (`CLOSED`).
   * @throws the signal's reason, when it aborts.
   */
  async login(requestId: string, options: LoginOptions = {}): Promise<ApprovalResult> {
    const { signal, onProgress } = options;
    let id = requestId;
    return this.#calls.run(
      signal,
      (error) => toLoginError(error, id, this.#powTimeoutMs),
      async (signal) => {
        id = checkRequestId(requestId);
        return this.#login(id, signal, onProgress);
      },
    );
  }

  /** `login` under its older name. */
  approve(requestId: string, options?: LoginOptions): Promise<ApprovalResult> {
    return this.login(requestId, options);
  }

  /** Breaks off the logins in flight, which reject with a `LimeError` `CLOSED`, and refuses later ones. May be called again. */
  async close(): Promise<void> {
    this.#calls.close();
    this.#platform.close();
  }

  /** `close` under the name that the Python client has for it. */
  aclose(): Promise<void> {
    return this.close();
  }

  async #login(
    requestId: string,
    signal: AbortSignal,
    onProgress: LoginOptions['onProgress'],
  ): Promise<ApprovalResult> {
    void this.#solver.warmUp();
    const question = await fetchChallenge(this.#platform, requestId, signal);
    const how = { solver: this.#solver, timeoutMs: this.#powTimeoutMs, signal, onProgress };
    const attempt = async (algorithm: PowAlgorithm): Promise<ApprovalResult> => {
      const { nonce, proofOfWork } = await prove(question, algorithm, how);
      const answer = { requestId, challenge: question.challenge, nonce };
      const approval = await approveLogin(this.#platform, answer, signal);
      this.#algorithms = [algorithm, ...this.#algorithms.filter((other) => other !== algorithm)];
      return Object.freeze({ ...approval, proofOfWork });
    };

    const [first, other] = this.#algorithms;
    try {
      return await attempt(first!);
    } catch (error) {
      // A wrong nonce leaves the request pending and its challenge in force (LIME contract §4.2).
      if (other === undefined || !(error instanceof ApiError && error.code === 'INVALID_POW')) throw error;
      return attempt(other);
    }
  }
}
