import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  AxmeAuthError,
  AxmeClient,
  type AxmeClientConfig,
  AxmeHttpError,
  AxmeInputError,
  AxmeOutcomeUnknownError,
  AxmeProtocolError,
  AxmeRateLimitError,
  AxmeServerError,
  AxmeValidationError,
  type McpObserverEvent,
} from '../../../src/axme/index.js';
import { startEmulator } from '../../../src/emulator/node/index.js';
import { failure } from '../../http/clients.js';
import { httpServer } from '../../http/servers.js';
import { LeapingClock } from '../leaping-clock.js';
import { runProgram } from '../program.js';

const API_KEY = 'axme_sa_test_0123456789abcdef';

interface Call {
  readonly request: IncomingMessage;
  readonly body: {
    readonly jsonrpc: string;
    readonly id: string;
    readonly method: string;
    readonly params: Record<string, unknown> & { readonly arguments?: Record<string, unknown> };
  };
}

type Answer = unknown | ((call: Call, response: ServerResponse) => void);

/** A gateway that gives these answers in turn, the last one again and again, and a client of it. */
async function scene(answers: readonly Answer[], config: AxmeClientConfig = {}) {
  const calls: Call[] = [];
  const listener: RequestListener = async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const call = { request, body: JSON.parse(Buffer.concat(chunks).toString()) };
    const answer = answers[Math.min(calls.length, answers.length - 1)];
    calls.push(call);
    if (typeof answer === 'function') answer(call, response);
    else response.end(JSON.stringify({ jsonrpc: '2.0', id: 'any', ...(answer as object) }));
  };
  const server = await httpServer((request, response) => void listener(request, response));
  const clock = new LeapingClock();
  const warnings: unknown[][] = [];
  const quiet = () => {};
  const logger = { debug: quiet, info: quiet, error: quiet, warn: (...args: unknown[]) => void warnings.push(args) };
  const client = new AxmeClient({ baseUrl: server.url, apiKey: API_KEY, clock, random: () => 0.5, logger, ...config });
  onTestFinished(() => client.close());
  return { client, calls, warnings };
}

const ok = { result: { ok: true, tool: 'axme.send', status: 'sent' } };
/** The answer to a list of one tool. */
const listed = (inputSchema: unknown, name = 'axme.send') => ({ result: { tools: [{ name, inputSchema }] } });
const lose = (_: Call, response: ServerResponse) => response.socket?.destroy();

describe('what is sent', () => {
  it('initialize', async () => {
    const { client, calls } = await scene([{ result: { protocolVersion: '2024-11-05', capabilities: {} } }]);
    expect(await client.mcpInitialize({ traceId: 'trace' })).toEqual({
      protocolVersion: '2024-11-05',
      capabilities: {},
    });
    const { request, body } = calls[0]!;
    expect(request.method).toBe('POST');
    expect(request.url).toBe('/mcp');
    expect(request.headers).toMatchObject({ 'x-api-key': API_KEY, 'x-trace-id': 'trace' });
    expect(body).toEqual({
      jsonrpc: '2.0',
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      method: 'initialize',
      params: { protocolVersion: '2024-11-05' },
    });
    await client.mcpInitialize({ protocolVersion: '2025-06-18' });
    expect(calls[1]!.body.params).toEqual({ protocolVersion: '2025-06-18' });
    expect(calls[1]!.body.id).not.toBe(body.id);
  });

  it('to the path and with the version of the client', async () => {
    const config = { mcpEndpointPath: '/v2/mcp', mcpProtocolVersion: '2025-03-26' };
    const { client, calls } = await scene([{ result: {} }], config);
    await client.mcpInitialize();
    expect(calls[0]!.request.url).toBe('/v2/mcp');
    expect(calls[0]!.body.params).toEqual({ protocolVersion: '2025-03-26' });
  });

  it('tools/list', async () => {
    const { client, calls } = await scene([listed({ type: 'object' })]);
    expect(await client.mcpListTools()).toEqual({ tools: [{ name: 'axme.send', inputSchema: { type: 'object' } }] });
    expect(calls[0]!.body).toMatchObject({ method: 'tools/list', params: {} });
  });

  it.each([
    ['nothing', {}, {}, { name: 'axme.send', arguments: {} }],
    ['arguments', { arguments: { a: 1, b: undefined } }, {}, { name: 'axme.send', arguments: { a: 1 } }],
    [
      'an owner, in both places',
      { ownerAgent: 'agent://me' },
      {},
      { name: 'axme.send', arguments: { owner_agent: 'agent://me' }, owner_agent: 'agent://me' },
    ],
    [
      "the client's owner",
      {},
      { defaultOwnerAgent: 'agent://we' },
      { name: 'axme.send', arguments: { owner_agent: 'agent://we' }, owner_agent: 'agent://we' },
    ],
    [
      'an owner in the arguments, which stays',
      { ownerAgent: 'agent://me', arguments: { owner_agent: 'agent://you' } },
      {},
      { name: 'axme.send', arguments: { owner_agent: 'agent://you' }, owner_agent: 'agent://me' },
    ],
    ['a key', { idempotencyKey: 'k-1' }, {}, { name: 'axme.send', arguments: { idempotency_key: 'k-1' } }],
    [
      'a key in the arguments, which stays unless it is no text',
      { idempotencyKey: 'k-1', arguments: { idempotency_key: 'k-2' } },
      {},
      { name: 'axme.send', arguments: { idempotency_key: 'k-2' } },
    ],
    [
      'a key in the place of what is no text',
      { idempotencyKey: 'k-1', arguments: { idempotency_key: 7 } },
      {},
      { name: 'axme.send', arguments: { idempotency_key: 'k-1' } },
    ],
  ])('tools/call with %s', async (_, options, config, params) => {
    const { client, calls } = await scene([ok], config);
    expect(await client.mcpCallTool('  axme.send ', options)).toEqual(ok.result);
    expect(calls[0]!.body).toMatchObject({ method: 'tools/call' });
    expect(calls[0]!.body.params).toEqual(params);
    expect(calls[0]!.request.headers['idempotency-key']).toBeUndefined();
    expect(calls[0]!.request.headers['x-owner-agent']).toBeUndefined();
  });

  it.each([
    ['', undefined, 'name'],
    ['  ', undefined, 'name'],
    ['t', { arguments: [] }, 'arguments'],
    ['t', { arguments: null }, 'arguments'],
    ['t', { arguments: { a: 1n } }, 'arguments'],
    ['t', { owner_agent: 'x' }, 'ownerAgent'],
  ])('nothing of a call of %j with %o', async (name, options, field) => {
    const { client, calls } = await scene([ok]);
    const error = await failure(client.mcpCallTool(name, options as never));
    expect(error).toBeInstanceOf(AxmeInputError);
    expect(error).toMatchObject({ field });
    expect(calls).toEqual([]);
  });
});

describe('again', () => {
  it.each([
    ['initialize', (client: AxmeClient) => client.mcpInitialize()],
    ['list', (client: AxmeClient) => client.mcpListTools()],
    ['call with a key', (client: AxmeClient) => client.mcpCallTool('axme.send', { idempotencyKey: 'k' })],
    ['call that may be', (client: AxmeClient) => client.mcpCallTool('axme.send', { retryable: true })],
  ])('%s, under the same id and trace id', async (_, call) => {
    const { client, calls } = await scene([
      lose,
      (_: Call, response: ServerResponse) => response.writeHead(500).end(),
      ok,
    ]);
    await call(client);
    expect(calls.length).toBe(3);
    expect(new Set(calls.map(({ body }) => body.id)).size).toBe(1);
    expect(new Set(calls.map(({ request }) => request.headers['x-trace-id'])).size).toBe(1);
  });

  it.each([
    ['without a key', {}],
    ['with a key and the word not to', { idempotencyKey: 'k', retryable: false }],
  ])('not a call %s: what came of it is unknown', async (_, options) => {
    const { client, calls } = await scene([lose, ok]);
    expect(await failure(client.mcpCallTool('axme.send', options))).toBeInstanceOf(AxmeOutcomeUnknownError);
    expect(calls.length).toBe(1);
  });

  it('not after the signal', async () => {
    const { client } = await scene([lose]);
    const signal = AbortSignal.abort(new Error('enough'));
    expect(await failure(client.mcpListTools({ signal }))).toEqual(new Error('enough'));
  });
});

describe('errors', () => {
  it.each([
    [-32_001, AxmeAuthError, 403, false],
    [-32_003, AxmeAuthError, 403, false],
    [-32_004, AxmeRateLimitError, 429, true],
    [-32_602, AxmeValidationError, 422, false],
    [-32_600, AxmeServerError, 502, false],
    [-32_601, AxmeServerError, 502, false],
    [-32_603, AxmeServerError, 502, false],
    [-32_700, AxmeServerError, 502, false],
    [-32_000, AxmeServerError, 502, false],
    [-31_999, AxmeHttpError, 400, false],
    [7, AxmeHttpError, 400, false],
  ])('%i', async (code, AxmeError, status, retryable) => {
    const { client } = await scene([{ error: { code, message: 'no', data: { why: 1 } } }]);
    const error = await failure(client.mcpCallTool('t', { traceId: 'trace' }));
    expect(Object.getPrototypeOf(error)).toBe(AxmeError.prototype);
    expect(error).toMatchObject({
      status,
      retryable,
      code: `MCP_${code}`,
      message: `HTTP ${status}: no`,
      body: { code, message: 'no', data: { why: 1 } },
      traceId: 'trace',
    });
  });

  it.each([[{}], [{ code: '-32001' }], [{ code: 1.5 }]])('without a code that is one: %j', async (given) => {
    const { client } = await scene([{ error: given }]);
    const error = await failure(client.mcpListTools());
    expect(error).toBeInstanceOf(AxmeServerError);
    expect(error).toMatchObject({ status: 502, body: { code: -32_000, message: 'MCP RPC error' } });
  });

  it.each([[{}], [{ result: null }], [{ result: [] }], [{ result: 'ok' }], [{ error: 'no' }]])(
    'for an answer that is none: %j',
    async (answer) => {
      const { client } = await scene([answer]);
      const error = await failure(client.mcpInitialize());
      expect(error).toBeInstanceOf(AxmeProtocolError);
      expect(error).toMatchObject({ status: 502 });
    },
  );

  it('have no credential in them', async () => {
    const { client } = await scene([{ error: { code: -32_001, message: `bad ${API_KEY}`, data: [API_KEY] } }]);
    const error = await failure(client.mcpListTools());
    expect(JSON.stringify([String(error), error, (error as AxmeHttpError).body])).not.toContain(API_KEY);
  });
});

describe('the observer', () => {
  it('is told before a request and after its success, and can break nothing', async () => {
    const told: McpObserverEvent[] = [];
    const { client, calls } = await scene([{ result: { status: 's', tool: 't', ok: true } }, { error: { code: 1 } }], {
      mcpObserver(event) {
        told.push(event);
        throw new Error('mine');
      },
    });
    await client.mcpCallTool('t', { retryable: true });
    await failure(client.mcpInitialize());
    const [rpcId, second] = calls.map(({ body }) => body.id);
    expect(told).toEqual([
      { phase: 'request', method: 'tools/call', rpcId, retryable: true },
      { phase: 'response', method: 'tools/call', rpcId, retryable: true, resultKeys: ['ok', 'status', 'tool'] },
      { phase: 'request', method: 'initialize', rpcId: second, retryable: true },
    ]);
  });

  it('is not told of a call that was not made', async () => {
    const told: McpObserverEvent[] = [];
    const { client } = await scene([listed({ required: ['to'] })], { mcpObserver: (event) => void told.push(event) });
    await client.mcpListTools();
    await failure(client.mcpCallTool('axme.send'));
    expect(told.map(({ method }) => method)).toEqual(['tools/list', 'tools/list']);
  });
});

describe('the check of arguments', () => {
  const OBJECT = 'https://json-schema.org/draft/2020-12/schema';
  const types = (type: unknown) => ({ type: 'object', properties: { a: { type } } });

  it.each<[string, unknown, unknown]>([
    ['all that are required', { required: ['a', 'b'] }, { a: 1, b: null, c: 'more' }],
    ['null', types('null'), { a: null }],
    ['a string', types('string'), { a: '' }],
    ['a boolean', types('boolean'), { a: false }],
    ['an integer', types('integer'), { a: 1.0 }],
    ['a number', types('number'), { a: 1.5 }],
    ['an object', types('object'), { a: {} }],
    ['an array', types('array'), { a: [] }],
    ['one of several types', types(['string', 'null']), { a: null }],
    ['an argument that is not declared', types('string'), { b: 1 }],
    ['an argument that is declared without a type', { properties: { a: {} } }, { a: 1 }],
    ['what the client adds to a closed schema', { additionalProperties: false }, {}],
    ['no schema at all', 'nonsense', { a: 1 }],
    ['a schema that refers to nothing', { $ref: '#/$defs/none' }, { a: 1 }],
    [
      'a schema of draft 4',
      { $schema: 'http://json-schema.org/draft-04/schema#', properties: { a: { minimum: 1, exclusiveMinimum: true } } },
      { a: 2 },
    ],
    [
      'a schema of draft 7',
      { $schema: 'http://json-schema.org/draft-07/schema#', properties: { a: { items: [{ type: 'string' }] } } },
      { a: ['x', 1] },
    ],
    [
      'a schema of 2019-09',
      { $schema: 'https://json-schema.org/draft/2019-09/schema', properties: { a: { items: [{ type: 'string' }] } } },
      { a: ['x'] },
    ],
  ])('lets pass %s', async (_, schema, args) => {
    const { client, calls } = await scene([listed(schema), ok]);
    const { tools } = await client.mcpListTools();
    const before = JSON.stringify(tools);
    await client.mcpCallTool('axme.send', { arguments: args as never, ownerAgent: 'agent://me', idempotencyKey: 'k' });
    expect(calls.length).toBe(2);
    // A list is its caller's: nothing marks its schemas.
    expect(JSON.stringify(tools)).toBe(before);
  });

  it.each<[string, unknown, unknown, string, string]>([
    ['what is missing, sorted', { required: ['z', 'b', 'a'] }, { b: 1 }, 'missing: a, z.', 'a'],
    ['another type', types('string'), { a: 1 }, 'argument a of the tool axme.send must be of the type string', 'a'],
    ['another type than each of several', types(['string', 'null']), { a: 1 }, 'string or null', 'a'],
    ['a boolean for an integer', types('integer'), { a: true }, 'integer', 'a'],
    ['1.5 for an integer', types('integer'), { a: 1.5 }, 'integer', 'a'],
    ['null for an object', types('object'), { a: null }, 'object', 'a'],
    ['an array for an object', types('object'), { a: [] }, 'object', 'a'],
    // The published clients go no deeper than this.
    [
      'a nested type',
      { properties: { a: { type: 'object', properties: { b: { type: 'string' } } } } },
      { a: { b: 70_707 } },
      'a.b: Instance type "number" is invalid. Expected "string".',
      'a.b',
    ],
    ['a nested name', { properties: { a: { required: ['b'] } } }, { a: {} }, 'a: Instance does not have required', 'a'],
    ['another value', { properties: { a: { enum: ['x', 'y'] } } }, { a: 'z70707' }, 'any of ["x","y"]', 'a'],
    ['a number too small', { properties: { a: { minimum: 80_000 } } }, { a: 70_707 }, 'a: It is less than 80000', 'a'],
    ['a string too short', { properties: { a: { minLength: 9 } } }, { a: '70707' }, 'a: String is too short', 'a'],
    ['one too many', { additionalProperties: false }, { more: '70707' }, 'more', 'more'],
    ['an owner of another form', { properties: { owner_agent: { maxLength: 3 } } }, {}, 'owner_agent', 'owner_agent'],
  ])('refuses %s', async (_, schema, args, message, field) => {
    const { client, calls } = await scene([listed(schema), ok]);
    await client.mcpListTools();
    const options = { arguments: args as never, ownerAgent: 'agent://me' };
    const error = await failure(client.mcpCallTool('axme.send', options));
    expect(error).toBeInstanceOf(AxmeInputError);
    expect(error).toMatchObject({ field, message: expect.stringContaining(message) });
    expect(String(error)).not.toContain('70707');
    expect(calls.length).toBe(1);
    await client.mcpCallTool('axme.send', { ...options, validateInputSchema: false });
    expect(calls.length).toBe(2);
  });

  it('runs after the owner and the key were added', async () => {
    const { client } = await scene([listed({ required: ['owner_agent', 'idempotency_key'] }), ok]);
    await client.mcpListTools();
    expect(await failure(client.mcpCallTool('axme.send', { ownerAgent: 'agent://me' }))).toMatchObject({
      message: expect.stringContaining('missing: idempotency_key.'),
    });
    await client.mcpCallTool('axme.send', { ownerAgent: 'agent://me', idempotencyKey: 'k' });
  });

  it('is by the last list alone, as the list was', async () => {
    const { client } = await scene([listed({ required: ['to'] }), ok, listed({}, 'axme.other'), ok]);
    expect(await failure(client.mcpListTools().then(() => client.mcpCallTool('axme.send')))).toBeInstanceOf(
      AxmeInputError,
    );
    await client.mcpCallTool('unlisted');
    // The published TypeScript client would keep the tool of the first list.
    const { tools } = await client.mcpListTools();
    Object.assign(tools[0]!.inputSchema!, { required: ['anything'] });
    await client.mcpCallTool('axme.send');
    await client.mcpCallTool('axme.other');
  });

  it('says that a schema cannot be used, and lets the service judge', async () => {
    const { client, warnings } = await scene([listed({ $schema: OBJECT, $ref: '#/$defs/none' }), ok]);
    await client.mcpListTools();
    await client.mcpCallTool('axme.send');
    expect(warnings).toMatchObject([[expect.stringContaining('axme.send'), { scope: 'axme' }]]);
  });

  it('takes lists of tools as they come', async () => {
    const { client } = await scene([
      { result: { tools: [null, { name: 7 }, 'x', { name: 'a' }] } },
      { result: {} },
      ok,
    ]);
    await client.mcpListTools();
    await client.mcpListTools();
    await client.mcpCallTool('a');
  });

  it('makes no code from strings', async () => {
    const { emulator, axme, close } = await startEmulator();
    onTestFinished(close);
    const { lines, code } = await runProgram(
      'mcp/checking.program.ts',
      [axme.baseUrl, axme.apiKey],
      ['--disallow-code-generation-from-strings'],
    );
    expect(lines).toEqual(['EvalError', 'true', 'AxmeInputError nick', 'completed']);
    expect(code).toBe(0);
    // The nick that does not fit was never sent.
    expect(emulator.requests).toHaveLength(2);
  });
});
