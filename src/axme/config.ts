import type { TransportOptions } from '../http/index.js';
import { howToAllow, readEnvironment } from '../runtime/environment.js';
import { AxmeInputError } from './errors.js';

/** What `mcpObserver` is told before an MCP request, and after its success (AXME contract §6). */
export interface McpObserverEvent {
  readonly phase: 'request' | 'response';
  /** Of JSON-RPC: `initialize`, `tools/list`, `tools/call`. */
  readonly method: string;
  readonly rpcId: string;
  readonly retryable: boolean;
  /** The names in the result, sorted. With `response` only. */
  readonly resultKeys?: readonly string[] | undefined;
}

/** Options of `AxmeClient` (AXME contract §1.4). */
export interface AxmeClientConfig extends TransportOptions {
  /** The gateway's root. Default: the environment variable `AXME_BASE_URL`, else `https://api.cloud.axme.ai`. */
  readonly baseUrl?: string | undefined;
  /** The machine credential, sent as `x-api-key`. Default: the environment variable `AXME_API_KEY`. */
  readonly apiKey?: string | undefined;
  /**
   * How the API key travels. `'bearer'` is `Authorization: Bearer <apiKey>`, which gateways before 0.1.1 expect; there is no
   * room for an actor token then. Default `'x-api-key'`.
   */
  readonly apiKeyHeader?: 'x-api-key' | 'bearer' | undefined;
  /** The user or session context, sent as `Authorization: Bearer …`. Default: the environment variable `AXME_ACTOR_TOKEN`. */
  readonly actorToken?: string | undefined;
  /** `actorToken` under its other name. If both are given, they must be the same. */
  readonly bearerToken?: string | undefined;
  /** Milliseconds for each attempt of a request, headers and body. Default 15,000. */
  readonly timeoutMs?: number | undefined;
  /** How often a request that may be repeated is sent again after a lost connection, 408, 429 or 5xx. Default 2. */
  readonly maxRetries?: number | undefined;
  /** Upper bound of the first delay before a retry, in milliseconds; it doubles with each, up to 8 s. Default 200. */
  readonly retryBackoffMs?: number | undefined;
  /** Whether a call without a `traceId` gets one. Default `true`. */
  readonly autoTraceId?: boolean | undefined;
  /**
   * Whether a call without an `idempotencyKey` gets one. Default: `createIntent` and `sendIntent` alone, since the service
   * declares for no other endpoint that it heeds the key (AXME contract §5.1); `true`: every call that changes something and
   * may be repeated with a key; `false`: none.
   */
  readonly autoIdempotency?: boolean | undefined;
  /** Whether `createIntent` also sends its correlation id as `X-Correlation-Id`. Default `false`: it is in the body. */
  readonly correlationHeader?: boolean | undefined;
  /** The owner of MCP calls that name none. */
  readonly defaultOwnerAgent?: string | undefined;
  /** Path of the MCP endpoint below `baseUrl`. Default `/mcp`. */
  readonly mcpEndpointPath?: string | undefined;
  /** Default `2024-11-05`. */
  readonly mcpProtocolVersion?: string | undefined;
  /** Told of each MCP request and its success. What it throws is ignored. */
  readonly mcpObserver?: ((event: McpObserverEvent) => void) | undefined;
}

/** What the client proves itself with. */
export interface Credentials {
  readonly apiKey: string;
  readonly asBearer: boolean;
  readonly actorToken: string | undefined;
}

/** The options that are no secret, with their defaults. */
export interface Settings {
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly retryBackoffMs: number;
  readonly autoTraceId: boolean;
  readonly autoIdempotency: boolean | undefined;
  readonly correlationHeader: boolean;
  readonly defaultOwnerAgent: string | undefined;
  readonly mcpEndpointPath: `/${string}`;
  readonly mcpProtocolVersion: string;
  readonly mcpObserver: AxmeClientConfig['mcpObserver'];
}

const DEFAULT_BASE_URL = 'https://api.cloud.axme.ai';

/** @throws {AxmeInputError} there is no API key, or one of the credentials has the wrong form. */
export function resolveCredentials(config: AxmeClientConfig): Credentials {
  const { apiKeyHeader = 'x-api-key', bearerToken } = config;
  const apiKey = text('apiKey', config.apiKey, 'AXME_API_KEY');
  if (apiKey === undefined) {
    throw new AxmeInputError(
      `apiKey is missing: pass it, or set the environment variable AXME_API_KEY.${howToAllow('AXME_API_KEY')}`,
      { field: 'apiKey' },
    );
  }
  if (apiKeyHeader !== 'x-api-key' && apiKeyHeader !== 'bearer') {
    throw invalid('apiKeyHeader', "must be 'x-api-key' or 'bearer'");
  }
  const given = text('actorToken', config.actorToken);
  const alias = text('bearerToken', bearerToken);
  if (given !== undefined && alias !== undefined && given !== alias) {
    throw invalid('bearerToken', 'is another name for actorToken, and they differ: pass one of them');
  }
  const actorToken = given ?? alias ?? readEnvironment('AXME_ACTOR_TOKEN')?.trim();
  if (apiKeyHeader === 'bearer' && actorToken !== undefined) {
    throw invalid('actorToken', "cannot go along with apiKeyHeader 'bearer', which takes its header");
  }
  return { apiKey, asBearer: apiKeyHeader === 'bearer', actorToken };
}

/** @throws {AxmeInputError} an option has the wrong form. */
export function resolveSettings(config: AxmeClientConfig): Settings {
  const { timeoutMs = 15_000, maxRetries = 2, retryBackoffMs = 200, autoTraceId = true } = config;
  const { autoIdempotency, correlationHeader = false, mcpObserver } = config;
  const baseUrl = text('baseUrl', config.baseUrl, 'AXME_BASE_URL') ?? DEFAULT_BASE_URL;
  if (/^https?:\/\/gateway\.axme\.ai(?![\w.-])/i.test(baseUrl)) {
    throw invalid('baseUrl', `names a gateway that does not exist: leave it out, or pass ${DEFAULT_BASE_URL}`);
  }
  if (!(Number.isFinite(retryBackoffMs) && retryBackoffMs >= 0)) {
    throw invalid('retryBackoffMs', 'must be a number of milliseconds of 0 or more');
  }
  return {
    baseUrl,
    timeoutMs,
    maxRetries,
    retryBackoffMs,
    autoTraceId,
    autoIdempotency,
    correlationHeader,
    defaultOwnerAgent: text('defaultOwnerAgent', config.defaultOwnerAgent),
    mcpEndpointPath: `/${(text('mcpEndpointPath', config.mcpEndpointPath) ?? 'mcp').replace(/^\/+/, '')}`,
    mcpProtocolVersion: text('mcpProtocolVersion', config.mcpProtocolVersion) ?? '2024-11-05',
    mcpObserver,
  };
}

/** An option as trimmed text. Only `undefined` falls back to the environment: a blank one is a mistake. */
function text(name: string, given: unknown, variable?: string): string | undefined {
  if (given === undefined) return variable === undefined ? undefined : readEnvironment(variable)?.trim();
  if (typeof given === 'string' && given.trim() !== '') return given.trim();
  throw invalid(name, `must be a non-empty string${variable === undefined ? '' : `: without it ${variable} is read`}`);
}

function invalid(field: string, what: string): AxmeInputError {
  return new AxmeInputError(`${field} ${what}.`, { field });
}
