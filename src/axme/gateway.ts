import { Calls, HttpClient, type HttpPath, type HttpResponse, type Logger, quietly } from '../http/index.js';
import { type Clock, systemClock } from '../runtime/clock.js';
import { version } from '../version.js';
import { redact } from '../wire/redact.js';
import { checkHeaderOption, checkSignal } from './arguments.js';
import {
  type AxmeClientConfig,
  type Credentials,
  resolveCredentials,
  resolveSettings,
  type Settings,
} from './config.js';
import { AxmeClosedError, AxmeConflictError, type AxmeHttpError, AxmeInputError, AxmeProtocolError } from './errors.js';
import type { Operation } from './operation.js';
import type { ControlOptions } from './options.js';
import { pathOf } from './path.js';
import { refusalOf } from './refusal.js';
import { outcomeUnknown, toAxmeError } from './translate.js';
import { UsedKeys } from './used-keys.js';
import { uuid } from './uuid.js';

/** Where a request goes and what it holds. */
export interface CallInput {
  /** Fills the operation's path. */
  readonly params?: Readonly<Record<string, string>> | undefined;
  /** Replaces the operation's path, where a parameter is more than one segment. */
  readonly path?: HttpPath | undefined;
  /** Undefined values are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  readonly body?: unknown;
  readonly options?: ControlOptions | undefined;
  /** A key that `keyFor` has made. Default: it makes one where it should. */
  readonly idempotencyKey?: string | undefined;
  /** Beside those of `headersFor`. */
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
}

/** What a request is: as much of an operation as the gateway needs. */
export type RequestLine = Pick<Operation, 'verb' | 'path' | 'repeatable' | 'declaresKey'>;

/** AXME's gateway as the client reaches it: the one place that holds the credentials. */
export class Gateway {
  readonly settings: Settings;
  readonly clock: Clock;
  /** Numbers in [0, 1), for jitter. */
  readonly random: () => number;
  readonly logger: Logger | undefined;
  /** For streams. It adds no credential: see `headersFor`. What it throws is not AXME's own: see `toAxmeError`. */
  readonly http: HttpClient;
  /** Every call of the client, for what is more than a request and its answer. */
  readonly calls = new Calls(() => new AxmeClosedError());
  readonly #usedKeys: UsedKeys;
  readonly #credentials: Credentials;
  readonly #closing = new AbortController();

  /** @throws {AxmeInputError} an option has the wrong form. */
  constructor(config: AxmeClientConfig, fetch?: typeof globalThis.fetch | undefined) {
    this.#credentials = resolveCredentials(config);
    this.settings = resolveSettings(config);
    const { logger, hooks, clock = systemClock, random = Math.random } = config;
    const { baseUrl, timeoutMs, maxRetries, retryBackoffMs } = this.settings;
    this.clock = clock;
    this.random = random;
    this.logger = logger;
    this.#usedKeys = new UsedKeys(clock);
    try {
      this.http = new HttpClient({
        baseUrl,
        scope: 'axme',
        timeoutMs,
        maxRetries,
        retryStatuses: RETRIED,
        backoff: { baseMs: retryBackoffMs, capMs: 8000 },
        fetch: fetch ?? config.fetch,
        logger,
        hooks,
        clock,
        random,
      });
    } catch (cause) {
      throw toAxmeError(cause);
    }
  }

  /** Aborts when the client is closed, for what goes on by itself. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /**
   * Sends a request, again where AXME contract §5.2 allows it, and returns the reply as it is on the wire.
   *
   * @throws {AxmeError} one of its tree, or the signal's reason.
   */
  async call<T>(operation: RequestLine, input: CallInput = {}): Promise<T> {
    const { options = {}, body, query } = input;
    checkSignal(options.signal);
    checkHeaderOption('idempotencyKey', options.idempotencyKey);
    const { verb, declaresKey = false } = operation;
    const repeatable = operation.repeatable ?? (verb === 'GET' || verb === 'DELETE' ? 'always' : 'with_key');
    const { idempotencyKey = this.keyFor(operation, options) } = input;
    const write = repeatable === 'always' ? undefined : { idempotencyKey };
    return this.calls.run(
      options.signal,
      (error) => toAxmeError(error, write),
      async (signal) => {
        const target = input.path ?? pathOf(operation.path, input.params);
        const headers: Readonly<Record<string, string | undefined>> = {
          ...this.headersFor(options),
          'Idempotency-Key': idempotencyKey,
          ...input.headers,
        };
        if (options.idempotencyKey) await this.#warnOfReuse(operation, target, options.idempotencyKey, body);
        const repeat = repeatable === 'always' || (repeatable === 'with_key' && idempotencyKey !== undefined);
        const secrets = secretsIn(input);
        return this.http.request({
          method: verb,
          path: target,
          query,
          headers,
          json: body,
          repeatable: repeat,
          maxRetries: repeat ? undefined : 0,
          timeoutMs: options.timeoutMs,
          signal,
          decode: (response) => {
            if (response.status < 300) return this.#read<T>(response, headers);
            const refusal = this.errorOf(response, secrets, headers['X-Trace-Id']);
            const wasLost = response.earlier.some(({ lost }) => lost);
            throw write && wasLost && leavesOpen(refusal, declaresKey)
              ? outcomeUnknown(refusal, refusal.status, write)
              : refusal;
          },
        });
      },
    );
  }

  /**
   * The headers of a logical call (AXME contract §1.2): who asks, for whom, and under which trace id. Take them once, so that
   * every request of the call has the same trace id.
   *
   * @throws {AxmeInputError} the two owners differ, or an option cannot be in a header.
   */
  headersFor(options: ControlOptions = {}): Readonly<Record<string, string | undefined>> {
    const { apiKey, asBearer, actorToken } = this.#credentials;
    const { ownerAgent, xOwnerAgent, authorization, traceId } = options;
    for (const [name, value] of Object.entries({ xOwnerAgent, authorization, traceId })) checkHeaderOption(name, value);
    if (ownerAgent && xOwnerAgent && ownerAgent !== xOwnerAgent) {
      throw new AxmeInputError('ownerAgent and xOwnerAgent differ: they name one owner, so pass one of them.', {
        field: 'xOwnerAgent',
      });
    }
    const bearer = asBearer ? apiKey : actorToken;
    return {
      'x-api-key': asBearer ? undefined : apiKey,
      Authorization: authorization || (bearer && `Bearer ${bearer}`),
      'x-owner-agent': xOwnerAgent || undefined,
      'Content-Type': 'application/json',
      'X-Axme-Client': `countersign/${version}`,
      'X-Trace-Id': traceId || (this.settings.autoTraceId ? uuid() : undefined),
    };
  }

  /** The idempotency key of a call: the caller's, or one made for it where `autoIdempotency` says so. */
  keyFor({ verb, repeatable, declaresKey = false }: RequestLine, options: ControlOptions): string | undefined {
    const { autoIdempotency = declaresKey } = this.settings;
    const takesKey = (verb === 'POST' || verb === 'PATCH') && (repeatable ?? 'with_key') === 'with_key';
    return options.idempotencyKey || (autoIdempotency && takesKey ? uuid() : undefined);
  }

  /** The error that an answer means, without any of the secrets. `traceId` is what the call was sent with. */
  errorOf(response: HttpResponse, secrets: readonly (string | undefined)[] = [], traceId?: string): AxmeHttpError {
    return refusalOf(response, this.#secrets(secrets), traceId);
  }

  /** A copy of a JSON value without the credentials, for an error that has it. */
  redact(value: unknown): unknown {
    return redact(value, this.#secrets());
  }

  /** Breaks off what is in flight and refuses what comes later. May be called again. */
  close(): void {
    this.#closing.abort(new AxmeClosedError());
    this.calls.close();
    this.http.close();
  }

  #secrets(others: readonly (string | undefined)[] = []): readonly string[] {
    const { apiKey, actorToken } = this.#credentials;
    return [apiKey, actorToken, ...others].filter((secret) => secret !== undefined);
  }

  /** A success: a JSON object, or nothing at all, which is read as an empty one. */
  #read<T>({ status, json, text, headers }: HttpResponse, sent: Readonly<Record<string, string | undefined>>): T {
    if (text.trim() === '') return {} as T;
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as T;
    throw new AxmeProtocolError(
      `the answer (HTTP ${status}) is no JSON object. Check that baseUrl is the root of AXME's gateway.`,
      {
        requestId: headers.get('x-request-id') ?? undefined,
        traceId: headers.get('x-trace-id') ?? sent['X-Trace-Id'],
      },
    );
  }

  async #warnOfReuse(
    { verb }: RequestLine,
    { encoded, template }: HttpPath,
    key: string,
    body: unknown,
  ): Promise<void> {
    if (!(await this.#usedKeys.reused(`${verb} ${encoded}`, key, body))) return;
    quietly(() =>
      this.logger?.warn(
        `${verb} ${template}: this idempotencyKey was used within the last 24 hours with other parameters, so the service will refuse it or answer for those.`,
        { scope: 'axme', method: verb, path: template },
      ),
    );
  }
}

/**
 * Whether a refusal says nothing of an attempt before it whose answer was lost: of a conflict, that attempt may be the cause,
 * unless the service tells the two apart by their key; and what fails for now was not looked at.
 */
function leavesOpen(refusal: AxmeHttpError, declaresKey: boolean): boolean {
  return refusal instanceof AxmeConflictError ? !declaresKey : refusal.retryable;
}

/** After any failure of the service, as its own clients do, and where it was too busy (AXME contract §5.2). */
const RETRIED: readonly number[] = [408, 429, ...Array.from({ length: 100 }, (_, index) => 500 + index)];

/** What is sent in confidence: the secret of a webhook, the token of an invite, an authorization with or without its scheme. */
function secretsIn({ params, body, options }: CallInput): readonly (string | undefined)[] {
  const { secret } = (body ?? {}) as { secret?: unknown };
  const authorization = options?.authorization;
  return [
    params?.['token'],
    typeof secret === 'string' ? secret : undefined,
    authorization,
    authorization?.replace(/^\S+\s+/, ''),
  ];
}
