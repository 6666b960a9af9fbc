import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { LimeAgent } from '../../src/lime/index.js';
import { failure } from '../http/clients.js';
import { httpServer } from '../http/servers.js';
import { scene, textOf } from './scene.js';

/** Everything that a careful client must survive, in one client. */
async function everything() {
  const one = await scene();
  const { emulator, agent, url, other } = one;
  await agent.login(emulator.lime.createLoginRequest({ difficulty: 4 }).requestId);
  await agent.getProfile();
  await agent.listTools(url);
  await agent.callTool(url, 'slow', { durationMs: 20, steps: 2 }, { onProgress: () => {} });
  emulator.mcp.rejectNext(1);
  await agent.callTool(url, 'increment');
  emulator.mcp.expireSessions();
  await agent.callTool(other(1), 'increment');
  await agent.mcpSession(url, (session) => session.sendPing());
  const errors = [await failure(agent.callTool(url, 'none'))];
  emulator.mcp.rejectNext(2);
  errors.push(await failure(agent.sendPing(url)));
  for (const respond of [
    { status: 302, headers: { location: '/api/v1/core/agents/me/profile' } },
    { status: 500, body: { error: { code: -1, message: 'broken' } } },
  ]) {
    emulator.faults.add({ path: '/mcp', times: 1, respond });
    errors.push(await failure(agent.sendPing(url)));
  }
  const tokens = [await agent.getMcpAccessToken(url), await agent.getMcpAccessToken(url, { forceRefresh: true })];
  await agent.close();
  return { ...one, errors, tokens };
}

describe('the two lanes (LIME contract §1.4)', () => {
  it('never carry each other’s credential', async () => {
    const { sent, emulator, url } = await everything();
    const platform = sent.filter(({ lane }) => lane === 'platform');
    const mcp = sent.filter(({ lane }) => lane === 'mcp');
    expect(platform.length).toBeGreaterThan(5);
    expect(mcp.length).toBeGreaterThan(20);
    for (const { headers } of platform) expect(headers).not.toHaveProperty('authorization');
    for (const { headers, url: to } of mcp) {
      expect(to.startsWith(url)).toBe(true);
      expect(headers['authorization']).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
      expect(JSON.stringify(headers)).not.toContain(emulator.lime.agentToken);
      expect(headers).not.toHaveProperty('x-agent-token');
    }
    expect([...new Set(mcp.map(({ method }) => method))].sort()).toEqual(['DELETE', 'GET', 'POST']);
    const seen = emulator.requests.filter(({ path }) => !path.startsWith('/mcp'));
    expect(seen.some(({ headers }) => 'authorization' in headers)).toBe(false);
  });

  it('and the Bearer token goes to the target alone, whatever it answers', async () => {
    const elsewhere = await httpServer((_, response) => response.end());
    const { agent, emulator, url } = await scene();
    for (const status of [301, 302, 303, 307, 308]) {
      emulator.faults.add({ path: '/mcp', times: 1, respond: { status, headers: { location: elsewhere.url } } });
      const error = await failure(agent.sendPing(url));
      expect(error).toMatchObject({ code: 'UNEXPECTED_REDIRECT', httpStatus: status });
    }
    expect(elsewhere.requests).toEqual([]);
    const opaque = new LimeAgent({
      agentToken: emulator.lime.agentToken,
      baseUrl: url.replace('/mcp', '/api/v1'),
      allowInsecureTargets: true,
      mcpFetch: async () => Object.defineProperty(new Response(), 'type', { value: 'opaqueredirect' }),
    });
    expect(await failure(opaque.sendPing(url))).toMatchObject({ code: 'UNEXPECTED_REDIRECT' });
  });

  it('use the fetch that each was given, and call it unbound', async () => {
    const { emulator, url } = await scene();
    const used: string[] = [];
    const fetchOf = (lane: string) =>
      function (this: unknown, to: Parameters<typeof fetch>[0], init?: RequestInit) {
        expect(this).toBeUndefined();
        used.push(`${lane} ${new URL(String(to)).pathname}`);
        return fetch(to, init);
      } as typeof fetch;
    const options = {
      agentToken: emulator.lime.agentToken,
      baseUrl: url.replace('/mcp', '/api/v1'),
      allowInsecureTargets: true,
    };
    const agent = new LimeAgent({ ...options, fetch: fetchOf('platform'), mcpFetch: fetchOf('mcp') });
    expect(textOf(await agent.callTool(url, 'echo', { text: 'x' }))).toBe('x');
    await agent.close();
    expect([...new Set(used)]).toEqual(['platform /api/v1/modules/oauth/token', 'mcp /mcp']);
    expect(used[0]).toMatch(/^platform/);

    used.length = 0;
    vi.stubGlobal('fetch', fetchOf('global'));
    const plain = new LimeAgent({ ...options, fetch: fetchOf('platform') });
    vi.unstubAllGlobals();
    const original = globalThis.fetch;
    vi.stubGlobal('fetch', (...args: Parameters<typeof fetch>) => {
      used.push('late');
      return original(...args);
    });
    await plain.sendPing(url);
    vi.unstubAllGlobals();
    await plain.close();
    expect(used.filter((each) => each === 'late').length).toBeGreaterThan(1);
  });
});

it('no secret is in any error, log line, hook, JSON or inspection', async () => {
  const { agent, emulator, errors, told, tokens } = await everything();
  const shown = [errors, told, agent, tokens];
  const causes = errors.flatMap((error) => [error, (error as Error).cause, ((error as Error).cause as Error)?.cause]);
  const text = [
    inspect(shown, { depth: 20, showHidden: true, maxArrayLength: null, maxStringLength: null }),
    JSON.stringify(shown),
    ...causes.map((error) => `${error} ${(error as Error | undefined)?.stack} ${JSON.stringify(error)}`),
  ].join('\n');
  expect(text.length).toBeGreaterThan(2_000);
  expect(text).not.toContain(emulator.lime.agentToken);
  for (const { accessToken } of tokens) expect(text).not.toContain(accessToken);
  expect(text).not.toMatch(/eyJ[\w-]+\.[\w-]+/);
  expect(JSON.stringify(agent)).toBe('{}');
  expect(Object.getOwnPropertyNames(agent)).toEqual([]);
});

it('a server that quotes the token in an error is not repeated', async () => {
  const { agent, emulator, url } = await scene();
  const { accessToken } = await agent.getMcpAccessToken(url);
  const body = { jsonrpc: '2.0', id: null, error: { code: -32000, message: `Bad token ${accessToken}` } };
  emulator.faults.add({ path: '/mcp', respond: { status: 400, body } });
  const error = await failure(agent.sendPing(url));
  expect(error).toMatchObject({ detail: { message: 'Bad token ***' } });
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(accessToken);
});

describe('logging and hooks (LIME contract §12)', () => {
  it('tell of both lanes by their scopes, each request with its answer', async () => {
    const { told, url } = await everything();
    const events = told.flat().filter((event): event is Record<string, unknown> => typeof event === 'object');
    const scopes = new Set(events.map(({ scope }) => scope));
    expect(scopes).toEqual(new Set(['lime', 'lime.agents.mcp']));
    const mcp = events.filter(({ scope, url: shown }) => scope === 'lime.agents.mcp' && shown !== undefined);
    for (const event of mcp) expect(event['url']).toBe(url);
    const requests = events.filter((event) => 'attempt' in event && !('durationMs' in event));
    const responses = events.filter((event) => 'durationMs' in event && !('delayMs' in event));
    expect(responses).toHaveLength(requests.length);
  });

  it('warn of a session that cannot be ended', async () => {
    const { agent, emulator, url, told } = await scene();
    await agent.sendPing(url);
    emulator.faults.add({ path: '/mcp', method: 'DELETE', respond: { status: 500, body: 'no' } });
    await agent.close();
    expect(told).toContainEqual([
      'An MCP session could not be ended at its server.',
      expect.objectContaining({ scope: 'lime.agents.mcp' }),
    ]);
  });

  it('can break nothing', async () => {
    const broken = () => {
      throw new Error('broken');
    };
    const { agent, url, emulator } = await scene({
      logger: { debug: broken, info: broken, warn: broken, error: broken },
      hooks: { onRequest: broken, onResponse: broken, onRetry: broken },
    });
    emulator.mcp.rejectNext(1);
    expect(textOf(await agent.callTool(url, 'echo', { text: 'x' }))).toBe('x');
    emulator.faults.add({ path: '/mcp', method: 'DELETE', respond: { status: 500, body: 'no' } });
    await agent.close();
  });
});
