import { expect, it } from 'vitest';
import { isMcpProtocolError } from '../../src/mcp/index.js';
import { failure } from '../http/clients.js';
import { inJson, type Message, poolOf, rawServer, stream, TEXT } from './raw-server.js';
import { poll } from './scene.js';

// What a server may do to a stream, where the MCP SDK alone would wait until a timeout.

it('a stream that ends without the answer loses it at once', async () => {
  const server = await rawServer((_, response) => stream(response).end());
  const { at } = poolOf();
  expect(await failure(at(server.url).callTool('x'))).toMatchObject({
    name: 'McpFailure',
    code: 'OUTCOME_UNKNOWN',
    cause: { code: 'NETWORK_ERROR', message: expect.stringContaining('the stream ended before the answer') },
  });
});

it('an answer that comes last counts, though the connection breaks behind it', async () => {
  const server = await rawServer(({ id }, response) => {
    stream(response).send({ id, result: TEXT });
    setTimeout(() => response.destroy(), 5);
  });
  const session = poolOf().at(server.url);
  for (let n = 0; n < 10; n++) expect(await session.callTool('x')).toEqual(TEXT);
  expect(server.methods()).not.toContain('notifications/cancelled');
});

it('a stream may say all sorts of things before the answer', async () => {
  const server = await rawServer(({ id }, response) => {
    const { raw, send, end } = stream(response);
    raw(': hello\n\nevent: other\ndata: x\n\ndata: not json\n\nretry: 5\n\n');
    send({ method: 'notifications/message', params: { level: 'info', data: 'x' } });
    send({ id: 99, result: {} });
    send({ method: 'notifications/countersign/stream_end', params: { id: 99 } });
    send({ id, result: TEXT });
    end();
  });
  expect(await poolOf().at(server.url).callTool('x')).toEqual(TEXT);
});

it('a stream whose last event has no blank line behind it has said it all the same', async () => {
  const server = await rawServer(({ id }, response) => {
    const { raw, end } = stream(response);
    raw(`data: ${JSON.stringify({ jsonrpc: '2.0', id, result: TEXT })}`);
    end();
  });
  expect(await poolOf().at(server.url).callTool('x')).toEqual(TEXT);
});

it('a stream with event ids is resumed, and the tool is not called again', async () => {
  let waiting: Message | undefined;
  const server = await rawServer((message, response, request) => {
    if (request.method === 'GET') {
      expect(request.headers['last-event-id']).toBe('e1');
      const { send, end } = stream(response);
      send({ id: waiting?.id, result: TEXT }, 'e2');
      return end();
    }
    waiting = message;
    const { raw, end } = stream(response);
    raw('id: e1\nretry: 5\ndata:\n\n');
    end();
  });
  expect(await poolOf().at(server.url).callTool('x')).toEqual(TEXT);
  expect(server.methods().filter((method) => method === 'tools/call')).toHaveLength(1);
  expect(server.requests.filter(({ method }) => method === 'GET')).toHaveLength(1);
});

it.each([404, 405, 500, 401])('a stream that cannot be resumed (HTTP %i) loses the answer', async (status) => {
  const server = await rawServer((_, response, request) => {
    if (request.method === 'GET') return void response.writeHead(status).end();
    const { raw, end } = stream(response);
    raw('id: e1\nretry: 5\ndata:\n\n');
    end();
  });
  const error = await failure(poolOf().at(server.url).callTool('x'));
  expect(error).toMatchObject({
    code: 'OUTCOME_UNKNOWN',
    cause: { message: expect.stringContaining(`HTTP ${status}`) },
  });
  expect(server.methods().filter((method) => method === 'tools/call')).toHaveLength(1);
});

it('a stream that is resumed and never says anything is given up', async () => {
  const server = await rawServer((_, response, request) => {
    const { raw, end } = stream(response);
    if (request.method !== 'GET') raw('id: e1\nretry: 5\ndata:\n\n');
    end();
  });
  const error = await failure(poolOf().at(server.url).callTool('x'));
  expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  expect(server.requests.filter(({ method }) => method === 'GET')).toHaveLength(1);
});

it('a stream whose server is away for a moment is resumed all the same', async () => {
  let gets = 0;
  let waiting: Message | undefined;
  const server = await rawServer((message, response, request) => {
    if (request.method === 'GET' && ++gets === 1) return void response.destroy();
    const { raw, send, end } = stream(response);
    if (request.method === 'GET') send({ id: waiting?.id, result: TEXT });
    else {
      waiting = message;
      raw('id: e1\nretry: 5\ndata:\n\n');
    }
    end();
  });
  expect(await poolOf().at(server.url).callTool('x')).toEqual(TEXT);
  expect(gets).toBe(2);
});

it('a stream that was resumable is not resumed for an error that has come', async () => {
  const server = await rawServer(({ id }, response, request) => {
    if (request.method === 'GET') return void response.writeHead(405).end();
    const { raw, send, end } = stream(response);
    raw('id: e1\nretry: 5\ndata:\n\n');
    send({ id, error: { code: -32001, message: 'no' } });
    end();
  });
  expect(isMcpProtocolError(await failure(poolOf().at(server.url).callTool('x')))).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(server.requests.filter(({ method }) => method === 'GET')).toHaveLength(0);
});

it.each<[string, number, string, string]>([
  ['202', 202, 'application/json', ''],
  ['HTML', 200, 'text/html', '<html>'],
  ['no type', 200, '', '{}'],
  ['no JSON', 200, 'application/json', '<html>'],
  ['another JSON', 200, 'application/json', '{"secret":"hunter2"}'],
  ['a result that is none', 200, 'application/json', '{"jsonrpc":"2.0","id":1,"result":{"content":"hunter2"}}'],
])('an answer to a request that is none (%s) is a malformed one', async (_, status, type, body) => {
  const server = await rawServer((_, response) => {
    response.writeHead(status, type === '' ? {} : { 'content-type': type }).end(body);
  });
  const error = await failure(poolOf().at(server.url).callTool('x'));
  expect(error).toMatchObject({ name: 'McpFailure', code: 'INVALID_RESPONSE' });
  expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('hunter2');
});

it('JSON that breaks off is a lost answer', async () => {
  const server = await rawServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('{"jsonrpc":');
    setTimeout(() => response.destroy(), 5);
  });
  const error = await failure(poolOf().at(server.url).callTool('x'));
  expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', cause: { code: 'NETWORK_ERROR' } });
});

it('a server of another age is refused', async () => {
  const server = await rawServer(() => {});
  const rewritten: typeof fetch = async (url, init) => {
    const response = await fetch(url, init);
    const text = (await response.text()).replace('2025-06-18', '1999-01-01');
    return new Response(text, { status: response.status, headers: response.headers });
  };
  const error = await failure(poolOf({ fetch: rewritten }).at(server.url).sendPing());
  expect(error).toMatchObject({ code: 'INVALID_RESPONSE' });
});

it('progress that comes outside of the call reaches it, and nothing is kept open without need', async () => {
  let unasked: ReturnType<typeof stream> | undefined;
  const server = await rawServer(async (message, response, request) => {
    if (request.method === 'GET') {
      unasked = stream(response);
      return;
    }
    const token = (message.params?.['_meta'] as { progressToken?: number } | undefined)?.progressToken;
    if (token !== undefined) {
      await poll(() => unasked).toBeDefined();
      unasked?.send({ method: 'notifications/progress', params: { progressToken: token, progress: 1 } });
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    inJson(response, message, TEXT);
  });
  const session = poolOf().at(server.url);
  await session.callTool('x');
  expect(server.requests.filter(({ method }) => method === 'GET')).toHaveLength(0);
  const steps: unknown[] = [];
  expect(await session.callTool('x', {}, { onProgress: (step) => void steps.push(step) })).toEqual(TEXT);
  expect(steps).toEqual([{ progress: 1 }]);
});

it('a server that has no sessions needs none', async () => {
  const server = await rawServer((message, response) => inJson(response, message, TEXT), {});
  const { pool, at } = poolOf();
  expect(await at(server.url).callTool('x')).toEqual(TEXT);
  await pool.close();
  expect(server.requests.some(({ method }) => method === 'DELETE')).toBe(false);
});
