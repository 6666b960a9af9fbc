import { describe, expect, it } from 'vitest';
import { HttpRedirectError } from '../../src/http/index.js';
import { clientFor, failure, get, retryingClient } from './clients.js';
import { httpServer, inTurn, json } from './servers.js';

describe('redirects', () => {
  it.each([301, 302, 303, 307, 308])('are refused (%d), and no credential follows', async (status) => {
    const other = await httpServer(json(200, {}));
    const server = await httpServer((_, response) => {
      response.writeHead(status, { location: `${other.url}/elsewhere?code=hunter2` }).end('moved'.repeat(100_000));
    });
    const request = get({ method: 'POST', headers: { 'X-Agent-Token': 'at_1' }, json: { nonce: '1' } });
    const error = await failure(retryingClient(server.url).client.request(request));
    expect(error).toBeInstanceOf(HttpRedirectError);
    expect(error).toMatchObject({ code: 'UNEXPECTED_REDIRECT', status, retryable: false });
    expect(error).toHaveProperty('message', expect.stringContaining(`redirect to ${other.url}.`));
    expect(error).toHaveProperty('message', expect.not.stringContaining('hunter2'));
    expect(server.requests).toHaveLength(1);
    expect(other.sockets.size).toBe(0);
    expect(other.requests).toHaveLength(0);
    await expect.poll(() => server.requests.every(({ socket }) => socket.destroyed)).toBe(true);
  });

  it('are refused within the origin too, with the attempts before', async () => {
    const server = await httpServer(inTurn(json(502, {}), json(302, {}, { location: '/login' })));
    const error = await failure(retryingClient(server.url).client.request(get()));
    expect(error).toMatchObject({
      code: 'UNEXPECTED_REDIRECT',
      attempts: [
        { status: 502, lost: false },
        { status: 302, lost: false },
      ],
    });
  });

  it('are refused where they are opaque, as in browsers', async () => {
    const opaque = Object.defineProperties(new Response(), { type: { value: 'opaqueredirect' }, status: { value: 0 } });
    const error = await failure(clientFor('http://localhost', { fetch: async () => opaque }).request(get()));
    expect(error).toBeInstanceOf(HttpRedirectError);
    expect(error).toHaveProperty('status', undefined);
  });
});
