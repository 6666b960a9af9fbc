import type { HttpHooks, Logger } from '../http/index.js';
import type { Clock } from '../runtime/clock.js';
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

// The port behind which the MCP SDK stands. Whatever its next major looks like, it is adapted here and nowhere else.

/** A Bearer token, and which one it is: every token that is issued for a target has a higher generation. */
export interface McpToken {
  readonly value: string;
  readonly generation: number;
}

/** A server to talk to, and how its tokens are got. */
export interface McpTarget {
  /** The endpoint, an absolute http(s) URL. */
  readonly url: string;
  /** The current token; a newer one if `rejected` is the generation of one that the server has turned down. */
  token(options: { readonly rejected?: number | undefined; readonly signal: AbortSignal }): Promise<McpToken>;
}

/** One call on a connection. */
export interface McpCall {
  /** Ends the call, which then rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Milliseconds without a sign of life from the server. */
  readonly readTimeoutMs: number;
  readonly onProgress?: ((progress: McpProgress) => void) | undefined;
  /** 1 for the first. */
  readonly attempt: number;
}

/** The items that each list method lists. */
export interface McpLists {
  readonly tools: McpTool;
  readonly resources: McpResource;
  readonly resourceTemplates: McpResourceTemplate;
  readonly prompts: McpPrompt;
}

/** One page of a list. */
export interface McpPage<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | undefined;
}

/** An initialised MCP session. Its methods throw `McpFailure`, the server's protocol errors as they are, or the signal's reason. */
export interface McpConnection {
  readonly capabilities: McpServerCapabilities;
  page<Kind extends keyof McpLists>(
    kind: Kind,
    cursor: string | undefined,
    call: McpCall,
  ): Promise<McpPage<McpLists[Kind]>>;
  callTool(name: string, args: Readonly<Record<string, unknown>>, call: McpCall): Promise<McpToolResult>;
  readResource(uri: string, call: McpCall): Promise<McpResourceResult>;
  getPrompt(name: string, args: Readonly<Record<string, string>>, call: McpCall): Promise<McpPromptResult>;
  setLoggingLevel(level: McpLoggingLevel, call: McpCall): Promise<void>;
  ping(call: McpCall): Promise<void>;
  sendProgress(progressToken: string | number, progress: McpProgress, call: McpCall): Promise<void>;
  /** Tells the server that the session is over, and breaks off what is in flight. Bounded in time; never throws. */
  close(): Promise<void>;
}

/** What connections share. */
export interface McpLane {
  /** The name of the lane in log lines and hooks. */
  readonly scope: string;
  /** What servers are told of who calls. */
  readonly client: { readonly name: string; readonly version: string };
  /** Default: the runtime's own, looked up at each request. Always called unbound. */
  readonly fetch: typeof globalThis.fetch | undefined;
  readonly logger: Logger | undefined;
  readonly hooks: HttpHooks | undefined;
  readonly clock: Clock;
}
