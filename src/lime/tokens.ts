import { path } from '../http/index.js';
import type { Clock } from '../runtime/clock.js';
import { SingleFlight } from '../runtime/single-flight.js';
import { McpAccessToken } from './access-token.js';
import { ApiError } from './errors.js';
import type { Platform } from './platform.js';
import { readToken } from './token-answer.js';

/** What the body of a token request holds (LIME contract §7.1): the domain, nothing, or whichever the platform takes. */
export type TokenRequest = 'domain' | 'empty' | 'auto';

/** A token in the cache. */
export interface CachedToken {
  readonly token: McpAccessToken;
  /** Higher than that of every token before it. */
  readonly generation: number;
}

interface Entry extends CachedToken {
  /** When it is stale, by the monotonic clock. */
  readonly staleAt: number;
}

export interface TokensOptions {
  readonly skewMs: number;
  readonly tokenRequest: TokenRequest;
  readonly clock: Clock;
}

/** The cache entry of tokens that were asked for without a domain. */
const NO_DOMAIN = '';

/** The agent's MCP access tokens: one a domain, issued when one is needed, by one request however many callers wait. */
export class Tokens {
  readonly #platform: Platform;
  readonly #options: TokensOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #issuing = new SingleFlight<string, Entry>();
  #issued = 0;
  /** The form that the platform takes: as the option says, or once `auto` has found out. */
  #form: 'domain' | 'empty' | undefined;

  constructor(platform: Platform, options: TokensOptions) {
    this.#platform = platform;
    this.#options = options;
    this.#form = options.tokenRequest === 'auto' ? undefined : options.tokenRequest;
  }

  /**
   * The token for a domain, or the one that is for none. `rejected` is the generation of a token that a server has turned
   * down, `force` issues one whatever the cache holds.
   *
   * @throws what `Platform.request` and `readToken` throw.
   */
  async get(
    domain: string | undefined,
    options: {
      readonly force?: boolean | undefined;
      readonly rejected?: number | undefined;
      readonly signal: AbortSignal;
    },
  ): Promise<CachedToken> {
    const { force = false, rejected, signal } = options;
    if (force) return this.#issue(domain, signal);
    const key = this.#form === 'empty' ? NO_DOMAIN : (domain ?? NO_DOMAIN);
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.generation !== rejected && this.#options.clock.monotonic() < entry.staleAt) {
      return entry;
    }
    return this.#issuing.run(key, (signal) => this.#issue(domain, signal), signal);
  }

  async #issue(domain: string | undefined, signal: AbortSignal): Promise<Entry> {
    const [form, other] = domain === undefined ? (['empty'] as const) : this.#forms();
    try {
      return await this.#request(form, domain, signal);
    } catch (error) {
      if (other === undefined || !isInvalidRequest(error)) throw error;
      return this.#request(other, domain, signal).catch((second: unknown) => {
        throw isInvalidRequest(second) ? error : second;
      });
    }
  }

  /** The forms to try, in order. Once a domain was taken, a refusal is about the domain at hand, not about the form. */
  #forms(): readonly ['domain' | 'empty', ('domain' | 'empty')?] {
    const { tokenRequest } = this.#options;
    if (tokenRequest !== 'auto') return [tokenRequest];
    if (this.#form === 'domain') return ['domain'];
    return this.#form === 'empty' ? ['empty', 'domain'] : ['domain', 'empty'];
  }

  async #request(form: 'domain' | 'empty', domain: string | undefined, signal: AbortSignal): Promise<Entry> {
    const { clock, skewMs } = this.#options;
    const issued = await this.#platform.request({
      method: 'POST',
      path: path('/modules/oauth/token'),
      lane: 'agent',
      ...(form === 'domain' ? { json: { domain } } : { untyped: true }),
      signal,
      decode: readToken,
    });
    const { accessToken, expiresInSeconds } = issued;
    const token = new McpAccessToken(accessToken, expiresInSeconds, clock.now());
    const lifetimeMs = expiresInSeconds * 1000;
    // A skew that is longer than the token lives would have every call issue another.
    const staleAt = clock.monotonic() + lifetimeMs - Math.min(skewMs, lifetimeMs / 2);
    const entry = { token, generation: ++this.#issued, staleAt };
    this.#entries.set(form === 'empty' || domain === undefined ? NO_DOMAIN : domain, entry);
    if (domain !== undefined) this.#form = form;
    return entry;
  }
}

/** The platform does not take the body as it is. */
function isInvalidRequest(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'invalid_request';
}
