import { HttpClient, type HttpPath, type HttpRequest } from '../http/index.js';
import { type Clock, systemClock } from '../runtime/clock.js';
import { RequestBudget } from './budget.js';
import { type DialectRules, rulesOf } from './dialect.js';
import { AuthenticationError, invalid, OutcomeUnknownError, RateLimitError } from './errors.js';
import { type AgentOtpClientOptions, resolveSettings, type Settings } from './options.js';
import { readAnswer } from './refusal.js';
import { isLost, toAgentOtpError } from './translate.js';

/** A request, and how its answer is read. */
export interface PlatformRequest<T> {
  readonly method: HttpRequest<T>['method'];
  /** Below the dialect's prefix; for `public` requests below the base URL. */
  readonly path: HttpPath;
  /** Whose credential goes along. An agent's request may name the owner too, who alone may decide on some servers. */
  readonly lane: 'agent' | 'agent+owner' | 'owner' | 'public';
  readonly json?: unknown;
  readonly query?: HttpRequest<T>['query'];
  /** Whether it may be sent again after its answer was lost. */
  readonly repeatable: boolean;
  /** Whether it spends something, and is sent again after no answer but a 429, which refuses it unread. Default `false`. */
  readonly spends?: boolean | undefined;
  /** Whether it is one of the watcher's, which sees to limits and retries itself. Default `false`. */
  readonly poll?: boolean | undefined;
  /** Whether it is about a relay request. Default `false`. */
  readonly relay?: boolean | undefined;
  /** What must be in no error, beside the key. */
  readonly secrets?: readonly string[] | undefined;
  readonly signal: AbortSignal;
  /** Gets the JSON of an answer that is no refusal; `undefined` if there was no body. */
  decode(json: unknown, status: number): T;
}

/** The longest that one attempt of a poll may take: a stalled one must not use up the wait. */
const POLL_TIMEOUT_MS = 10_000;

/** Agent OTP as one client reaches it: the one place that holds its key. */
export class Platform {
  readonly rules: DialectRules;
  readonly clock: Clock;
  readonly random: () => number;
  readonly baseUrl: string;
  readonly budget: RequestBudget;
  readonly #settings: Settings;
  /** For calls; for those that spend something; for the watcher's polls; for what no agent key is counted for. */
  readonly #http: Readonly<Record<'call' | 'spend' | 'poll' | 'other', HttpClient>>;

  /** @throws {AuthenticationError | ValidationError} an option has the wrong form. */
  constructor(options: AgentOtpClientOptions) {
    const settings = resolveSettings(options);
    this.#settings = settings;
    this.baseUrl = settings.baseUrl;
    this.rules = rulesOf(options.dialect);
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.budget = new RequestBudget(this.clock);
    const { hooks, clock, random, fetch } = options;
    const shared = {
      scope: 'agent-otp',
      baseUrl: settings.baseUrl,
      timeoutMs: settings.timeoutMs,
      maxRetries: settings.retries,
      // Not 429, which is waited out here: the server announces the end of the window in a header of its own.
      retryStatuses: [408, 500, 502, 503, 504],
      backoff: { baseMs: 500, capMs: 8000 },
      logger: settings.logger,
      hooks,
      clock,
      random,
    };
    try {
      this.#http = {
        call: new HttpClient({ ...shared, fetch: this.#counting(fetch, 'call') }),
        spend: new HttpClient({ ...shared, fetch: this.#counting(fetch, 'call'), retryStatuses: [] }),
        poll: new HttpClient({
          ...shared,
          fetch: this.#counting(fetch, 'poll'),
          maxRetries: 0,
          timeoutMs: Math.min(settings.timeoutMs, POLL_TIMEOUT_MS),
        }),
        other: new HttpClient({ ...shared, fetch }),
      };
    } catch (error) {
      throw toAgentOtpError(error);
    }
  }

  /**
   * Sends a request, again where that is safe. A request of the agent waits for its turn while the server's limit is used up.
   *
   * @throws {OutcomeUnknownError} its answer was lost, and it may not be sent again.
   * @throws {AgentOtpError} the refusal that the answer is, or what else went wrong.
   */
  async request<T>(request: PlatformRequest<T>): Promise<T> {
    const { lane, poll = false, signal } = request;
    const agent = lane.startsWith('agent');
    const http = this.#http[poll ? 'poll' : request.spends ? 'spend' : agent ? 'call' : 'other'];
    const prepared = this.#prepare(request);
    for (let refusals = 0; ; refusals++) {
      const waits = agent && !poll && this.#settings.retries > 0;
      if (waits) await this.budget.turn(signal);
      try {
        return await (waits ? this.budget.open(() => http.request(prepared)) : http.request(prepared));
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof RateLimitError)) throw this.#lost(error, request);
        const waitMs = error.retryAfterMs ?? 1000 * 2 ** refusals;
        if (agent) this.budget.refused(waitMs);
        if (poll || refusals >= this.#settings.retries || waitMs > 60_000) throw error;
        await this.clock.sleep(waitMs + this.random() * 250, { signal });
      }
    }
  }

  /** Tells the logger what is worth knowing where something does not work as it might. */
  debug(message: string): void {
    this.#settings.logger?.debug(message, { scope: 'agent-otp' });
  }

  /** Breaks off what is in flight and refuses what comes later. May be called again. */
  close(): void {
    for (const http of Object.values(this.#http)) http.close();
  }

  #prepare<T>(request: PlatformRequest<T>): HttpRequest<T> {
    const { method, path, lane, json, query, repeatable, relay, secrets = [], signal, decode } = request;
    const { apiKey = '', ownerToken = '' } = this.#settings;
    const prefix = lane === 'public' ? '' : this.rules.prefix;
    return {
      method,
      query,
      repeatable,
      signal,
      json,
      path: { template: prefix + path.template, encoded: prefix + path.encoded },
      headers: this.#credentials(lane),
      decode: (response) => {
        const context = { secrets: [apiKey, ownerToken, ...secrets], relay, now: this.clock.now() };
        return decode(readAnswer(response, context), response.status);
      },
    };
  }

  #credentials(lane: PlatformRequest<unknown>['lane']): Record<string, string | undefined> {
    const { apiKey, ownerId, ownerToken } = this.#settings;
    if (lane === 'public') return {};
    if (lane !== 'agent' && ownerToken !== undefined) {
      return { Authorization: `Bearer ${ownerToken}`, 'X-User-ID': ownerId };
    }
    if (lane === 'owner') {
      if (ownerId !== undefined) return { 'X-User-ID': ownerId };
      throw invalid('ownerId', 'must be set in the options of the client to administer');
    }
    const owner = lane === 'agent' ? undefined : ownerId;
    if (apiKey === undefined && owner === undefined) {
      throw new AuthenticationError('MISSING_API_KEY', 'This call is an agent’s, and the client has no apiKey.');
    }
    return { Authorization: apiKey && `Bearer ${apiKey}`, 'X-User-ID': owner };
  }

  #lost(error: unknown, { method, path, repeatable }: PlatformRequest<unknown>): Error {
    const known = toAgentOtpError(error);
    if (repeatable || !isLost(error)) return known;
    return new OutcomeUnknownError(
      `${method} ${path.template} was sent, but its answer was lost: it may or may not have been carried out. Find out before you send it again.`,
      { cause: known, status: known.status },
    );
  }

  /** A fetch that keeps the budget. */
  #counting(given: typeof globalThis.fetch | undefined, kind: 'call' | 'poll'): typeof globalThis.fetch {
    return (input, init) => {
      const fetch = given ?? globalThis.fetch;
      return this.budget.send(kind, () => fetch(input, init));
    };
  }
}
