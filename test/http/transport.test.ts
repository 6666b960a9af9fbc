import { describe, expect, it } from 'vitest';
import { HttpTransportError, path } from '../../src/http/index.js';
import { describeFailure, scrub } from '../../src/http/transport-failure.js';
import { clientFor, failure, get, retryingClient } from './clients.js';
import { closedPort, httpServer, inTurn, json, tcpServer } from './servers.js';

describe('transport errors', () => {
  it('says that a connection was refused, and where', async () => {
    const origin = `http://127.0.0.1:${await closedPort()}`;
    const request = get({ path: path('/auth/requests/{request_id}', { request_id: 'lr_1' }), query: { q: 'x' } });
    const error = await failure(clientFor(origin).request(request));
    expect(error).toBeInstanceOf(HttpTransportError);
    expect(error).toMatchObject({
      code: 'NETWORK_ERROR',
      retryable: true,
      status: undefined,
      attempts: [{ status: undefined, lost: false }],
      message: `GET ${origin}/auth/requests/{request_id} got no complete answer (connection refused). Check the base URL, the network and that the server is up.`,
      cause: { cause: { code: 'ECONNREFUSED' } },
    });
  });

  it('sends again after a connection that closed without an answer', async () => {
    let answers = 0;
    const server = await httpServer((request, response) => {
      if (answers++ === 0) request.socket.destroy();
      else json(404, {})(request, response);
    });
    const answer = await retryingClient(server.url).client.request(get({ method: 'POST' }));
    expect(answer).toMatchObject({ status: 404, earlier: [{ status: undefined, lost: true }] });
  });

  it('sends again after a reset in the middle of the body', async () => {
    const server = await httpServer(
      inTurn(
        (request, response) => {
          response.writeHead(200, { 'content-length': '100' }).write('{"ok":', () => request.socket.resetAndDestroy());
        },
        json(200, { ok: true }),
      ),
    );
    const answer = await retryingClient(server.url).client.request(get());
    expect(answer).toMatchObject({ json: { ok: true }, earlier: [{ status: 200, lost: true }] });
  });

  it('reports the attempts and the number of them in the end', async () => {
    const server = await httpServer(
      inTurn(json(503, {}), (request) => {
        request.socket.destroy();
      }),
    );
    const error = await failure(retryingClient(server.url).client.request(get()));
    const lost = { status: undefined, lost: true };
    expect(error).toMatchObject({ attempts: [{ status: 503, lost: false }, lost, lost, lost] });
    expect(error).toHaveProperty('message', expect.stringContaining('in the last of 4 attempts'));
  });

  it('does not keep the bytes of an answer that was not HTTP', async () => {
    const server = await tcpServer((socket) => socket.end('challenge-hunter2\r\n\r\n'));
    const error = await failure(clientFor(server.url).request(get()));
    expect(error).toHaveProperty('message', expect.stringContaining('(the answer was not HTTP)'));
    expect(error).toHaveProperty('cause.cause.code', 'HPE_INVALID_CONSTANT');
    expect(error).not.toHaveProperty('cause.cause.data');
  });
});

describe('what the runtimes say', () => {
  const failed = (cause: unknown) => new TypeError('fetch failed', { cause });
  const coded = (code: string, more = {}) => Object.assign(new Error(code), { code, ...more });
  const selfCaused = new Error('round');
  selfCaused.cause = selfCaused;

  it.each([
    ['Node, no such host', failed(coded('ENOTFOUND')), 'unknown host name', false],
    ['Node, every address refused', failed(new AggregateError([coded('ECONNREFUSED')])), 'connection refused', false],
    ['Node, no route', failed(coded('EHOSTUNREACH', { syscall: 'connect' })), 'no connection', false],
    ['Node, a route lost later', failed(coded('EHOSTUNREACH', { syscall: 'read' })), 'connection lost', true],
    ['Node, a bad certificate', failed(coded('CERT_HAS_EXPIRED')), 'certificate not trusted', false],
    ['Node, a TLS alert', failed(coded('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED')), 'connection lost', true],
    ['Node, a blocked port', failed(new Error('bad port')), 'fetch blocks this port', false],
    ['Bun', coded('ECONNREFUSED'), 'connection refused', false],
    [
      'Deno',
      failed(
        new Error(
          'error sending request for url (http://h/p): client error (Connect): tcp connect error: Connection refused (os error 111)',
        ),
      ),
      'connection refused',
      false,
    ],
    ['Deno, later', failed(new Error('client error (SendRequest): connection closed')), 'connection lost', true],
    ['a browser', new TypeError('Failed to fetch'), 'connection lost', true],
    ['an error that causes itself', selfCaused, 'connection lost', true],
    ['no error at all', 'oops', 'connection lost', true],
  ])('%s', (_, error, reason, maybeSent) => {
    expect(describeFailure(error)).toEqual({ reason, maybeSent });
  });

  it('is cleared of the query', () => {
    const url = 'http://h/p?q=hunter2';
    const error = failed(
      Object.assign(new Error(`error sending request for url (${url}): client error`), { path: url }),
    );
    scrub(error, url);
    expect(error.cause).toMatchObject({
      message: 'error sending request for url (http://h/p): client error',
      path: 'http://h/p',
    });
    expect((error.cause as Error).stack).not.toContain('hunter2');
  });
});
