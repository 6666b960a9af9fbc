import type { Calls } from '../http/index.js';
import { type McpCallOptions, McpPool, type McpRunner, McpSession, type McpTarget } from '../mcp/index.js';
import { systemClock } from '../runtime/clock.js';
import { version } from '../version.js';
import { checkReadTimeout, type LimeAgentOptions, type McpSettings } from './agent-options.js';
import { readTarget } from './target.js';
import type { Tokens } from './tokens.js';
import { toMcpError } from './translate-mcp.js';

/** MCP as an agent of LIME does it: targets by LIME's rules, tokens from LIME, failures as LIME's. */
export class McpLane {
  readonly #pool: McpPool;
  readonly #tokens: Tokens;
  readonly #calls: Calls;
  readonly #settings: McpSettings;

  constructor(options: LimeAgentOptions, settings: McpSettings, tokens: Tokens, calls: Calls) {
    const { mcpFetch: fetch, logger, hooks, clock = systemClock } = options;
    const { readTimeoutMs, serialize, idleMs, maxIdle } = settings;
    this.#pool = new McpPool({
      scope: 'lime.agents.mcp',
      client: { name: 'countersign', version },
      fetch,
      logger,
      hooks,
      clock,
      readTimeoutMs,
      serialize,
      idleMs,
      maxIdle,
    });
    this.#tokens = tokens;
    this.#calls = calls;
    this.#settings = settings;
  }

  /** The server, to be called in whatever session there is at the time. Nothing is checked before it is called. */
  at(target: string): McpSession {
    const run: McpRunner = (operation, options, repeatable) =>
      this.#run(options, (signal, given) =>
        this.#pool.run(this.#resolve(target), operation, { ...given, signal, repeatable }),
      );
    return new McpSession(run, async () => {});
  }

  /** A session that is held until it is closed. */
  async open(target: string, signal: AbortSignal | undefined): Promise<McpSession> {
    const pin = await this.#run({ signal }, (signal) => this.#pool.pin(this.#resolve(target), signal));
    const run: McpRunner = (operation, options, repeatable) =>
      this.#run(options, (signal, given) => pin.run(operation, { ...given, signal, repeatable }));
    return new McpSession(run, () => pin.release());
  }

  /** Ends every session. Bounded in time. May be called again. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  #run<T>(
    { signal, timeoutMs, onProgress }: McpCallOptions,
    work: (
      signal: AbortSignal,
      given: { readTimeoutMs: number | undefined; onProgress: McpCallOptions['onProgress'] },
    ) => Promise<T>,
  ): Promise<T> {
    return this.#calls.run(signal, toMcpError, async (signal) =>
      work(signal, { readTimeoutMs: checkReadTimeout(timeoutMs), onProgress }),
    );
  }

  #resolve(target: string): McpTarget {
    const { host, isIp, url } = readTarget(target, this.#settings.targets);
    // Tokens are for names: for an address the platform is asked for one without a domain.
    const domain = isIp ? undefined : host;
    const { href, hash } = new URL(url);
    return {
      url: hash === '' ? href : href.slice(0, -hash.length),
      token: async (options) => {
        const { token, generation } = await this.#tokens.get(domain, options);
        return { value: token.accessToken, generation };
      },
    };
  }
}
