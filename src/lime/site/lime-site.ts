/// <reference lib="esnext.disposable" preserve="true" />

import { type Call, Calls, quietly } from '../../http/index.js';
import { type Clock, systemClock } from '../../runtime/clock.js';
import { closeOnDispose } from '../../runtime/disposable.js';

import { closedError } from '../closed.js';
import { LimeError } from '../errors.js';
import { Platform } from '../platform.js';
import { resolveBaseUrl, resolveCredential } from '../platform-options.js';
import { checkRequestId } from '../request-id.js';
import { createBinding, exchangeBinding } from './bindings.js';
import type { LoginHandler } from './handler-queue.js';
import { createLogin, fetchLogin } from './login-requests.js';
import type { LoginResult } from './login-result.js';
import { LoginStream } from './login-stream.js';
import { Logins } from './logins.js';
import { check, type LimeSiteOptions, resolveSiteSettings } from './options.js';
import { Passports } from './passports.js';
import { toSiteError } from './translate-site.js';
import {
  bindingPassport,
  checkBindingId,
  loginPassport,
  type VerifiedBindingPassport,
  type VerifiedPassport,
} from './verified.js';
import { waitAtMost } from './wait.js';
import type { BindingRequestResult, LoginRequestResult, LoginRequestStatus } from './wire.js';

/** Options of every call. */
export interface SiteCallOptions {
  /** Ends the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A site that agents log in to through LIME: it creates login requests, hears by one event stream how they end, and says
 * whether passports hold.
 *
 * ```ts
 * const site = new LimeSite({ siteToken });
 * site.onLogin(async (requestId, passport) => {
 *   if (passport === null) return expire(requestId);
 *   const { agentId } = await site.verifyPassport(passport, { expectedRequestId: requestId });
 *   await openSession(requestId, agentId);
 * });
 * await site.ready();
 * const { requestId } = await site.createLoginRequest();
 * ```
 *
 * One client serves a site token and process. Its stream keeps the process alive until `close()`. Whatever its methods
 * reject with is a `LimeError`, or the reason of the call's signal.
 *
 * @see LIME contract §9, §10.1, §10.2
 */
export class LimeSite implements AsyncDisposable {
  readonly #platform: Platform<'site'>;
  readonly #calls = new Calls(closedError);
  readonly #stream: LoginStream;
  readonly #logins: Logins;
  readonly #passports: Passports;
  readonly #autoStart: boolean;
  readonly #clock: Clock;
  #closed = false;

  /** `close` for `await using`, where the runtime has the symbol. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;

  /**
   * @throws {AuthenticationError} there is no usable site token.
   * @throws {LimeInputError} another option has the wrong form.
   */
  constructor(options: LimeSiteOptions = {}) {
    closeOnDispose(LimeSite.prototype, Symbol.asyncDispose);
    this.#platform = new Platform(options, resolveCredential('site', options.siteToken));
    const { handlerTimeoutMs, jwksCacheTtlMs, ...settings } = resolveSiteSettings(options);
    const { clock = systemClock, logger, onError } = options;
    const report = (error: LimeError) => {
      if (this.#closed) return;
      const { code, requestId } = error;
      quietly(() => logger?.error(error.message, { scope: 'lime', code, requestId, error }));
      quietly(() => onError?.(error));
    };
    this.#clock = clock;
    this.#autoStart = settings.autoStart;
    this.#passports = new Passports(this.#platform, { ...options, baseUrl: resolveBaseUrl(options), jwksCacheTtlMs });
    this.#logins = new Logins({ clock, timeoutMs: handlerTimeoutMs, report });
    this.#stream = new LoginStream(this.#platform, {
      ...options,
      ...settings,
      onEvent: (event) => this.#logins.deliver(event),
      onError: report,
      onEnd: (error) => {
        report(error);
        this.#logins.fail(error);
      },
    });
  }

  /**
   * Opens the event stream, unless it is open or on its way: needed without `autoStart`, and after the stream has ended for
   * good (a 401, a 403, or another answer that waiting does not change), which `onError`, `ready` and `waitForLogin` tell.
   *
   * On Cloudflare Workers a stream belongs to the request that opened it, and ends with it: call this in one place that lives
   * on, such as a Durable Object, anew in each of its lives. Passports of logins come by the stream alone; `getLoginRequest`,
   * bindings and `verifyPassport` need none.
   *
   * @throws {LimeError} the client was closed (`CLOSED`).
   */
  start(): void {
    if (this.#closed) throw new LimeError('CLOSED', 'The client is closed. Create a new one.');
    this.#stream.start();
  }

  /**
   * Resolves when the platform has accepted the event stream: what is created from then on misses no event. It waits for as
   * long as the platform cannot be reached.
   *
   * @throws {AuthenticationError} the platform refused the stream.
   * @throws {LimeError} the stream has ended, was never started (`NOT_STARTED`), or the client was closed (`CLOSED`).
   */
  ready({ signal }: SiteCallOptions = {}): Promise<void> {
    return this.#run(signal, (signal) => {
      this.#begin(true);
      return this.#stream.ready(signal);
    });
  }

  /**
   * Registers a handler of logins; returns what takes it away. Handlers run one event at a time, in the order in which they
   * were registered, each for at most `handlerTimeoutMs`; one that throws, rejects or takes longer is told to `onError` and
   * keeps nobody else from running. Events that came before the first handler go to it; each goes to a handler once.
   */
  onLogin(handler: LoginHandler): () => void {
    if (!this.#closed) this.#begin(false);
    return this.#logins.onLogin(handler);
  }

  /** Creates a login request, whose id goes to the agent. @throws {AuthenticationError} the platform refused the site. */
  createLoginRequest({ signal }: SiteCallOptions = {}): Promise<LoginRequestResult> {
    return this.#run(signal, (signal) => {
      this.#begin(false);
      return createLogin(this.#platform, signal);
    });
  }

  /** Where a login request of the site stands. @throws {ApiError} there is none (`SITE_LOGIN_REQUEST_NOT_FOUND`). */
  getLoginRequest(requestId: string, { signal }: SiteCallOptions = {}): Promise<LoginRequestStatus> {
    return this.#run(signal, (signal) => fetchLogin(this.#platform, checkRequestId(requestId), signal));
  }

  /**
   * Waits for an agent to log in, for `timeoutMs` (default 120,000). An event that has come already counts.
   *
   * @throws {RequestExpiredError} the request expired.
   * @throws {LoginWaitTimeoutError} nothing came in time.
   * @throws {LimeError} the event stream has ended, was never started (`NOT_STARTED`), or the client was closed (`CLOSED`).
   */
  waitForLogin(
    requestId: string,
    { timeoutMs = 120_000, signal }: SiteCallOptions & { readonly timeoutMs?: number | undefined } = {},
  ): Promise<LoginResult> {
    return this.#run(signal, async (signal) => {
      const id = checkRequestId(requestId);
      check('timeoutMs', timeoutMs, 0);
      this.#begin(true);
      const wait = (signal: AbortSignal) => this.#logins.wait(id, signal, this.#stream.ended);
      return waitAtMost(timeoutMs, { requestId: id, clock: this.#clock, signal }, wait);
    });
  }

  /**
   * Verifies the passport of a login, once: a second time it is refused, so that it opens one session only. Pass the id of
   * the request that the session is for.
   *
   * @throws {RequestExpiredError} it has expired.
   * @throws {InvalidPassportError} it does not hold; the code says which check it failed.
   * @throws {LimeError} nothing is known of it: the keys could not be had (`JWT_KEYS_UNAVAILABLE`), or the replay store
   *   failed (`REPLAY_STORE_FAILED`, `REPLAY_STORE_FULL`).
   */
  verifyPassport(
    passport: string,
    { expectedRequestId, signal }: SiteCallOptions & { readonly expectedRequestId?: string | undefined } = {},
  ): Promise<VerifiedPassport> {
    return this.#runCall(signal, async (call) => {
      const expected = expectedRequestId === undefined ? undefined : checkRequestId(expectedRequestId);
      return loginPassport(await this.#passports.verify('login', passport, expected, call));
    });
  }

  /** Asks for a binding of a person's agent to an account of the site. `redirectUri`: where the person comes back to, https. */
  createBindingRequest(
    { redirectUri }: { readonly redirectUri: string },
    { signal }: SiteCallOptions = {},
  ): Promise<BindingRequestResult> {
    return this.#run(signal, (signal) => createBinding(this.#platform, redirectUri, signal));
  }

  /**
   * The passport for the `binding_code` that the person came back with. A code is good once.
   *
   * @throws {BindingOutcomeUnknownError} the code may have been spent.
   */
  exchangeBindingCode(bindingCode: string, { signal }: SiteCallOptions = {}): Promise<string> {
    return this.#run(signal, (signal) => exchangeBinding(this.#platform, bindingCode, signal));
  }

  /** Verifies the passport of a binding, once, as `verifyPassport` does. Compare `bindingId` with what was stored, or pass it. */
  verifyBindingPassport(
    passport: string,
    { expectedBindingId, signal }: SiteCallOptions & { readonly expectedBindingId?: string | undefined } = {},
  ): Promise<VerifiedBindingPassport> {
    return this.#runCall(signal, async (call) => {
      const expected = expectedBindingId === undefined ? undefined : checkBindingId(expectedBindingId);
      return bindingPassport(await this.#passports.verify('binding', passport, expected, call));
    });
  }

  /**
   * Closes the event stream, breaks off what is in flight, which rejects with a `LimeError` `CLOSED`, and refuses later calls.
   * Handlers get no more events; one that runs is not waited for. May be called again.
   */
  async close(): Promise<void> {
    this.#closed = true;
    this.#calls.close();
    this.#logins.close();
    await this.#stream.close();
    this.#platform.close();
  }

  /** `close` under the name that the Python client has for it. */
  aclose(): Promise<void> {
    return this.close();
  }

  /** Opens the stream if that is for the client to do. One that has ended stays so until `start()`. */
  #begin(needed: boolean): void {
    if (this.#stream.begun) return;
    if (this.#autoStart) this.#stream.start();
    if (this.#autoStart || !needed) return;
    const message = 'The event stream was not started, so that no event would come. Call start(), or set autoStart.';
    throw new LimeError('NOT_STARTED', message);
  }

  #run<T>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#calls.run(signal, toSiteError, work);
  }

  #runCall<T>(signal: AbortSignal | undefined, work: (call: Call) => Promise<T>): Promise<T> {
    return this.#calls.runCall(signal, toSiteError, work);
  }
}
