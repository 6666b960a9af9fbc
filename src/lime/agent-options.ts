import { LimeInputError } from './errors.js';
import type { LimeLoginOptions } from './options.js';
import type { TargetOptions } from './target.js';
import type { TokenRequest } from './tokens.js';

/** Options of `LimeAgent` (LIME contract §8.6, §13.4). */
export interface LimeAgentOptions extends LimeLoginOptions, TargetOptions {
  /**
   * What the body of a token request holds. Default `'auto'`: the domain where the target has one, and if the platform
   * refuses that as `invalid_request` nothing, once; what was accepted is what the client begins with from then on.
   */
  readonly tokenRequest?: TokenRequest | undefined;
  /** How long before its end an MCP access token is replaced, in milliseconds; at most half of its lifetime. Default 30,000. */
  readonly mcpTokenRefreshSkewMs?: number | undefined;
  /** Milliseconds without a sign of life from an MCP server. Default 300,000; the runtime's own `fetch` may give up earlier. */
  readonly mcpReadTimeoutMs?: number | undefined;
  /** Whether calls of one MCP server are made one after another. Calls of different servers never wait for each other. Default `true`. */
  readonly serializeMcpPerUrl?: boolean | undefined;
  /** Milliseconds after which an MCP session that nobody uses is closed. Default 300,000. */
  readonly mcpIdleMs?: number | undefined;
  /** How many MCP sessions that nobody uses are kept. Default 100. */
  readonly mcpMaxIdleSessions?: number | undefined;
  /** The `fetch` of the MCP lane; `fetch` is that of the platform's. Default: the runtime's own. Always called unbound. */
  readonly mcpFetch?: typeof globalThis.fetch | undefined;
}

/** The options of MCP, with their defaults. */
export interface McpSettings {
  readonly tokenRequest: TokenRequest;
  readonly skewMs: number;
  readonly readTimeoutMs: number;
  readonly serialize: boolean;
  readonly idleMs: number;
  readonly maxIdle: number;
  readonly targets: TargetOptions;
}

/** @throws {LimeInputError} an option has the wrong form. */
export function resolveMcpSettings(options: LimeAgentOptions): McpSettings {
  const { tokenRequest = 'auto', serializeMcpPerUrl = true, allowInsecureTargets = false } = options;
  const { mcpTokenRefreshSkewMs = 30_000, mcpReadTimeoutMs = 300_000 } = options;
  const { mcpIdleMs = 300_000, mcpMaxIdleSessions = 100 } = options;
  if (tokenRequest !== 'auto' && tokenRequest !== 'domain' && tokenRequest !== 'empty') {
    throw new LimeInputError('INVALID_INPUT', "tokenRequest must be 'auto', 'domain' or 'empty'.");
  }
  check('mcpTokenRefreshSkewMs', mcpTokenRefreshSkewMs, 'milliseconds', (value) => value >= 0);
  check('mcpReadTimeoutMs', mcpReadTimeoutMs, 'milliseconds above 0', (value) => value > 0);
  check('mcpIdleMs', mcpIdleMs, 'milliseconds', (value) => value >= 0);
  check('mcpMaxIdleSessions', mcpMaxIdleSessions, 'sessions', (value) => value >= 0);
  return {
    tokenRequest,
    skewMs: mcpTokenRefreshSkewMs,
    readTimeoutMs: mcpReadTimeoutMs,
    serialize: serializeMcpPerUrl,
    idleMs: mcpIdleMs,
    maxIdle: mcpMaxIdleSessions,
    targets: { allowInsecureTargets },
  };
}

/** Milliseconds without a sign of life, as a call may set them. @throws {LimeInputError} it is no number above 0. */
export function checkReadTimeout(timeoutMs: number | undefined): number | undefined {
  if (timeoutMs !== undefined) check('timeoutMs', timeoutMs, 'milliseconds above 0', (value) => value > 0);
  return timeoutMs;
}

function check(name: string, value: unknown, unit: string, accept: (value: number) => boolean): void {
  if (typeof value === 'number' && Number.isFinite(value) && accept(value)) return;
  throw new LimeInputError('INVALID_INPUT', `${name} must be a number of ${unit}, not ${String(value)}.`);
}
