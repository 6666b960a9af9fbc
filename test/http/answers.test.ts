import { describe, expect, it } from 'vitest';
import { HttpBodyTooLargeError, HttpInputError } from '../../src/http/index.js';
import { clientFor, failure, get } from './clients.js';
import { httpServer, json } from './servers.js';

describe('answers', () => {
  it.each([
    ['an object', '{"ok":true}', { ok: true }],
    ['null', 'null', null],
    ['a byte order mark', '\ufeff[1]', [1]],
    ['an empty body', '', undefined],
    ['garbage', '{"ok":tru', undefined],
    ['HTML', '<!doctype html><title>502</title>', undefined],
  ])('reads %s', async (_, body, expected) => {
    const server = await httpServer((_, response) => response.end(body));
    const answer = await clientFor(server.url).request(get());
    expect(answer).toMatchObject({ status: 200, text: body.replace('\ufeff', ''), earlier: [] });
    expect(answer.json).toEqual(expected);
  });

  it.each([204, 304, 400, 404, 418, 503])('hands status %d to decode', async (status) => {
    const server = await httpServer((_, response) => response.writeHead(status, { 'x-request-id': 'r1' }).end());
    const answer = await clientFor(server.url).request(get());
    expect(answer.status).toBe(status);
    expect(answer.headers.get('x-request-id')).toBe('r1');
  });

  it('returns what decode returns and throws what it throws', async () => {
    const server = await httpServer(json(200, { data: 7 }));
    const client = clientFor(server.url);
    const value: string = await client.request({ ...get(), decode: (answer) => JSON.stringify(answer.json) });
    expect(value).toBe('{"data":7}');
    const thrown = new Error('envelope');
    const decode = () => {
      throw thrown;
    };
    expect(await failure(client.request({ ...get(), decode }))).toBe(thrown);
  });

  it('sends JSON, and the headers that it is given', async () => {
    let body = '';
    const server = await httpServer(async (request, response) => {
      for await (const chunk of request) body += chunk;
      response.end();
    });
    const headers = { 'X-Agent-Token': 'at_1', 'X-None': undefined };
    await clientFor(server.url).request(get({ method: 'POST', json: { nonce: 'é' }, headers }));
    expect(body).toBe('{"nonce":"é"}');
    expect(server.requests[0]?.headers).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/json',
      'x-agent-token': 'at_1',
    });
    await clientFor(server.url).request(get({ method: 'POST', headers: { Accept: 'text/event-stream' } }));
    expect(server.requests[1]?.headers).toMatchObject({ accept: 'text/event-stream', 'content-length': '0' });
    expect(server.requests[1]?.headers).not.toHaveProperty('content-type');
    expect(server.requests[1]?.headers).not.toHaveProperty('x-none');
  });

  it('refuses a body that is no JSON value', async () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    for (const value of [cycle, 1n, () => {}]) {
      const error = await failure(clientFor('http://localhost').request(get({ method: 'POST', json: value })));
      expect(error).toBeInstanceOf(HttpInputError);
    }
  });

  it('reads 16 MiB and no more', async () => {
    const limit = 16 * 2 ** 20;
    const server = await httpServer((request, response) =>
      response.end(Buffer.alloc(limit + (request.url === '/' ? 0 : 1), 32)),
    );
    expect((await clientFor(server.url).request(get())).text).toHaveLength(limit);

    const error = await failure(clientFor(`${server.url}`).request(get({ query: { more: true } })));
    expect(error).toBeInstanceOf(HttpBodyTooLargeError);
    expect(error).toMatchObject({ code: 'BODY_TOO_LARGE', status: 200, attempts: [{ status: 200, lost: false }] });
  });

  it('gives an endless body up and frees its socket', async () => {
    const server = await httpServer((_, response) => {
      const chunk = Buffer.alloc(2 ** 20, 32);
      const more = () => {
        while (response.write(chunk));
      };
      response.on('drain', more);
      more();
    });
    expect(await failure(clientFor(server.url).request(get()))).toBeInstanceOf(HttpBodyTooLargeError);
    await expect.poll(() => server.requests.every(({ socket }) => socket.destroyed)).toBe(true);
  });
});
