import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  AgentOTPClient,
  AgentOTPError,
  AgentOtpClient,
  AgentOtpError,
  AuthenticationError,
} from '../../src/agent-otp/index.js';
import { isCountersignError } from '../../src/errors.js';
import { failure } from '../http/clients.js';
import { httpServer, json } from '../http/servers.js';

afterEach(() => vi.unstubAllEnvs());

const KEY = 'ak_live_hunter2hunter2';

it('has the names that users know', () => {
  expect(AgentOTPClient).toBe(AgentOtpClient);
  expect(AgentOTPError).toBe(AgentOtpError);
});

describe('the environment', () => {
  it.each([
    ['AGENT_OTP_API_KEY', 'AGENT_OTP_BASE_URL'],
    ['AGENT_OTP_KEY', 'AGENT_OTP_URL'],
  ])('%s and %s serve', async (key, url) => {
    const server = await httpServer(json(200, { id: 'x', status: 'pending' }));
    vi.stubEnv(key, ` ${KEY}\n`);
    vi.stubEnv(url, `${server.url}/`);
    const client = new AgentOtpClient();
    await client.getPermission('x');
    expect(server.requests[0]).toMatchObject({
      url: '/api/v1/permissions/x',
      headers: { authorization: `Bearer ${KEY}` },
    });
    await client.close();
  });

  it('without a key the error names option and variable', () => {
    vi.stubEnv('AGENT_OTP_API_KEY', '');
    vi.stubEnv('AGENT_OTP_KEY', '');
    expect(() => new AgentOtpClient()).toThrow(AuthenticationError);
    expect(() => new AgentOtpClient()).toThrow(/apiKey.*AGENT_OTP_API_KEY/);
  });
});

it.each([
  [{ apiKey: 'ak_\n1' }, 'INVALID_API_KEY'],
  [{ ownerId: 'a b' }, 'VALIDATION_ERROR'],
  [{ ownerToken: '' }, 'VALIDATION_ERROR'],
  [{ dialect: 'french' }, 'VALIDATION_ERROR'],
  [{ baseUrl: 'nonsense' }, 'VALIDATION_ERROR'],
  [{ timeoutMs: -1 }, 'VALIDATION_ERROR'],
  [{ retries: 0.5 }, 'VALIDATION_ERROR'],
])('%j is refused', (options, code) => {
  try {
    new AgentOtpClient({ apiKey: KEY, ...options } as never);
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code });
    expect(isCountersignError(error)).toBe(true);
  }
});

it('debug logs to the console, a logger comes first', async () => {
  const server = await httpServer(json(200, { id: 'x', status: 'pending' }));
  const debug = vi.spyOn(console, 'debug').mockImplementation(() => {});
  const client = new AgentOtpClient({ apiKey: KEY, baseUrl: server.url, debug: true });
  await client.getPermission('x');
  expect(debug).toHaveBeenCalled();
  expect(inspect(debug.mock.calls)).not.toContain('hunter2');
  debug.mockRestore();
  await client.close();
});

it('the default fetch is called unbound', async () => {
  const server = await httpServer(json(200, { id: 'x', status: 'pending' }));
  const { fetch } = globalThis;
  const receivers: unknown[] = [];
  vi.stubGlobal('fetch', function (this: unknown, ...args: Parameters<typeof fetch>) {
    receivers.push(this);
    return fetch(...args);
  });
  const client = new AgentOtpClient({ apiKey: KEY, baseUrl: server.url });
  await client.getPermission('x');
  vi.unstubAllGlobals();
  expect(receivers).toEqual([undefined]);
});

it('a browser is asked for no header that the server does not allow', async () => {
  const server = await httpServer(json(200, { id: 'x', status: 'pending' }));
  const names = new Set<string>();
  const client = new AgentOtpClient({
    apiKey: KEY,
    baseUrl: server.url,
    fetch: (url, init) => {
      for (const [name] of init!.headers as Headers) names.add(name);
      return fetch(url, init);
    },
  });
  await client.requestPermission({ action: 'a' });
  expect([...names].sort()).toEqual(['accept', 'authorization', 'content-type']);
});

it('using and await using close it', async () => {
  const client = new AgentOtpClient({ apiKey: KEY });
  if (Symbol.dispose !== undefined) client[Symbol.dispose]();
  if (Symbol.asyncDispose !== undefined) await client[Symbol.asyncDispose]();
  await client.close();
  expect(await failure(client.requestPermission({ action: 'a' }))).toMatchObject({ code: 'CLOSED' });
});

describe('secrets are nowhere', () => {
  const TOKEN = 'otp_hunter2hunter2hunter2';
  const quoting = (status: number) =>
    json(status, {
      success: false,
      error: {
        code: `X_${KEY}`,
        message: `${KEY} and ${TOKEN} and ak_other123456`,
        details: { [TOKEN]: { deep: [KEY] } },
      },
      reason: KEY,
    });

  it.each([400, 401, 403, 404, 409, 410, 429, 500])('in the error of %d', async (status) => {
    const server = await httpServer(quoting(status));
    const told: unknown[] = [];
    const tell = (...args: unknown[]) => void told.push(args);
    const logger = { debug: tell, info: tell, warn: tell, error: tell };
    const hooks = { onRequest: tell, onResponse: tell, onRetry: tell };
    const client = new AgentOtpClient({
      apiKey: KEY,
      ownerToken: 'uk_hunter2hunter2',
      baseUrl: server.url,
      retries: 0,
      logger,
      hooks,
    });
    const errors = await Promise.all([
      failure(client.verifyToken('x', TOKEN)),
      failure(client.useToken('x', TOKEN)),
      failure(client.revokeToken('x', TOKEN)),
      failure(client.listAgents()),
    ]);
    const text = [...errors, told, client]
      .map((one) => `${inspect(one, { depth: 20, showHidden: true })} ${JSON.stringify(one)} ${one}`)
      .join();
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain('other123456');
    expect(JSON.stringify(client)).toBe('{}');
    await client.close();
  });

  it('an excerpt of a page neither', async () => {
    const server = await httpServer((_, response) => response.writeHead(502).end(`<p>${KEY} ${TOKEN}`));
    const client = new AgentOtpClient({ apiKey: KEY, baseUrl: server.url, retries: 0 });
    expect(String(await failure(client.getPermission('x')))).not.toContain('hunter2');
  });
});
