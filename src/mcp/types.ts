// What MCP's messages hold, as far as a caller reads it (MCP specification 2025-11-25). Fields that a later version adds
// are kept: every object may have more.

/** A tool that a server offers. */
export interface McpTool {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  /** JSON Schema of the arguments. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
  /** JSON Schema of `structuredContent`. */
  readonly outputSchema?: Readonly<Record<string, unknown>> | undefined;
  readonly annotations?: Readonly<Record<string, unknown>> | undefined;
  readonly [field: string]: unknown;
}

/** One piece of content; `type` says which fields it has: `text`, `image`, `audio`, `resource`, `resource_link`. */
export interface McpContent {
  readonly type: string;
  /** Of `text`. */
  readonly text?: string | undefined;
  /** Base64, of `image` and `audio`. */
  readonly data?: string | undefined;
  readonly mimeType?: string | undefined;
  readonly [field: string]: unknown;
}

/** What a tool answered. A tool that failed says so in `isError`; it is not thrown. */
export interface McpToolResult {
  readonly content: readonly McpContent[];
  readonly structuredContent?: Readonly<Record<string, unknown>> | undefined;
  readonly isError?: boolean | undefined;
  readonly [field: string]: unknown;
}

/** A resource that a server offers. */
export interface McpResource {
  readonly uri: string;
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly mimeType?: string | undefined;
  readonly [field: string]: unknown;
}

/** A family of resources: `uriTemplate` is an RFC 6570 template. */
export interface McpResourceTemplate {
  readonly uriTemplate: string;
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly mimeType?: string | undefined;
  readonly [field: string]: unknown;
}

/** What a resource holds: each part has `text`, or `blob` in Base64. */
export interface McpResourceResult {
  readonly contents: readonly {
    readonly uri: string;
    readonly mimeType?: string | undefined;
    readonly text?: string | undefined;
    readonly blob?: string | undefined;
    readonly [field: string]: unknown;
  }[];
  readonly [field: string]: unknown;
}

/** A prompt that a server offers. */
export interface McpPrompt {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly arguments?:
    | readonly {
        readonly name: string;
        readonly description?: string | undefined;
        readonly required?: boolean | undefined;
      }[]
    | undefined;
  readonly [field: string]: unknown;
}

/** A prompt with its arguments filled in. */
export interface McpPromptResult {
  readonly description?: string | undefined;
  readonly messages: readonly { readonly role: 'user' | 'assistant'; readonly content: McpContent }[];
  readonly [field: string]: unknown;
}

/** What a server said in its initialise answer that it can do: a key is there if it can. */
export interface McpServerCapabilities {
  readonly tools?: object | undefined;
  readonly resources?: object | undefined;
  readonly prompts?: object | undefined;
  readonly logging?: object | undefined;
  readonly completions?: object | undefined;
  readonly [capability: string]: unknown;
}

/** How far a running call is. */
export interface McpProgress {
  readonly progress: number;
  readonly total?: number | undefined;
  readonly message?: string | undefined;
}

/** The levels of `logging/setLevel` (RFC 5424 §6.2.1). */
export type McpLoggingLevel = 'debug' | 'info' | 'notice' | 'warning' | 'error' | 'critical' | 'alert' | 'emergency';
