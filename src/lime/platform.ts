import { HttpClient, HttpInputError, type HttpPath, type HttpRequest, type HttpResponse } from '../http/index.js';
import type { AnswerContext } from './envelope.js';
import { LimeInputError } from './errors.js';
import { type Credential, type CredentialLane, type PlatformOptions, resolveBaseUrl } from './platform-options.js';

/** A request to the platform, and how its answer is read. */
export interface PlatformRequest<T, Lane extends CredentialLane = 'agent'> {
  readonly method: 'GET' | 'POST';
  readonly path: HttpPath;
  /** Whose credential goes along: the client's, or nobody's (LIME contract §1.4). */
  readonly lane: Lane | 'public';
  readonly json?: unknown;
  /** Whether it may be sent again after its answer was lost. Default `true` (LIME contract §5). */
  readonly repeatable?: boolean | undefined;
  /** Whether to leave out the `Content-Type` that requests with a credential have even where there is no body. Default `false`. */
  readonly untyped?: boolean | undefined;
  /** The login request that it is about. */
  readonly requestId?: string | undefined;
  /** What must be in no error, beside the token. */
  readonly secrets?: readonly string[] | undefined;
  readonly signal: AbortSignal;
  /** See `HttpRequest.decode`. */
  decode(response: HttpResponse, context: AnswerContext): T;
}

/** LIME's platform as an agent or a site reaches it: the one place that holds the client's token. */
export class Platform<Lane extends CredentialLane = 'agent'> {
  readonly #http: HttpClient;
  readonly #credential: Credential<Lane>;

  /** @throws {LimeInputError} an option has the wrong form. */
  constructor(options: PlatformOptions, credential: Credential<Lane>) {
    this.#credential = credential;
    const { timeoutMs = 30_000, maxRetries = 3, fetch, logger, hooks, clock, random } = options;
    const shared = { scope: 'lime', timeoutMs, maxRetries, fetch, logger, hooks, clock, random };
    try {
      this.#http = new HttpClient({ baseUrl: resolveBaseUrl(options), ...shared });
    } catch (cause) {
      if (!(cause instanceof HttpInputError)) throw cause;
      throw new LimeInputError('INVALID_INPUT', cause.message, { cause });
    }
  }

  /** For what is more than a question and its answer: event streams and key sets. It adds no credential. */
  get http(): HttpClient {
    return this.#http;
  }

  /** The header that the client proves itself with. */
  get credentialHeader(): Readonly<Record<string, string>> {
    const { lane, token } = this.#credential;
    return { [lane === 'agent' ? 'X-Agent-Token' : 'X-Site-Token']: token };
  }

  /** What an answer is read with: the client's own token is always among the secrets. */
  contextOf({ requestId, secrets = [] }: Partial<AnswerContext> = {}): AnswerContext {
    return { requestId, secrets: [this.#credential.token, ...secrets] };
  }

  /**
   * Sends a request, again wherever LIME contract §5 says so.
   *
   * @throws what `decode` and `HttpClient.request` throw.
   */
  request<T>(request: PlatformRequest<T, Lane>): Promise<T> {
    const { lane, untyped = false, repeatable = true, requestId, secrets = [], decode, ...question } = request;
    const context = this.contextOf({ requestId, secrets });
    const own = { ...this.credentialHeader, 'Content-Type': untyped ? undefined : 'application/json' };
    const sent: HttpRequest<T> = {
      ...question,
      headers: lane === 'public' ? undefined : own,
      repeatable,
      decode: (response) => decode(response, context),
    };
    return this.#http.request(sent);
  }

  /** Breaks off what is in flight and refuses what comes later. May be called again. */
  close(): void {
    this.#http.close();
  }
}
