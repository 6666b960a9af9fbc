import { describe, expect, it, vi } from 'vitest';
import { HttpInputError, path } from '../../src/http/index.js';
import { clientFor, failure, get } from './clients.js';

describe('options', () => {
  it.each([
    '',
    'api.example.com',
    '/api/v1',
    'ftp://example.com',
    'javascript:alert(1)',
    'http://',
    'https://user:hunter2@example.com',
    'https://example.com/?token=hunter2',
    'https://example.com/#hunter2',
    'hunter2',
  ])('refuses the base URL %j, names the option and does not repeat it', (baseUrl) => {
    expect(() => clientFor(baseUrl)).toThrow(HttpInputError);
    expect(() => clientFor(baseUrl)).toThrow(/^baseUrl must /);
    expect(() => clientFor(baseUrl)).not.toThrow(/hunter2/);
  });

  it.each([
    ['https://example.com', 'https://example.com/x'],
    ['https://example.com///', 'https://example.com/x'],
    ['HTTPS://Example.com:443/api/v1//', 'https://example.com/api/v1/x'],
  ])('appends a path to the base URL %j with one slash', async (baseUrl, expected) => {
    const fetch = vi.fn(async () => new Response('{}'));
    await clientFor(baseUrl, { fetch }).request(get({ path: path('/x') }));
    expect(fetch).toHaveBeenCalledWith(expected, expect.anything());
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses timeoutMs %d', async (timeoutMs) => {
    expect(() => clientFor('http://localhost', { timeoutMs })).toThrow(/^timeoutMs must /);
    expect(await failure(clientFor('http://localhost').request(get({ timeoutMs })))).toBeInstanceOf(HttpInputError);
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses maxRetries %d', (maxRetries) => {
    expect(() => clientFor('http://localhost', { maxRetries })).toThrow(/^maxRetries must /);
  });

  it('says which option to pass where there is no fetch', async () => {
    vi.stubGlobal('fetch', undefined);
    const error = await failure(clientFor('http://localhost').request(get()));
    vi.unstubAllGlobals();
    expect(error).toBeInstanceOf(HttpInputError);
    expect(error).toHaveProperty('message', expect.stringContaining('`fetch`'));
  });

  it('calls fetch unbound, and looks the default up at each request', async () => {
    const client = clientFor('http://localhost');
    async function unbound(this: unknown): Promise<Response> {
      if (this !== undefined) throw new TypeError('Illegal invocation');
      return new Response('{}');
    }
    expect(await clientFor('http://localhost', { fetch: unbound }).request(get())).toMatchObject({ status: 200 });
    vi.stubGlobal('fetch', unbound);
    expect(await client.request(get())).toMatchObject({ status: 200 });
    vi.unstubAllGlobals();
  });
});
