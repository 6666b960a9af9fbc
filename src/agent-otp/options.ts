import type { Logger, TransportOptions } from '../http/index.js';
import { howToAllow, readEnvironment } from '../runtime/environment.js';
import type { Dialect } from './dialect.js';
import { AuthenticationError, invalid } from './errors.js';
import type { WebSocketConstructor } from './watch/socket.js';

/** Options of `AgentOtpClient` (Agent OTP contract §1.4, §1.5). */
export interface AgentOtpClientOptions extends TransportOptions {
  /**
   * The agent's secret. Default: the environment variable `AGENT_OTP_API_KEY`, else `AGENT_OTP_KEY`. A client that only
   * administers needs none.
   */
  readonly apiKey?: string | undefined;
  /**
   * The API's address, without `/api/v1`. Default: the environment variable `AGENT_OTP_BASE_URL`, else `AGENT_OTP_URL`, else
   * `https://api.agentotp.com`.
   */
  readonly baseUrl?: string | undefined;
  /** The owner in whose name agents, policies and audit are administered: sent as `X-User-ID`, which the server trusts. */
  readonly ownerId?: string | undefined;
  /** The owner's own secret (`uk_…`), for servers that do not take `ownerId` at its word. */
  readonly ownerToken?: string | undefined;
  /** Milliseconds for each attempt of a request, headers and body. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** `timeoutMs` under its published name. */
  readonly timeout?: number | undefined;
  /**
   * How often a request is sent again: after a lost connection, 408, 429 or 5xx where it is safe to repeat (reads, verify,
   * delete), else only if it surely was not acted on. Default 3.
   */
  readonly retries?: number | undefined;
  /** `retries` under its published name. */
  readonly retryAttempts?: number | undefined;
  /** How the server is spoken to. Default `'implemented'`. */
  readonly dialect?: Dialect | undefined;
  /** Whether a denied or expired permission is thrown rather than returned. Default `false`. */
  readonly throwOnDenied?: boolean | undefined;
  /** Logs to the console where there is no `logger`. Default `false`. */
  readonly debug?: boolean | undefined;
  /** The class for the sockets that a server offers; `false` for polling only. Default: the runtime's own, if it has one. */
  readonly WebSocket?: WebSocketConstructor | false | undefined;
}

/** What the client is set to. */
export interface Settings {
  readonly apiKey: string | undefined;
  readonly baseUrl: string;
  readonly ownerId: string | undefined;
  readonly ownerToken: string | undefined;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly logger: Logger | undefined;
}

/**
 * @throws {AuthenticationError} there is no usable API key.
 * @throws {ValidationError} another option has the wrong form.
 */
export function resolveSettings(options: AgentOtpClientOptions): Settings {
  const { ownerId, ownerToken } = options;
  for (const [name, value] of Object.entries({ ownerId, ownerToken })) {
    if (value !== undefined && !isHeaderText(value)) throw invalid(name, 'must be one line of plain ASCII text');
  }
  return {
    apiKey: resolveApiKey(options.apiKey, (ownerId ?? ownerToken) !== undefined),
    baseUrl:
      options.baseUrl ||
      readEnvironment('AGENT_OTP_BASE_URL') ||
      readEnvironment('AGENT_OTP_URL') ||
      'https://api.agentotp.com',
    ownerId,
    ownerToken,
    timeoutMs: options.timeoutMs ?? options.timeout ?? 30_000,
    retries: options.retries ?? options.retryAttempts ?? 3,
    logger: options.logger ?? (options.debug ? console : undefined),
  };
}

function resolveApiKey(given: string | undefined, optional: boolean): string | undefined {
  const found = given || readEnvironment('AGENT_OTP_API_KEY') || readEnvironment('AGENT_OTP_KEY');
  const key = String(found ?? '').trim();
  if (key === '' && optional) return undefined;
  if (key === '') {
    throw new AuthenticationError(
      'MISSING_API_KEY',
      `There is no API key: pass it as the option apiKey, or set the environment variable AGENT_OTP_API_KEY.${howToAllow('AGENT_OTP_API_KEY')}`,
    );
  }
  if (isHeaderText(key)) return key;
  throw new AuthenticationError(
    'INVALID_API_KEY',
    'The API key (option apiKey or environment variable AGENT_OTP_API_KEY) is not one line of plain ASCII text, so it cannot be sent. Copy it again.',
  );
}

function isHeaderText(value: unknown): boolean {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
}
