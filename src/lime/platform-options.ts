import type { TransportOptions } from '../http/index.js';
import { howToAllow, readEnvironment } from '../runtime/environment.js';
import { AuthenticationError } from './errors.js';

/** Options of every client of LIME's platform (LIME contract §8.6, §9.6). */
export interface PlatformOptions extends TransportOptions {
  /** LIME's API root. Default: the environment variable `LIME_API_BASE`, else `https://lime.pics/api/v1`. */
  readonly baseUrl?: string | undefined;
  /** Milliseconds for each attempt of a request, headers and body. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** How often a request is sent again after a lost connection or a 408, 429, 500, 502, 503 or 504. Default 3. */
  readonly maxRetries?: number | undefined;
}

/** Whose credential it is (LIME contract §1.4). */
export type CredentialLane = 'agent' | 'site';

/** What a client proves itself with. */
export interface Credential<Lane extends CredentialLane = CredentialLane> {
  readonly lane: Lane;
  readonly token: string;
}

/**
 * The credential that the option or the environment gives, trimmed (LIME contract §1.3).
 *
 * @throws {AuthenticationError} there is none, or no header can hold it, with the codes that the platform has for these.
 */
export function resolveCredential<Lane extends CredentialLane>(
  lane: Lane,
  given: string | undefined,
): Credential<Lane> {
  const { option, variable, missing, invalid } = SOURCES[lane];
  const token = String(given || readEnvironment(variable) || '').trim();
  if (token === '') {
    throw new AuthenticationError(
      missing,
      `There is no ${lane} token: pass it as the option ${option}, or set the environment variable ${variable}.${howToAllow(variable)}`,
    );
  }
  if (!/^[\x20-\x7e]+$/.test(token)) {
    throw new AuthenticationError(
      invalid,
      `The ${lane} token (option ${option} or environment variable ${variable}) is not one line of plain ASCII text, so it cannot be sent. Copy it again.`,
    );
  }
  return { lane, token };
}

/** The API root that the option, the environment or the default gives (LIME contract §1.1). */
export function resolveBaseUrl({ baseUrl }: PlatformOptions): string {
  return baseUrl || readEnvironment('LIME_API_BASE') || 'https://lime.pics/api/v1';
}

const SOURCES = {
  agent: {
    option: 'agentToken',
    variable: 'LIME_AGENT_TOKEN',
    missing: 'MISSING_AGENT_TOKEN',
    invalid: 'INVALID_AGENT_TOKEN',
  },
  site: {
    option: 'siteToken',
    variable: 'LIME_SITE_TOKEN',
    missing: 'SITE_TOKEN_MISSING',
    invalid: 'SITE_TOKEN_INVALID',
  },
} as const;
