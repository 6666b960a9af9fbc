import type { ReplayStore } from '../../jwt/index.js';
import { readEnvironment } from '../../runtime/environment.js';
import { sharesPromises } from '../../runtime/single-flight.js';
import { type LimeError, LimeInputError } from '../errors.js';
import type { PlatformOptions } from '../platform-options.js';

/** Options of `LimeSite` (LIME contract §9.6, §13.4). */
export interface LimeSiteOptions extends PlatformOptions {
  /** The site's secret. Default: the environment variable `LIME_SITE_TOKEN`. */
  readonly siteToken?: string | undefined;
  /**
   * Whether the event stream opens by itself, at the first `onLogin`, `createLoginRequest`, `waitForLogin` or `ready`. Default
   * `true` where a client may work in the background; on Cloudflare Workers `false`: call `start()` in
   * one place that lives on, such as a Durable Object. An event goes to one of a site's streams, so two of them lose events.
   */
  readonly autoStart?: boolean | undefined;
  /** Milliseconds of the first delay before the event stream is opened again; it doubles up to 8 s. Default 500. */
  readonly sseBackoffBaseMs?: number | undefined;
  /** Milliseconds without a byte after which a connection of the event stream is given up. Default 310,000. */
  readonly sseIdleTimeoutMs?: number | undefined;
  /** Milliseconds for each handler and login; the next handler runs then, whatever this one does. Default 30,000. */
  readonly handlerTimeoutMs?: number | undefined;
  /**
   * Told of what goes wrong where nobody waits: handlers that fail, frames that cannot be read, errors that the platform
   * sends, the end of the event stream. What it throws is ignored. The logger gets the same.
   */
  readonly onError?: ((error: LimeError) => void) | undefined;
  /** What passports say in `iss`. Default: the origin of the base URL. */
  readonly issuer?: string | undefined;
  /** Whether passports without `iss` pass too, as those of older platforms. Default `false`. */
  readonly issuerOptional?: boolean | undefined;
  /**
   * Milliseconds for which fetched keys are taken for current, up to a day; 0: each passport fetches them. Default: the
   * environment variable `LIME_JWKS_CACHE_TTL_SECONDS`, else 300,000.
   */
  readonly jwksCacheTtlMs?: number | undefined;
  /** Where used passports are remembered. Default: in memory, which serves one process. */
  readonly replayStore?: ReplayStore | undefined;
}

/** The site's own options, with their defaults. */
export interface SiteSettings {
  readonly autoStart: boolean;
  readonly sseBackoffBaseMs: number;
  readonly sseIdleTimeoutMs: number;
  readonly handlerTimeoutMs: number;
  readonly jwksCacheTtlMs: number;
}

const DAY_MS = 86_400_000;

/** @throws {LimeInputError} an option has the wrong form. */
export function resolveSiteSettings(options: LimeSiteOptions): SiteSettings {
  const { autoStart = sharesPromises(), jwksCacheTtlMs = cacheTtlOfEnvironment() } = options;
  const { sseBackoffBaseMs = 500, sseIdleTimeoutMs = 310_000, handlerTimeoutMs = 30_000 } = options;
  check('sseBackoffBaseMs', sseBackoffBaseMs, 0);
  check('sseIdleTimeoutMs', sseIdleTimeoutMs, 1);
  check('handlerTimeoutMs', handlerTimeoutMs, 1);
  check('jwksCacheTtlMs', jwksCacheTtlMs, 0);
  const lifetime = Math.min(jwksCacheTtlMs, DAY_MS);
  return { autoStart, sseBackoffBaseMs, sseIdleTimeoutMs, handlerTimeoutMs, jwksCacheTtlMs: lifetime };
}

/** @throws {LimeInputError} it is no number of milliseconds. */
export function check(name: string, value: unknown, least: number): void {
  if (typeof value === 'number' && Number.isFinite(value) && value >= least) return;
  throw new LimeInputError('INVALID_INPUT', `${name} must be a number of milliseconds of ${least} or more.`);
}

function cacheTtlOfEnvironment(): number {
  const seconds = readEnvironment('LIME_JWKS_CACHE_TTL_SECONDS')?.trim() ?? '300';
  if (/^-?\d+(\.\d+)?$/.test(seconds)) return Math.max(0, Number(seconds)) * 1000;
  throw new LimeInputError('INVALID_INPUT', 'LIME_JWKS_CACHE_TTL_SECONDS must be a number of seconds.');
}
