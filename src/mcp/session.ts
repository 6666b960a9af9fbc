/// <reference lib="esnext.disposable" preserve="true" />
import { closeOnDispose } from '../runtime/disposable.js';
import { readAllPages } from './pages.js';
import type { McpOperation } from './pool.js';
import type {
  McpLoggingLevel,
  McpProgress,
  McpPrompt,
  McpPromptResult,
  McpResource,
  McpResourceResult,
  McpResourceTemplate,
  McpServerCapabilities,
  McpTool,
  McpToolResult,
} from './types.js';

/** Options of one MCP call. */
export interface McpCallOptions {
  /** Ends the call, which then rejects with the signal's reason. The session stays usable. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a sign of life from the server. Default: the client's `mcpReadTimeoutMs`. */
  readonly timeoutMs?: number | undefined;
  /** Called when the server tells how far it is. What it throws is ignored. */
  readonly onProgress?: ((progress: McpProgress) => void) | undefined;
}

/** Options of one tool call. */
export interface McpToolCallOptions extends McpCallOptions {
  /**
   * Whether the tool may run twice, so that the call is made again when its answer is lost. Default `false`. A call that was
   * turned down with 401 or 404 has not run, and is made again in any case.
   */
  readonly idempotent?: boolean | undefined;
}

/** Carries an operation out in a session. */
export type McpRunner = <T>(operation: McpOperation<T>, options: McpCallOptions, repeatable: boolean) => Promise<T>;

/** What can be asked of an MCP server. */
export class McpSession implements AsyncDisposable {
  readonly #run: McpRunner;
  readonly #release: () => Promise<void>;

  /** `close` for `await using`, where the runtime has the symbol. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;

  constructor(run: McpRunner, release: () => Promise<void>) {
    closeOnDispose(McpSession.prototype, Symbol.asyncDispose);
    this.#run = run;
    this.#release = release;
  }

  /** Every tool, from all pages: `tools/list`. */
  listTools(options: McpCallOptions = {}): Promise<McpTool[]> {
    return this.#run((connection, call) => readAllPages('tools', connection, call), options, true);
  }

  /** Calls a tool: `tools/call`. A tool that fails says so in the result's `isError`. */
  callTool(
    name: string,
    args: Readonly<Record<string, unknown>> = {},
    options: McpToolCallOptions = {},
  ): Promise<McpToolResult> {
    return this.#run((connection, call) => connection.callTool(name, args, call), options, options.idempotent ?? false);
  }

  /** Every resource, from all pages: `resources/list`. */
  listResources(options: McpCallOptions = {}): Promise<McpResource[]> {
    return this.#run((connection, call) => readAllPages('resources', connection, call), options, true);
  }

  /** Every resource template, from all pages: `resources/templates/list`. */
  listResourceTemplates(options: McpCallOptions = {}): Promise<McpResourceTemplate[]> {
    return this.#run((connection, call) => readAllPages('resourceTemplates', connection, call), options, true);
  }

  /** Reads a resource: `resources/read`. */
  readResource(uri: string, options: McpCallOptions = {}): Promise<McpResourceResult> {
    return this.#run((connection, call) => connection.readResource(uri, call), options, true);
  }

  /** Every prompt, from all pages: `prompts/list`. */
  listPrompts(options: McpCallOptions = {}): Promise<McpPrompt[]> {
    return this.#run((connection, call) => readAllPages('prompts', connection, call), options, true);
  }

  /** A prompt with its arguments filled in: `prompts/get`. */
  getPrompt(
    name: string,
    args: Readonly<Record<string, string>> = {},
    options: McpCallOptions = {},
  ): Promise<McpPromptResult> {
    return this.#run((connection, call) => connection.getPrompt(name, args, call), options, true);
  }

  /** Sets what the server logs to the session, and above: `logging/setLevel`. */
  setLoggingLevel(level: McpLoggingLevel, options: McpCallOptions = {}): Promise<void> {
    return this.#run((connection, call) => connection.setLoggingLevel(level, call), options, true);
  }

  /** Resolves if the server answers: `ping`. */
  sendPing(options: McpCallOptions = {}): Promise<void> {
    return this.#run((connection, call) => connection.ping(call), options, true);
  }

  /** What the server said that it can do when the session was opened. Asks nothing. */
  getServerCapabilities(options: McpCallOptions = {}): Promise<McpServerCapabilities> {
    return this.#run(async ({ capabilities }) => capabilities, options, true);
  }

  /** Tells the server how far something is: `notifications/progress`. `progress` rises; `total` is what it ends at. */
  sendProgressNotification(
    progressToken: string | number,
    progress: number,
    total?: number | undefined,
    options: McpCallOptions = {},
  ): Promise<void> {
    const params = total === undefined ? { progress } : { progress, total };
    return this.#run((connection, call) => connection.sendProgress(progressToken, params, call), options, true);
  }

  /** Lets go of the session, which the client keeps for other calls. May be called again. */
  close(): Promise<void> {
    return this.#release();
  }
}
