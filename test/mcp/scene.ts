import { afterAll, expect, onTestFinished } from 'vitest';
import type { Emulator } from '../../src/emulator/index.js';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { LimeAgent, type LimeAgentOptions, type Logger, type McpToolResult } from '../../src/lime/index.js';

/** One HTTP request that a client made. */
export interface Sent {
  readonly lane: 'platform' | 'mcp';
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON-RPC method, of a message to an MCP server. */
  readonly rpc: string | undefined;
}

export interface Scene {
  readonly emulator: Emulator;
  readonly agent: LimeAgent;
  readonly url: string;
  /** Every request, in order. */
  readonly sent: readonly Sent[];
  /** Everything that was told to the logger and the hooks. */
  readonly told: readonly unknown[];
  /** Another URL of the same server. */
  other(n: number): string;
  /** Another client of the same emulator. */
  agentWith(options: LimeAgentOptions): LimeAgent;
}

// One for all tests of a file, since it takes a while until it has made its keys.
let started: StartedEmulator | undefined;
afterAll(() => started?.close());

/** A served emulator, as it was created, and an agent of it, which is closed at the test's end. */
export async function scene(options: LimeAgentOptions = {}): Promise<Scene> {
  started ??= await startEmulator();
  const { emulator, lime } = started;
  onTestFinished(() => emulator.reset());
  const sent: Sent[] = [];
  const told: unknown[] = [];
  const tell = (...args: unknown[]) => void told.push(args);
  const logger: Logger = { debug: tell, info: tell, warn: tell, error: tell };
  const recording =
    (lane: Sent['lane'], send: typeof fetch = (...args) => fetch(...args)): typeof fetch =>
    (url, init) => {
      const body = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined;
      const headers = Object.fromEntries(new Headers(init?.headers));
      sent.push({ lane, method: init?.method ?? 'GET', url: String(url), headers, rpc: body?.method });
      return send(url, init);
    };
  const agentWith = (more: LimeAgentOptions): LimeAgent => {
    const { fetch, mcpFetch, ...others } = more;
    const agent = new LimeAgent({
      agentToken: lime.agentToken,
      baseUrl: lime.apiBase,
      allowInsecureTargets: true,
      random: () => 0,
      logger,
      hooks: { onRequest: tell, onResponse: tell, onRetry: tell },
      ...others,
      fetch: recording('platform', fetch),
      mcpFetch: recording('mcp', mcpFetch),
    });
    onTestFinished(() => agent.close());
    return agent;
  };
  return {
    emulator,
    agent: agentWith(options),
    url: lime.mcpUrl,
    sent,
    told,
    other: (n) => `${lime.mcpUrl}?n=${n}`,
    agentWith,
  };
}

/** The text of a tool's result. */
export function textOf({ content }: McpToolResult): string | undefined {
  return content[0]?.text;
}

/** The token requests among what was sent. */
export function tokenRequests(sent: readonly Sent[]): number {
  return sent.filter(({ url }) => url.endsWith('/oauth/token')).length;
}

/** How often messages of a JSON-RPC method were sent. */
export function timesSent(sent: readonly Sent[], rpc: string): number {
  return sent.filter((each) => each.rpc === rpc).length;
}

/** `expect.poll`, on a machine that may be busy. */
export function poll<T>(get: () => T) {
  return expect.poll(get, { timeout: 15_000 });
}
