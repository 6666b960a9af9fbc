// Who asks, in each credential mode, and the options of the client.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AxmeAuthError, AxmeClient, type AxmeClientConfig, AxmeInputError } from '../../src/axme/index.js';
import { failure } from '../http/clients.js';
import { json } from '../http/servers.js';
import { ACTOR_TOKEN, API_KEY, scene } from './helpers.js';

afterEach(() => void vi.unstubAllEnvs());

const MODES: readonly (readonly [string, AxmeClientConfig, Record<string, string | undefined>])[] = [
  ['an API key', {}, { 'x-api-key': API_KEY, authorization: undefined }],
  [
    'an API key and an actor token',
    { actorToken: ACTOR_TOKEN },
    { 'x-api-key': API_KEY, authorization: `Bearer ${ACTOR_TOKEN}` },
  ],
  [
    'the actor token under its other name',
    { bearerToken: ACTOR_TOKEN },
    { 'x-api-key': API_KEY, authorization: `Bearer ${ACTOR_TOKEN}` },
  ],
  [
    'the API key as a bearer',
    { apiKeyHeader: 'bearer' },
    { 'x-api-key': undefined, authorization: `Bearer ${API_KEY}` },
  ],
];

describe.each(MODES)('%s', (_, config, expected) => {
  it('goes along with every request', async () => {
    const { client, recorded } = await scene(config);
    await client.getIntent('i');
    await client.resumeIntent('i', {});
    for (const { headers } of recorded) {
      for (const [name, value] of Object.entries(expected)) expect(headers[name], name).toBe(value);
    }
  });

  it('may be refused', async () => {
    const body = { error: { code: 'invalid_platform_api_key', message: 'unknown' }, detail: 'unknown' };
    const { client, recorded } = await scene(config, json(401, body));
    const error = await failure(client.createIntent({ intent_type: 'a.b.v1', to_agent: 'agent://b', payload: {} }));
    expect(error).toBeInstanceOf(AxmeAuthError);
    expect(error).toMatchObject({ code: 'invalid_platform_api_key', statusCode: 401, retryable: false });
    expect(recorded).toHaveLength(1);
  });

  it('is replaced by the authorization of a call, and never merged with it', async () => {
    const { client, recorded } = await scene(config);
    await client.updateIntentPolicy('i', { grants_patch: {} }, { authorization: 'Bearer other' });
    expect(recorded[0]!.headers['authorization']).toBe('Bearer other');
    expect(recorded[0]!.headers['x-api-key']).toBe(expected['x-api-key']);
  });
});

describe('options', () => {
  it('fall back to the environment', async () => {
    const { server, recorded } = await scene();
    vi.stubEnv('AXME_API_KEY', 'key-of-environment');
    vi.stubEnv('AXME_BASE_URL', `${server.url}/prefix/`);
    vi.stubEnv('AXME_ACTOR_TOKEN', 'actor-of-environment');
    await new AxmeClient().getIntent('i');
    expect(recorded[0]).toMatchObject({
      path: '/prefix/v1/intents/i',
      headers: { 'x-api-key': 'key-of-environment', authorization: 'Bearer actor-of-environment' },
    });
    await new AxmeClient({ apiKey: 'own-key', baseUrl: server.url, actorToken: 'own' }).getIntent('i');
    expect(recorded[1]!.headers).toMatchObject({ 'x-api-key': 'own-key', authorization: 'Bearer own' });
  });

  it('have the published base URL by default', async () => {
    const urls: string[] = [];
    const fetch = async (url: unknown) => {
      urls.push(String(url));
      return new Response('{"ok":true}');
    };
    await new AxmeClient({ apiKey: API_KEY }, fetch as typeof globalThis.fetch).health();
    expect(urls).toEqual(['https://api.cloud.axme.ai/health']);
  });

  it('have the fetch as second argument, called unbound', async () => {
    const receivers: unknown[] = [];
    function fetch(this: unknown) {
      receivers.push(this);
      return Promise.resolve(new Response('{"ok":true}'));
    }
    await new AxmeClient({ apiKey: API_KEY }, fetch as typeof globalThis.fetch).health();
    await new AxmeClient({ apiKey: API_KEY, fetch: fetch as typeof globalThis.fetch }).health();
    expect(receivers).toEqual([undefined, undefined]);
  });

  it.each<[string, AxmeClientConfig | Record<string, unknown>]>([
    ['apiKey', { apiKey: undefined }],
    ['apiKey', { apiKey: '  ' }],
    ['apiKey', { apiKey: 7 }],
    ['apiKeyHeader', { apiKeyHeader: 'cookie' }],
    ['actorToken', { actorToken: '' }],
    ['actorToken', { apiKeyHeader: 'bearer', actorToken: 'a' }],
    ['bearerToken', { actorToken: 'a', bearerToken: 'b' }],
    ['baseUrl', { baseUrl: '' }],
    ['baseUrl', { baseUrl: 'not a url' }],
    ['baseUrl', { baseUrl: 'https://gateway.axme.ai' }],
    ['baseUrl', { baseUrl: 'https://gateway.axme.ai/v1' }],
    ['timeoutMs', { timeoutMs: 0 }],
    ['maxRetries', { maxRetries: -1 }],
    ['retryBackoffMs', { retryBackoffMs: -1 }],
    ['retryBackoffMs', { retryBackoffMs: Number.NaN }],
    ['mcpEndpointPath', { mcpEndpointPath: '' }],
  ])('%s is refused when it has the wrong form: %o', (field, config) => {
    let error: unknown;
    try {
      new AxmeClient({ apiKey: API_KEY, ...config });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(AxmeInputError);
    expect(error).toMatchObject({ field, code: 'INVALID_INPUT' });
  });

  it('take the same token under both names', () => {
    expect(new AxmeClient({ apiKey: API_KEY, actorToken: 'a', bearerToken: 'a' })).toBeInstanceOf(AxmeClient);
  });

  it('turn trace ids off', async () => {
    const { client, recorded } = await scene({ autoTraceId: false });
    await client.getIntent('i');
    await client.getIntent('i', { traceId: 'mine' });
    expect(recorded.map(({ headers }) => headers['x-trace-id'])).toEqual([undefined, 'mine']);
  });

  it('close by await using', async () => {
    const { client } = await scene();
    await client[Symbol.asyncDispose]();
    expect(await failure(client.health())).toMatchObject({ code: 'CLOSED' });
  });
});
