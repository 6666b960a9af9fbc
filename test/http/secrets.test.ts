import type { RequestListener } from 'node:http';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type HttpClientOptions, type HttpRequest, type Logger, path } from '../../src/http/index.js';
import { clientFor, failure } from './clients.js';
import { closedPort, httpServer, tcpServer } from './servers.js';

const TOKEN = 'at_live_hunter2';
const secrets = [TOKEN, 'nonce-hunter2', 'query-hunter2', 'answer-hunter2', 'invite-hunter2', 'key-hunter2'];

const post: HttpRequest<never> = {
  method: 'POST',
  path: path('/invites/{token}/accept', { token: 'invite-hunter2' }),
  query: { q: 'query-hunter2' },
  headers: { 'X-Agent-Token': TOKEN },
  json: { nonce: 'nonce-hunter2' },
  repeatable: true,
  decode() {
    throw new Error('the platform says no');
  },
};

/** Everything that a call lets out. */
async function traces(
  url: string,
  options: Partial<HttpClientOptions> = {},
  request: Partial<HttpRequest<never>> = {},
) {
  const told: unknown[] = [];
  const tell = (...args: unknown[]) => void told.push(args);
  const logger: Logger = { debug: tell, info: tell, warn: tell, error: tell };
  const hooks = { onRequest: tell, onResponse: tell, onRetry: tell };
  const client = clientFor(url, { logger, hooks, maxRetries: 1, random: () => 0, timeoutMs: 5000, ...options });
  const error = (await failure(client.request({ ...post, ...request }))) as Error;
  const deep = { depth: 20, showHidden: true };
  return [error, client, told]
    .flatMap((value) => [inspect(value, deep), JSON.stringify(value)])
    .concat(error.message, error.stack ?? '');
}

const answer: RequestListener = (_, response) => response.end('answer-hunter2');
const failures: Record<string, () => Promise<string[]>> = {
  'a refused connection': async () => traces(`http://127.0.0.1:${await closedPort()}`),
  'a closed connection': async () => traces((await tcpServer((socket) => socket.destroy())).url),
  'an answer that is not HTTP': async () =>
    traces((await tcpServer((socket) => socket.end('answer-hunter2\r\n\r\n'))).url),
  'a body that breaks off': async () => {
    const server = await httpServer((request, response) => {
      response
        .writeHead(200, { 'content-length': '100' })
        .write('answer-hunter2', () => request.socket.resetAndDestroy());
    });
    return traces(server.url);
  },
  'slow headers': async () => traces((await httpServer(() => {})).url, { timeoutMs: 20 }),
  'a stalled body': async () => {
    const server = await httpServer((_, response) => void response.writeHead(200).write('answer-hunter2'));
    return traces(server.url, { timeoutMs: 100 });
  },
  'a redirect': async () => {
    const location = '/x?q=answer-hunter2#answer-hunter2';
    return traces((await httpServer((_, response) => response.writeHead(302, { location }).end('answer-hunter2'))).url);
  },
  'a body that is too long': async () => {
    const body = Buffer.alloc(17 * 2 ** 20, 'answer-hunter2');
    return traces((await httpServer((_, response) => response.end(body))).url);
  },
  'a refusal by decode': async () => traces((await httpServer(answer)).url),
  'a 503 twice': async () =>
    traces((await httpServer((_, response) => response.writeHead(503).end('answer-hunter2'))).url),
  'a token of two lines': async () =>
    traces('http://localhost', {}, { headers: { 'X-Agent-Token': `${TOKEN}\nX: y` } }),
  'a token that is not Latin-1': async () =>
    traces('http://localhost', {}, { headers: { 'X-Agent-Token': `${TOKEN}€` } }),
  'a body with a bigint': async () => traces('http://localhost', {}, { json: { nonce: 'nonce-hunter2', n: 1n } }),
  'a body with a cycle': async () => {
    const json: Record<string, unknown> = { nonce: 'nonce-hunter2' };
    json['self'] = json;
    return traces('http://localhost', {}, { json });
  },
  'a fetch whose error quotes the URL': async () => {
    const fetch = async (url: unknown) =>
      Promise.reject(new TypeError(`cannot reach ${url}`.replace('invite-hunter2', '')));
    return traces('http://localhost', { fetch });
  },
  'a closed client': async () => {
    const server = await httpServer(() => client.close());
    const client = clientFor(server.url);
    const error = (await failure(client.request(post))) as Error;
    return [inspect(error), inspect(client), JSON.stringify(error), error.stack ?? ''];
  },
};

describe('secrets are in no message, stack, JSON, inspection, log line or hook after', () => {
  it.each(Object.entries(failures))('%s', async (_, run) => {
    const all = (await run()).join('\n');
    expect(all.length).toBeGreaterThan(100);
    for (const secret of secrets) expect(all).not.toContain(secret);
  });
});
