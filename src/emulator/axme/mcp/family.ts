import { Validator } from '@cfworker/json-schema';
import { parseJson, readBody } from '../../body.js';
import { Refusal } from '../../envelope.js';
import { authenticate, type Caller } from '../authenticate.js';
import type { Core } from '../core.js';
import type { Family } from '../family.js';
import type { Lifecycle } from '../intents/lifecycle.js';
import { AxmeRefusal } from '../refusal.js';
import type { AxmeRouter } from '../router.js';
import { gatewayTools, type Tool, type ToolArguments } from './tools.js';

/** A JSON-RPC error: thrown where the reason is found. */
class RpcRefusal extends Error {
  override readonly name = 'RpcRefusal';
  readonly code: number;
  readonly data: object | undefined;

  constructor(code: number, message: string, data?: object) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

type Json = Readonly<Record<string, unknown>>;

/** The gateway's MCP endpoint (AXME contract §6): one JSON-RPC request a POST, answered with HTTP 200 in any case. */
export class Mcp implements Family {
  readonly #core: Core;
  readonly #tools: readonly Tool[];

  constructor(core: Core, lifecycle: Lifecycle) {
    this.#core = core;
    this.#tools = gatewayTools(core, {
      threads: lifecycle.threads,
      create: (given, actor) => lifecycle.create(given, actor),
    });
  }

  routes(router: AxmeRouter): void {
    router.open('/mcp', { POST: (c) => this.#answer(c.req.raw) });
  }

  reset(): void {}

  async #answer(request: Request): Promise<Response> {
    let id: unknown = null;
    try {
      const message = await messageOf(request);
      id = message['id'] ?? null;
      const caller = this.#authenticate(request);
      // Whoever only tells something gets no answer.
      if (!Object.hasOwn(message, 'id')) return new Response(null, { status: 202 });
      const result = await this.#call(String(message['method']), objectOf(message['params'] ?? {}, 'params'), caller);
      return Response.json({ jsonrpc: '2.0', id, result });
    } catch (error) {
      if (request.signal.aborted) throw error;
      const { code, message, data } = rpcRefusalOf(error);
      return Response.json({ jsonrpc: '2.0', id, error: { code, message, ...(data === undefined ? {} : { data }) } });
    }
  }

  #authenticate(request: Request): Caller {
    const { keys, actors, time, strict } = this.#core;
    return authenticate(request, 'machine', { keys, actors, time, strict });
  }

  async #call(method: string, params: Json, caller: Caller): Promise<object> {
    switch (method) {
      case 'initialize':
        return {
          protocolVersion: params['protocolVersion'] ?? '2024-11-05',
          capabilities: { tools: {} },
          serverInfo: { name: 'countersign-emulator', version: '1' },
        };
      case 'ping':
        return {};
      case 'tools/list':
        return {
          tools: this.#tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
        };
      case 'tools/call':
        return this.#callTool(params, caller);
      default:
        throw new RpcRefusal(-32601, `Method not found: ${method}`);
    }
  }

  async #callTool(params: Json, caller: Caller): Promise<object> {
    const tool = this.#tools.find(({ name }) => name === params['name']);
    if (tool === undefined) throw new RpcRefusal(-32602, 'Unknown tool');
    const owner = params['owner_agent'];
    const given: ToolArguments = {
      ...(typeof owner === 'string' ? { owner_agent: owner } : {}),
      ...objectOf(params['arguments'] ?? {}, 'arguments'),
    };
    const { valid, errors } = new Validator(tool.inputSchema, '2020-12', false).validate(given);
    if (!valid) {
      const reasons = errors.map(({ instanceLocation, error }) => ({ at: instanceLocation, error }));
      throw new RpcRefusal(-32602, 'Invalid arguments', { errors: reasons });
    }
    const act = () => ({ ok: true, tool: tool.name, status: 'completed', data: tool.call(given, caller) });
    const key = given['idempotency_key'];
    if (typeof key !== 'string' || key === '') return act();
    const scope = { credential: caller.apiKey.token, method: 'tools/call', path: tool.name, key };
    const { body } = await this.#core.idempotency.once(scope, given, async () => ({
      status: 200,
      body: JSON.stringify(act()),
    }));
    return JSON.parse(body);
  }
}

async function messageOf(request: Request): Promise<Json> {
  const json = parseJson(await readBody(request));
  const isRequest = typeof json === 'object' && json !== null && 'jsonrpc' in json && 'method' in json;
  if (!isRequest || json.jsonrpc !== '2.0' || typeof json.method !== 'string') {
    throw new RpcRefusal(-32600, 'Invalid Request');
  }
  // An object that came out of JSON has nothing but JSON in it.
  return json as unknown as Json;
}

function objectOf(value: unknown, what: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RpcRefusal(-32602, `${what} must be an object`);
  }
  return value as Json;
}

/** What the routes would answer over HTTP, in the codes of AXME contract §6. */
function rpcRefusalOf(error: unknown): RpcRefusal {
  if (error instanceof RpcRefusal) return error;
  if (error instanceof Refusal) return new RpcRefusal(-32700, error.message);
  if (!(error instanceof AxmeRefusal)) return new RpcRefusal(-32603, 'Internal error');
  const { status, code, detail, message } = error;
  const rpcCode = status === 401 ? -32001 : status === 403 ? -32003 : status === 429 ? -32004 : -32602;
  return new RpcRefusal(rpcCode, message, { status, detail, ...(code === undefined ? {} : { code }) });
}
