import type {
  McpCallOptions,
  McpLoggingLevel,
  McpPrompt,
  McpPromptResult,
  McpResource,
  McpResourceResult,
  McpResourceTemplate,
  McpServerCapabilities,
  McpSession,
  McpTool,
  McpToolCallOptions,
  McpToolResult,
} from '../mcp/index.js';
import { systemClock } from '../runtime/clock.js';
import type { McpAccessToken } from './access-token.js';
import { type LimeAgentOptions, type McpSettings, resolveMcpSettings } from './agent-options.js';
import { LimeInputError } from './errors.js';
import { internalsOf, LimeLogin } from './lime-login.js';
import { McpLane } from './mcp-lane.js';
import { fetchProfile } from './profile.js';
import type { AgentProfile } from './profile-wire.js';
import { readTarget } from './target.js';
import { Tokens } from './tokens.js';
import { toLimeError } from './translate.js';

/** Options of one token request. */
export interface McpTokenOptions {
  /** Issues a new token, whatever the cache holds. Default `false`. */
  readonly forceRefresh?: boolean | undefined;
  /** Ends the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * An agent at LIME: it logs in to sites, has a profile, gets access tokens and calls MCP servers with them.
 *
 * ```ts
 * const agent = new LimeAgent({ agentToken });
 * const tools = await agent.listTools('https://tools.example.org/mcp');
 * const { content } = await agent.callTool('tools.example.org', 'echo', { text: 'hello' });
 * await agent.close();
 * ```
 *
 * A target is the URL of an MCP endpoint, or a host, which then has it at `/mcp`. Every MCP method rejects with a
 * `LimeInputError` for a bad target, an `AuthenticationError` or `OAuthCapabilityError` where the platform gives no token,
 * a `McpAuthenticationError` where the server takes none, a `LimeError` for other failures below MCP, what the server
 * answers by JSON-RPC as the MCP SDK's `McpError`, and the signal's reason.
 *
 * @see LIME contract §3 to §8
 */
export class LimeAgent extends LimeLogin {
  readonly #tokens: Tokens;
  readonly #settings: McpSettings;
  readonly #mcp: McpLane;

  /**
   * @throws {AuthenticationError} there is no usable agent token.
   * @throws {LimeInputError} another option has the wrong form.
   */
  constructor(options: LimeAgentOptions = {}) {
    super(options);
    const { platform, calls } = internalsOf(this);
    this.#settings = resolveMcpSettings(options);
    const { skewMs, tokenRequest } = this.#settings;
    this.#tokens = new Tokens(platform, { skewMs, tokenRequest, clock: options.clock ?? systemClock });
    this.#mcp = new McpLane(options, this.#settings, this.#tokens, calls);
  }

  /** Who the agent is. @throws {AuthenticationError} the platform refused the agent. @throws {LimeError} as `login` does. */
  getProfile(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<AgentProfile> {
    const { platform, calls } = internalsOf(this);
    return calls.run(options.signal, toLimeError, (signal) => fetchProfile(platform, signal));
  }

  /**
   * An access token for the MCP server that `target` names: from the cache, or a new one. Without a target it is asked for
   * without a domain, and cached by itself.
   *
   * @throws {LimeInputError} a bad target; or none, although `tokenRequest` is `'domain'`.
   * @throws {OAuthCapabilityError} the agent may not have such tokens.
   * @throws {ApiError} the platform refused, or its answer is no token (`INVALID_TOKEN_RESPONSE`).
   * @throws {LimeError} as `login` does.
   * @see LIME contract §7
   */
  getMcpAccessToken(options?: McpTokenOptions): Promise<McpAccessToken>;
  getMcpAccessToken(target: string | undefined, options?: McpTokenOptions): Promise<McpAccessToken>;
  getMcpAccessToken(
    targetOrOptions?: string | McpTokenOptions | undefined,
    given: McpTokenOptions = {},
  ): Promise<McpAccessToken> {
    const hasOptions = typeof targetOrOptions === 'object' && targetOrOptions !== null;
    const [target, options] = hasOptions ? [undefined, targetOrOptions] : [targetOrOptions, given];
    return internalsOf(this).calls.run(options.signal, toLimeError, async (signal) => {
      const { token } = await this.#tokens.get(this.#domainOf(target), { force: options.forceRefresh, signal });
      return token;
    });
  }

  /** Every tool that the server offers, from all pages. */
  listTools(target: string, options?: McpCallOptions): Promise<McpTool[]> {
    return this.#mcp.at(target).listTools(options);
  }

  /**
   * Calls a tool. One that fails says so in the result's `isError`; it is not thrown.
   *
   * @throws {McpOutcomeUnknownError} the tool may have run, and its answer was lost. With `{ idempotent: true }` the call is
   *   made again instead.
   */
  callTool(
    target: string,
    name: string,
    args?: Readonly<Record<string, unknown>> | undefined,
    options?: McpToolCallOptions,
  ): Promise<McpToolResult> {
    return this.#mcp.at(target).callTool(name, args, options);
  }

  /** Every resource that the server offers, from all pages. */
  listResources(target: string, options?: McpCallOptions): Promise<McpResource[]> {
    return this.#mcp.at(target).listResources(options);
  }

  /** Every resource template that the server offers, from all pages. */
  listResourceTemplates(target: string, options?: McpCallOptions): Promise<McpResourceTemplate[]> {
    return this.#mcp.at(target).listResourceTemplates(options);
  }

  /** Reads a resource. */
  readResource(target: string, uri: string, options?: McpCallOptions): Promise<McpResourceResult> {
    return this.#mcp.at(target).readResource(uri, options);
  }

  /** Every prompt that the server offers, from all pages. */
  listPrompts(target: string, options?: McpCallOptions): Promise<McpPrompt[]> {
    return this.#mcp.at(target).listPrompts(options);
  }

  /** A prompt with its arguments filled in. */
  getPrompt(
    target: string,
    name: string,
    args?: Readonly<Record<string, string>> | undefined,
    options?: McpCallOptions,
  ): Promise<McpPromptResult> {
    return this.#mcp.at(target).getPrompt(name, args, options);
  }

  /** Sets what the server logs to the session, and above. */
  setLoggingLevel(target: string, level: McpLoggingLevel, options?: McpCallOptions): Promise<void> {
    return this.#mcp.at(target).setLoggingLevel(level, options);
  }

  /** Resolves if the server answers. */
  sendPing(target: string, options?: McpCallOptions): Promise<void> {
    return this.#mcp.at(target).sendPing(options);
  }

  /** What the server said that it can do when the session was opened. */
  getServerCapabilities(target: string, options?: McpCallOptions): Promise<McpServerCapabilities> {
    return this.#mcp.at(target).getServerCapabilities(options);
  }

  /** Tells the server how far something is. `progress` rises; `total` is what it ends at. */
  sendProgressNotification(
    target: string,
    progressToken: string | number,
    progress: number,
    total?: number | undefined,
    options?: McpCallOptions,
  ): Promise<void> {
    return this.#mcp.at(target).sendProgressNotification(progressToken, progress, total, options);
  }

  /**
   * Holds one session with the server, for calls that need the state it keeps. Others may use it too, between these calls.
   * Once a call has been answered in it, it is not replaced: if the server forgets it, calls reject with `MCP_SESSION_GONE`.
   *
   * ```ts
   * await agent.mcpSession(target, async (session) => session.callTool('echo', { text: 'hello' }));
   * await using session = await agent.mcpSession(target);
   * ```
   *
   * @throws what `use` throws, as it is.
   */
  mcpSession(target: string, options?: Pick<McpCallOptions, 'signal'>): Promise<McpSession>;
  mcpSession<T>(
    target: string,
    use: (session: McpSession) => T | Promise<T>,
    options?: Pick<McpCallOptions, 'signal'>,
  ): Promise<T>;
  async mcpSession<T>(
    target: string,
    useOrOptions?: ((session: McpSession) => T | Promise<T>) | Pick<McpCallOptions, 'signal'> | undefined,
    options: Pick<McpCallOptions, 'signal'> = {},
  ): Promise<McpSession | T> {
    if (typeof useOrOptions !== 'function') return this.#mcp.open(target, useOrOptions?.signal);
    const session = await this.#mcp.open(target, options.signal);
    try {
      return await useOrOptions(session);
    } finally {
      await session.close();
    }
  }

  /** Breaks off what is in flight, ends every MCP session and refuses later calls. Bounded in time. May be called again. */
  override async close(): Promise<void> {
    internalsOf(this).calls.close();
    await this.#mcp.close();
    await super.close();
  }

  #domainOf(target: string | undefined): string | undefined {
    const { targets, tokenRequest } = this.#settings;
    if (target !== undefined) {
      const { host, isIp } = readTarget(target, targets);
      return isIp ? undefined : host;
    }
    if (tokenRequest !== 'domain') return undefined;
    throw new LimeInputError(
      'INVALID_INPUT',
      "The target is missing: with tokenRequest 'domain' a token is for a domain. Pass the URL or the host of the MCP server.",
    );
  }
}
