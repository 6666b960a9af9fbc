import { HttpClient, HttpInputError, type Logger, quietly } from '../../http/index.js';
import { type FoundKey, JwtKeysError, KeySet } from '../../jwt/index.js';
import type { Clock } from '../../runtime/clock.js';
import { LimeError, LimeInputError } from '../errors.js';
import { toLimeError } from '../translate.js';
import { checkMcpToken } from './check.js';
import { issuerSource } from './issuer-source.js';
import { resolveVerifierSettings, type TokenVerifierOptions, type VerifierSettings } from './options.js';
import type { McpTokenVerification } from './verification.js';

const SCOPE = 'lime.mcp_server';

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Verifies the MCP access tokens that agents show to an MCP server: signature, issuer, audience, times, and the host that the
 * token is for. It fetches LIME's keys when they are needed and keeps them for a while, so make one and keep it.
 *
 * @see LIME contract §10.3
 */
export class TokenVerifier {
  readonly #settings: VerifierSettings;
  readonly #keys: KeySet;
  readonly #clock: Clock | undefined;
  readonly #logger: Logger | undefined;

  /**
   * Makes no request: see `warmup`.
   *
   * @throws {LimeInputError} an option or an environment variable has the wrong form.
   */
  constructor(options: TokenVerifierOptions = {}) {
    this.#settings = resolveVerifierSettings(options);
    const { origin, userAgent, cacheTtlMs, staleMs, minRefreshMs, expectedDomain } = this.#settings;
    const { timeoutMs = 10_000, maxRetries = 3, fetch, logger, hooks, clock, random } = options;
    this.#clock = clock;
    this.#logger = logger;
    const shared = { scope: SCOPE, timeoutMs, logger, clock };
    const source = issuerSource({
      http: httpClient({ baseUrl: origin, maxRetries, fetch, hooks, random, ...shared }),
      origin,
      userAgent,
    });
    this.#keys = new KeySet({ source, lifetimeMs: cacheTtlMs, staleMs, cooldownMs: minRefreshMs, ...shared });
    if (expectedDomain === undefined) {
      this.#warn('Tokens for any MCP server are taken: set expectedDomain, or LIME_EXPECTED_DOMAIN, to this one.');
    }
  }

  /** How often metadata and keys have both been fetched. */
  get fetchCount(): number {
    return this.#keys.fetchCount;
  }

  /**
   * Verifies a token: what comes after `Bearer` in `Authorization`. Never rejects, whatever it is given and whatever fails: the
   * result says so.
   */
  async verify(token: string, { signal }: CallOptions = {}): Promise<McpTokenVerification> {
    // The issuer counts that was fetched along with the very key.
    let issuer: string | undefined;
    const take = (found: FoundKey) => {
      issuer = found.issuer;
      return found.key;
    };
    const get = (kid: string, init: CallOptions) => {
      const found = this.#keys.find(kid, init);
      return found instanceof Promise ? found.then(take) : take(found);
    };
    const { audience, expectedDomain, leewaySeconds } = this.#settings;
    const result = await checkMcpToken(token, {
      keys: { get },
      issuer: (iss) => iss === issuer,
      audience,
      expectedDomain,
      leewaySeconds,
      clock: this.#clock,
      signal,
    });
    if (result.code === 'JWT_KEYS_UNAVAILABLE') this.#warn(`A token could not be verified. ${result.error}`);
    return result;
  }

  /**
   * Fetches metadata and keys, unless those at hand are younger than `minRefreshMs`, so that the first token need not wait.
   * Returns whether that went well; why not is logged.
   *
   * @throws {LimeError} with `raiseOnFailure`: what `refreshCache` throws.
   * @throws the signal's reason.
   */
  async warmup({
    raiseOnFailure = false,
    signal,
  }: CallOptions & { readonly raiseOnFailure?: boolean | undefined } = {}) {
    try {
      await this.refreshCache({ signal });
      return true;
    } catch (error) {
      signal?.throwIfAborted();
      if (raiseOnFailure) throw error;
      this.#warn('The keys could not be fetched ahead of the first token.', { error });
      return false;
    }
  }

  /**
   * Fetches metadata and keys, unless those at hand are younger than `minRefreshMs`: `invalidateCache` drops them.
   *
   * @throws {LimeError} `JWT_KEYS_UNAVAILABLE`: they could not be had. Those at hand stay.
   * @throws the signal's reason.
   */
  async refreshCache({ signal }: CallOptions = {}): Promise<void> {
    try {
      await this.#keys.refresh({ signal, unlessYoungerMs: this.#settings.minRefreshMs });
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof JwtKeysError)) throw toLimeError(error);
      const { code, message, status, retryAfterMs } = error;
      throw new LimeError(code, message, { cause: error, status, retryAfterMs, retryable: true });
    }
  }

  /** Forgets issuer and keys: the next token waits for newer ones. */
  invalidateCache(): void {
    this.#keys.invalidate();
  }

  #warn(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    quietly(() => this.#logger?.warn(message, { ...fields, scope: SCOPE }));
  }
}

function httpClient(options: ConstructorParameters<typeof HttpClient>[0]): HttpClient {
  try {
    return new HttpClient(options);
  } catch (cause) {
    if (!(cause instanceof HttpInputError)) throw cause;
    throw new LimeInputError('INVALID_INPUT', cause.message, { cause });
  }
}
