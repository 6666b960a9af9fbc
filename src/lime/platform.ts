import { HttpClient, HttpInputError, type HttpPath, type HttpRequest, type HttpResponse } from '../http/index.js';
import type { AnswerContext } from './envelope.js';
import { LimeInputError } from './errors.js';
import { type LimeLoginOptions, resolveAgentToken, resolveBaseUrl } from './options.js';

/** A request to the platform, and how its answer is read. */
export interface PlatformRequest<T> {
  readonly method: 'GET' | 'POST';
  readonly path: HttpPath;
  /** Whose credential goes along: the agent's, or nobody's (LIME contract §1.4). */
  readonly lane: 'agent' | 'public';
  readonly json?: unknown;
  /** Whether to leave out the `Content-Type` that the agent's requests have even where there is no body. Default `false`. */
  readonly untyped?: boolean | undefined;
  /** The login request that it is about. */
  readonly requestId?: string | undefined;
  /** What must be in no error, beside the token. */
  readonly secrets?: readonly string[] | undefined;
  readonly signal: AbortSignal;
  /** See `HttpRequest.decode`. */
  decode(response: HttpResponse, context: AnswerContext): T;
}

/** LIME's platform as an agent reaches it: the one place that holds the agent's token. */
export class Platform {
  readonly #http: HttpClient;
  readonly #agentToken: string;

  /**
   * @throws {AuthenticationError} there is no usable token.
   * @throws {LimeInputError} another option has the wrong form.
   */
  constructor(options: LimeLoginOptions) {
    this.#agentToken = resolveAgentToken(options);
    const { timeoutMs = 30_000, maxRetries = 3, fetch, logger, hooks, clock, random } = options;
    const shared = { scope: 'lime', timeoutMs, maxRetries, fetch, logger, hooks, clock, random };
    try {
      this.#http = new HttpClient({ baseUrl: resolveBaseUrl(options), ...shared });
    } catch (cause) {
      if (!(cause instanceof HttpInputError)) throw cause;
      throw new LimeInputError('INVALID_INPUT', cause.message, { cause });
    }
  }

  /**
   * Sends a request, again wherever LIME contract §5 says so.
   *
   * @throws what `decode` and `HttpClient.request` throw.
   */
  request<T>({ lane, untyped, requestId, secrets = [], decode, ...request }: PlatformRequest<T>): Promise<T> {
    const context = { requestId, secrets: [this.#agentToken, ...secrets] };
    const sent: HttpRequest<T> = {
      ...request,
      headers: lane === 'agent' ? this.#agentHeaders(untyped) : undefined,
      repeatable: true,
      decode: (response) => decode(response, context),
    };
    return this.#http.request(sent);
  }

  /** Breaks off what is in flight and refuses what comes later. May be called again. */
  close(): void {
    this.#http.close();
  }

  #agentHeaders(untyped = false): Record<string, string | undefined> {
    return { 'X-Agent-Token': this.#agentToken, 'Content-Type': untyped ? undefined : 'application/json' };
  }
}
