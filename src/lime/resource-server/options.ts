import type { HttpHooks, Logger } from '../../http/index.js';
import type { Clock } from '../../runtime/clock.js';
import { readEnvironment } from '../../runtime/environment.js';
import { LimeInputError } from '../errors.js';
import { checkDomainPin } from './domain-pin.js';

/** Options of `TokenVerifier` (LIME contract §1.2, §10.3). */
export interface TokenVerifierOptions {
  /** LIME's origin; its API root will do. Default: the environment variable `LIME_BASE_URL`, else `https://lime.pics`. */
  readonly baseUrl?: string | undefined;
  /** What `aud` must be or have. Default: the environment variable `LIME_OAUTH_AUDIENCE`, else `mcp`. */
  readonly audience?: string | undefined;
  /**
   * The host name that this server goes by: a token for another one is refused, and so is one for none. Default: the
   * environment variable `LIME_EXPECTED_DOMAIN`. Without it every MCP access token of LIME is taken, whichever server it was
   * issued for, so that another server could use here what agents show it.
   */
  readonly expectedDomain?: string | undefined;
  /** Whether `expectedDomain` may be a name for local use, such as `localhost`. Default `false`. */
  readonly allowInsecureTargets?: boolean | undefined;
  /**
   * Milliseconds for which fetched keys are taken for current. Default: the environment variable
   * `LIME_JWKS_CACHE_TTL_SECONDS`, else 3,600,000.
   */
  readonly cacheTtlMs?: number | undefined;
  /** Milliseconds for which older keys are still used while no newer ones can be had. Default 3,600,000. */
  readonly staleMs?: number | undefined;
  /**
   * The least time in milliseconds between two fetches that are forced: by a key that is not known, after one was in vain; by
   * `warmup` and `refreshCache`. Default: the environment variable `LIME_JWKS_MIN_REFRESH_SECONDS`, else 60,000.
   */
  readonly minRefreshMs?: number | undefined;
  /**
   * How far the platform's clock may be from ours, in seconds. Default: the environment variable
   * `LIME_JWT_VERIFY_LEEWAY_SECONDS`, else 120.
   */
  readonly leewaySeconds?: number | undefined;
  /** Milliseconds for metadata and keys together, with their retries. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  /** How often each of the two is asked for again after a lost connection or a 408, 429, 500, 502, 503 or 504. Default 3. */
  readonly maxRetries?: number | undefined;
  /**
   * The `User-Agent` of the two. Default: the environment variable `LIME_VERIFY_USER_AGENT`, else `curl/8.5.0`, which LIME's
   * own verifiers send.
   */
  readonly userAgent?: string | undefined;
  /** Default: the runtime's own. Always called unbound. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Gets each request (debug) and each failure (warn) under the scope `lime.mcp_server`. Default: none. */
  readonly logger?: Logger | undefined;
  /** For tracing and metrics. */
  readonly hooks?: HttpHooks | undefined;
  /** Time for tokens, keys and deadlines. Default: the runtime's own. */
  readonly clock?: Clock | undefined;
  /** Numbers in [0, 1), for the jitter of the back-off. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** The options that have a variable of their own or a rule, with their defaults. */
export interface VerifierSettings {
  readonly origin: string;
  readonly audience: string;
  readonly expectedDomain: string | undefined;
  readonly cacheTtlMs: number;
  readonly staleMs: number;
  readonly minRefreshMs: number;
  readonly leewaySeconds: number;
  readonly userAgent: string;
}

/** @throws {LimeInputError} an option or a variable has the wrong form. */
export function resolveVerifierSettings(options: TokenVerifierOptions): VerifierSettings {
  const { baseUrl, audience, expectedDomain, userAgent, leewaySeconds, cacheTtlMs, minRefreshMs, staleMs } = options;
  const domain = expectedDomain || readEnvironment('LIME_EXPECTED_DOMAIN');
  return {
    origin: originOf(baseUrl || readEnvironment('LIME_BASE_URL') || 'https://lime.pics'),
    audience: checkAudience(audience || readEnvironment('LIME_OAUTH_AUDIENCE') || 'mcp'),
    expectedDomain: domain === undefined ? undefined : checkDomainPin(domain, options),
    cacheTtlMs: amount('cacheTtlMs', cacheTtlMs, 'LIME_JWKS_CACHE_TTL_SECONDS', 3600, 1000),
    staleMs: check('staleMs', staleMs ?? 3_600_000),
    minRefreshMs: amount('minRefreshMs', minRefreshMs, 'LIME_JWKS_MIN_REFRESH_SECONDS', 60, 1000),
    leewaySeconds: amount('leewaySeconds', leewaySeconds, 'LIME_JWT_VERIFY_LEEWAY_SECONDS', 120, 1),
    userAgent: checkUserAgent(userAgent || readEnvironment('LIME_VERIFY_USER_AGENT') || 'curl/8.5.0'),
  };
}

function originOf(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const isOrigin = url !== undefined && /^(\/api\/v1)?\/*$/.test(url.pathname) && url.search === '' && url.hash === '';
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (isOrigin && isHttp && url.username === '' && url.password === '') return url.origin;
  throw new LimeInputError(
    'INVALID_INPUT',
    'baseUrl must be the origin of LIME, such as https://lime.pics, without a path or credentials.',
  );
}

function checkAudience(audience: unknown): string {
  if (typeof audience === 'string' && audience.trim() !== '') return audience;
  throw new LimeInputError('INVALID_INPUT', 'audience must be a non-blank string.');
}

function checkUserAgent(userAgent: unknown): string {
  if (typeof userAgent === 'string' && /^[\x20-\x7e]+$/.test(userAgent)) return userAgent;
  throw new LimeInputError('INVALID_INPUT', 'userAgent must be one line of plain ASCII text.');
}

/** What the option says; else the variable, which is in seconds; else the default, in seconds too. */
function amount(name: string, option: number | undefined, variable: string, defaultSeconds: number, unit: number) {
  if (option !== undefined) return check(name, option);
  const text = readEnvironment(variable);
  return unit * (text === undefined ? defaultSeconds : check(`The environment variable ${variable}`, Number(text)));
}

function check(name: string, value: number): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new LimeInputError('INVALID_INPUT', `${name} must be a number of 0 or more.`);
}
