import { describe, expect, expectTypeOf, it } from 'vitest';
import { HttpInputError, path } from '../../src/http/index.js';
import { clientFor, get } from './clients.js';
import { tcpServer } from './servers.js';

const arrives: readonly (readonly [id: string, segment: string])[] = [
  ['lr_1', 'lr_1'],
  ['a/b', 'a%2Fb'],
  ['x/../..', 'x%2F..%2F..'],
  ['a\\b', 'a%5Cb'],
  ['a?b#c', 'a%3Fb%23c'],
  ['50%', '50%25'],
  ['%2e%2e', '%252e%252e'],
  ['%2F', '%252F'],
  ['...', '...'],
  ['a b\t\r\n', 'a%20b%09%0D%0A'],
  ['a+b&c=d;e:f@g', 'a%2Bb%26c%3Dd%3Be%3Af%40g'],
  ['ключ-é-😀', '%D0%BA%D0%BB%D1%8E%D1%87-%C3%A9-%F0%9F%98%80'],
  ['{id}$&', '%7Bid%7D%24%26'],
  ['\0', '%00'],
];

describe('path', () => {
  it.each(arrives)('brings %j to the server as one segment', async (id, segment) => {
    let requestLine = '';
    const server = await tcpServer((socket, bytes) => {
      requestLine = bytes.slice(0, bytes.indexOf('\r\n'));
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    });
    await clientFor(`${server.url}/api/v1/`).request(get({ path: path('/requests/{id}/approve', { id }) }));
    expect(requestLine).toBe(`GET /api/v1/requests/${segment}/approve HTTP/1.1`);
  });

  it.each(['', '.', '..', '\ud800', undefined as unknown as string, 7 as unknown as string])(
    'refuses %j and names the parameter',
    (id) => {
      expect(() => path('/requests/{request_id}', { request_id: id })).toThrow(HttpInputError);
      expect(() => path('/requests/{request_id}', { request_id: id })).toThrow(/^request_id must /);
    },
  );

  it('knows the parameters of a template', () => {
    expect(path('/a/{b}/c/{d}', { b: '1', d: '2' })).toEqual({ template: '/a/{b}/c/{d}', encoded: '/a/1/c/2' });
    expectTypeOf(path<'/a/{b}/{c}'>)
      .parameter(1)
      .toEqualTypeOf<Readonly<Record<'b' | 'c', string>>>();
    expectTypeOf(path<'/a'>).parameters.toEqualTypeOf<[template: '/a']>();
  });

  it('encodes the query and leaves out what is undefined', async () => {
    let requestLine = '';
    const server = await tcpServer((socket, bytes) => {
      requestLine = bytes.slice(0, bytes.indexOf('\r\n'));
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    });
    const query = { since: 0, owner: 'agent://a/b?&=', all: false, none: undefined };
    await clientFor(server.url).request(get({ path: path('/events'), query }));
    expect(requestLine).toBe('GET /events?since=0&owner=agent%3A%2F%2Fa%2Fb%3F%26%3D&all=false HTTP/1.1');
  });
});
