import type { IncomingMessage, ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { McpPool, type McpPoolOptions, McpSession, type McpTarget } from '../../src/mcp/index.js';
import { systemClock } from '../../src/runtime/clock.js';
import { httpServer } from '../http/servers.js';

/** A JSON-RPC message by hand. */
export interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
}

type Answer = (message: Message, response: ServerResponse, request: IncomingMessage) => void;

/** An MCP server that is nothing but a script: it initialises by itself, and `answer` does the rest. `GET` comes without a message. */
export async function rawServer(answer: Answer, headers: Record<string, string> = { 'mcp-session-id': 's1' }) {
  const messages: Message[] = [];
  const server = await httpServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const message = body === '' ? {} : (JSON.parse(body) as Message);
    if (body !== '') messages.push(message);
    if (message.method === 'initialize') {
      const result = {
        protocolVersion: '2025-06-18',
        capabilities: { tools: {} },
        serverInfo: { name: 'raw', version: '1' },
      };
      return inJson(response, message, result, headers);
    }
    if (message.method?.startsWith('notifications/')) return void response.writeHead(202).end();
    if (request.method === 'DELETE') return void response.writeHead(204).end();
    answer(message, response, request);
  });
  return { ...server, messages, methods: () => messages.map(({ method }) => method) };
}

export function inJson(
  response: ServerResponse,
  { id }: Message,
  result: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
}

/** Begins an event stream. */
export function stream(response: ServerResponse): {
  send(message: object, id?: string): void;
  raw(text: string): void;
  end(): void;
} {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  return {
    send: (message, id) =>
      void response.write(
        `${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`,
      ),
    raw: (text) => void response.write(text),
    end: () => void response.end(),
  };
}

export const TEXT = { content: [{ type: 'text', text: 'done' }] };

/** A pool without a platform, whose tokens count up, and what calls one URL of it. */
export function poolOf(options: Partial<McpPoolOptions> = {}) {
  let generation = 1;
  const pool = new McpPool({
    scope: 'test',
    client: { name: 'test', version: '1' },
    fetch: undefined,
    logger: undefined,
    hooks: undefined,
    clock: systemClock,
    readTimeoutMs: 5_000,
    serialize: true,
    idleMs: 60_000,
    maxIdle: 100,
    ...options,
  });
  onTestFinished(() => pool.close());
  const target = (url: string): McpTarget => ({
    url,
    token: async ({ rejected }) => {
      if (rejected === generation) generation++;
      return { value: `token-${generation}`, generation };
    },
  });
  const at = (url: string): McpSession =>
    new McpSession(
      (operation, { signal = new AbortController().signal, timeoutMs: readTimeoutMs, onProgress }, repeatable) =>
        pool.run(target(url), operation, { signal, readTimeoutMs, onProgress, repeatable }),
      async () => {},
    );
  return { pool, target, at };
}
