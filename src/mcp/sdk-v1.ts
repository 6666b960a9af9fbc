import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { Transport, TransportSendOptions } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { isCountersignError } from '../errors.js';
import { abortable, quietly } from '../http/index.js';
import { nextTask } from '../runtime/task.js';
import { closedFailure, isMcpProtocolError, McpFailure } from './errors.js';
import { Exchange, STREAM_END } from './exchange.js';
import { PendingCall } from './pending-call.js';
import type { McpCall, McpConnection, McpLane, McpLists, McpPage, McpTarget } from './port.js';
import { Silence } from './silence.js';
import { schemaValidator } from './validator.js';

// @modelcontextprotocol/sdk 1.x behind our port. Loaded by dynamic import only, so that nobody pays for it who does not call.

// The SDK's own timers are out of the way: the read timeout is ours, and begins again with every sign of life.
const NO_TIMEOUT = 2 ** 31 - 1;

/** How long the goodbye to a server may take. */
const CLOSE_MS = 2_000;

/** Opens a session: initialise, and the agreement on a version. */
export async function connect(target: McpTarget, lane: McpLane, call: McpCall): Promise<McpConnection> {
  const connection = new SdkConnection(target, lane, await schemaValidator());
  await connection.open(call);
  return connection;
}

class SdkConnection implements McpConnection {
  readonly #client: Client;
  readonly #transport: StreamableHTTPClientTransport;
  readonly #exchange: Exchange;
  readonly #lane: McpLane;
  readonly #silence: Silence;
  /** The call that a request belongs to, by the one option of it that the SDK hands on to its transport. */
  readonly #calls = new WeakMap<object, PendingCall>();
  #closed = false;

  constructor(target: McpTarget, lane: McpLane, jsonSchemaValidator: Awaited<ReturnType<typeof schemaValidator>>) {
    this.#lane = lane;
    this.#exchange = new Exchange(target, lane);
    this.#silence = new Silence(lane.clock);
    this.#client = new Client(lane.client, { jsonSchemaValidator });
    this.#transport = new StreamableHTTPClientTransport(new URL(target.url), { fetch: this.#exchange.fetch });
    const send = this.#transport.send.bind(this.#transport) as Transport['send'];
    this.#transport.send = (message: JSONRPCMessage, options?: TransportSendOptions) => {
      const call = options?.onresumptiontoken && this.#calls.get(options.onresumptiontoken);
      if (call !== undefined && 'id' in message) this.#exchange.begin(message.id, call);
      return send(message, options);
    };
    // The SDK calls a handler that it finds here before its own.
    this.#transport.onmessage = (message) => {
      if (!('method' in message)) this.#exchange.end(message.id);
      else if (message.method === STREAM_END) this.#exchange.streamEnded(message.params?.['id']);
    };
  }

  async open(call: McpCall): Promise<void> {
    try {
      await this.#request(call, (options) => this.#client.connect(this.#transport as Transport, options));
    } catch (error) {
      await this.#cut();
      throw error;
    }
  }

  get capabilities() {
    return this.#client.getServerCapabilities() ?? {};
  }

  page<Kind extends keyof McpLists>(kind: Kind, cursor: string | undefined, call: McpCall) {
    return this.#request(call, async (options): Promise<McpPage<McpLists[Kind]>> => {
      const page = await this.#list(kind, cursor === undefined ? undefined : { cursor }, options);
      // The SDK's schemas have checked them; ours are the same shapes by name.
      return { items: page.items as unknown as readonly McpLists[Kind][], nextCursor: page.nextCursor };
    });
  }

  async #list(kind: keyof McpLists, params: { cursor: string } | undefined, options: RequestOptions) {
    const client = this.#client;
    switch (kind) {
      case 'tools': {
        const { tools: items, nextCursor } = await client.listTools(params, options);
        return { items, nextCursor };
      }
      case 'resources': {
        const { resources: items, nextCursor } = await client.listResources(params, options);
        return { items, nextCursor };
      }
      case 'resourceTemplates': {
        const { resourceTemplates: items, nextCursor } = await client.listResourceTemplates(params, options);
        return { items, nextCursor };
      }
      case 'prompts': {
        const { prompts: items, nextCursor } = await client.listPrompts(params, options);
        return { items, nextCursor };
      }
    }
  }

  callTool(...[name, args, call]: Parameters<McpConnection['callTool']>) {
    return this.#request(call, (options) =>
      this.#client.callTool({ name, arguments: { ...args } }, undefined, options),
    ) as ReturnType<McpConnection['callTool']>;
  }

  readResource(...[uri, call]: Parameters<McpConnection['readResource']>) {
    return this.#request(call, (options) => this.#client.readResource({ uri }, options)) as ReturnType<
      McpConnection['readResource']
    >;
  }

  getPrompt(...[name, args, call]: Parameters<McpConnection['getPrompt']>) {
    return this.#request(call, (options) =>
      this.#client.getPrompt({ name, arguments: { ...args } }, options),
    ) as ReturnType<McpConnection['getPrompt']>;
  }

  async setLoggingLevel(...[level, call]: Parameters<McpConnection['setLoggingLevel']>) {
    await this.#request(call, (options) => this.#client.setLoggingLevel(level, options));
  }

  async ping(call: McpCall) {
    await this.#request(call, (options) => this.#client.ping(options));
  }

  sendProgress(...[progressToken, progress, call]: Parameters<McpConnection['sendProgress']>) {
    const params = { progressToken, ...progress };
    return this.#request(call, (_, pending) => {
      pending.sending();
      return this.#client.notification({ method: 'notifications/progress', params });
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const over = new AbortController();
    const { clock, logger, scope } = this.#lane;
    const late = clock.sleep(CLOSE_MS, { signal: over.signal, background: true }).catch(() => {});
    try {
      await Promise.race([this.#transport.terminateSession(), late]);
    } catch (error) {
      quietly(() => logger?.warn('An MCP session could not be ended at its server.', { scope, error: String(error) }));
    } finally {
      over.abort();
      await this.#cut();
    }
  }

  async #cut(): Promise<void> {
    this.#closed = true;
    this.#exchange.close();
    this.#silence.close();
    await this.#client.close().catch(() => {});
  }

  async #request<T>(given: McpCall, send: (options: RequestOptions, pending: PendingCall) => Promise<T>): Promise<T> {
    given.signal.throwIfAborted();
    if (this.#closed) throw closedFailure();
    const call = new PendingCall(given, this.#lane.clock, this.#silence);
    const onresumptiontoken = (eventId: string) => call.resumableAfter(eventId);
    this.#calls.set(onresumptiontoken, call);
    const { signal } = call;
    const onprogress = call.wantsProgress ? { onprogress: call.progressed.bind(call) } : {};
    try {
      const sent = send({ signal, timeout: NO_TIMEOUT, onresumptiontoken, ...onprogress }, call);
      const result = await abortable(sent, signal);
      // A stream mostly ends right behind the answer. Then its connection serves the next call, which else takes another.
      if (this.#exchange.isStreaming(call)) await nextTask();
      return result;
    } catch (error) {
      if (call.failure !== undefined) throw call.failure.error;
      throw this.#closed ? closedFailure() : understood(error);
    } finally {
      this.#exchange.end(call.id);
      call.settle();
    }
  }
}

/** What the SDK throws beside protocol errors, as a failure. Its texts quote answers, so that none is kept. */
function understood(error: unknown): unknown {
  if (isCountersignError(error) || isMcpProtocolError(error)) return error;
  const brokeOff = error instanceof TypeError || (error instanceof Error && 'code' in error);
  return brokeOff
    ? new McpFailure('NETWORK_ERROR', 'The answer of the MCP server broke off.', { maybeActed: true, retryable: true })
    : new McpFailure('INVALID_RESPONSE', "The MCP server's answer is not what MCP says. Check the server.", {
        maybeActed: true,
      });
}
