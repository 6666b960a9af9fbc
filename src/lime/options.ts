import type { HttpHooks, Logger } from '../http/index.js';
import type { PowAlgorithm } from '../pow/index.js';
import type { Clock } from '../runtime/clock.js';
import { readEnvironment } from '../runtime/environment.js';
import { AuthenticationError, LimeInputError } from './errors.js';

/** Options of LIME's agent clients (LIME contract §8.6). */
export interface LimeLoginOptions {
  /** The agent's secret. Default: the environment variable `LIME_AGENT_TOKEN`. */
  readonly agentToken?: string | undefined;
  /** LIME's API root. Default: the environment variable `LIME_API_BASE`, else `https://lime.pics/api/v1`. */
  readonly baseUrl?: string | undefined;
  /** Milliseconds for each attempt of a request, headers and body. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** How often a request is sent again after a lost connection or a 408, 429, 500, 502, 503 or 504. Default 3. */
  readonly maxRetries?: number | undefined;
  /** Milliseconds for each proof of work. Default 10,000. */
  readonly powTimeoutMs?: number | undefined;
  /**
   * Which digest the platform wants (LIME contract §4). Default `'auto'`: `legacy`, and if that is refused `r14`, once;
   * what was accepted is what the client begins with from then on.
   */
  readonly powAlgorithm?: PowAlgorithm | 'auto' | undefined;
  /** Default: the runtime's own. Always called unbound. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Gets each request (debug) and each retry (warn) under the scope `lime`. Default: none. */
  readonly logger?: Logger | undefined;
  /** For tracing and metrics. */
  readonly hooks?: HttpHooks | undefined;
  /** Time for deadlines and back-off. Default: the runtime's own. */
  readonly clock?: Clock | undefined;
  /** Numbers in [0, 1), for the jitter of the back-off. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/**
 * The token that the option or the environment gives, trimmed (LIME contract §1.3).
 *
 * @throws {AuthenticationError} there is none (`MISSING_AGENT_TOKEN`), or no header can hold it (`INVALID_AGENT_TOKEN`).
 */
export function resolveAgentToken({ agentToken }: LimeLoginOptions): string {
  const token = String(agentToken || readEnvironment('LIME_AGENT_TOKEN') || '').trim();
  if (token === '') {
    throw new AuthenticationError(
      'MISSING_AGENT_TOKEN',
      'There is no agent token: pass it as the option agentToken, or set the environment variable LIME_AGENT_TOKEN.',
    );
  }
  if (!/^[\x20-\x7e]+$/.test(token)) {
    throw new AuthenticationError(
      'INVALID_AGENT_TOKEN',
      'The agent token (option agentToken or environment variable LIME_AGENT_TOKEN) is not one line of plain ASCII text, so it cannot be sent. Copy it again.',
    );
  }
  return token;
}

/** The API root that the option, the environment or the default gives (LIME contract §1.1). */
export function resolveBaseUrl({ baseUrl }: LimeLoginOptions): string {
  return baseUrl || readEnvironment('LIME_API_BASE') || 'https://lime.pics/api/v1';
}

/** @throws {LimeInputError} it is not a number. */
export function resolvePowTimeout({ powTimeoutMs = 10_000 }: LimeLoginOptions): number {
  if (typeof powTimeoutMs === 'number' && !Number.isNaN(powTimeoutMs)) return powTimeoutMs;
  throw new LimeInputError('INVALID_INPUT', 'powTimeoutMs must be a number of milliseconds.');
}

/** The digests to try, in order. @throws {LimeInputError} it is none of the three. */
export function resolvePowAlgorithms({ powAlgorithm = 'auto' }: LimeLoginOptions): readonly PowAlgorithm[] {
  if (powAlgorithm === 'auto') return ['legacy', 'r14'];
  if (powAlgorithm === 'legacy' || powAlgorithm === 'r14') return [powAlgorithm];
  throw new LimeInputError('INVALID_INPUT', "powAlgorithm must be 'auto', 'legacy' or 'r14'.");
}
