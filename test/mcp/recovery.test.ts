import { describe, expect, it } from 'vitest';
import {
  LimeAgent,
  LimeError,
  McpAuthenticationError,
  McpOutcomeUnknownError,
  OAuthCapabilityError,
} from '../../src/lime/index.js';
import { failure } from '../http/clients.js';
import { ManualClock } from '../http/manual-clock.js';
import { closedPort } from '../http/servers.js';
import { poll, scene, textOf, timesSent, tokenRequests } from './scene.js';

const MCP = '/mcp';

// Every row of LIME contract §8.4, and a tool that counts how often it has run.

describe('a token that is turned down', () => {
  it.each(['initialize', 'tools/list', 'tools/call'])(
    'at %s: one refresh, one retry, on a new session',
    async (rpcMethod) => {
      const { emulator, agent, url, sent, told } = await scene();
      await agent.getMcpAccessToken(url);
      if (rpcMethod !== 'initialize') await agent.sendPing(url);
      emulator.mcp.rejectNext(1, { rpcMethod });
      if (rpcMethod === 'tools/list') expect((await agent.listTools(url)).length).toBeGreaterThan(0);
      else expect(textOf(await agent.callTool(url, 'increment'))).toBe('1');
      expect(tokenRequests(sent)).toBe(2);
      expect(emulator.mcp.stats.initializes).toBe(rpcMethod === 'initialize' ? 1 : 2);
      await poll(() => emulator.mcp.stats.sessions).toBe(1);
      if (rpcMethod === 'tools/call') expect(emulator.mcp.stats.effects).toEqual({ default: 1 });
      const retries = told.flat().filter((event) => Object.hasOwn(event as object, 'delayMs'));
      expect(retries).toContainEqual(expect.objectContaining({ scope: 'lime.agents.mcp', status: 401, attempt: 1 }));
    },
  );

  it('twice is McpAuthenticationError, and the next call begins anew', async () => {
    const { emulator, agent, url, sent } = await scene();
    emulator.mcp.rejectNext(2);
    const error = await failure(agent.callTool(url, 'increment'));
    expect(error).toBeInstanceOf(McpAuthenticationError);
    expect(error).toMatchObject({ code: 'MCP_AUTH_FAILED', httpStatus: 401, retryable: false });
    expect(emulator.mcp.stats.effects).toEqual({});
    expect(tokenRequests(sent)).toBe(2);
    expect(textOf(await agent.callTool(url, 'increment'))).toBe('1');
    expect(tokenRequests(sent)).toBe(2);
  });

  it('and another failure after it: that failure', async () => {
    const { emulator, agent, url } = await scene();
    emulator.mcp.rejectNext(1, { rpcMethod: 'tools/call' });
    emulator.faults.add({ path: MCP, rpcMethod: 'tools/call', respond: { status: 500, body: 'broken' } });
    expect(await failure(agent.callTool(url, 'increment'))).toMatchObject({ code: 'MCP_HTTP_ERROR', httpStatus: 500 });
  });

  it('and a platform that gives no other: what the platform says', async () => {
    const { emulator, agent, url } = await scene();
    await agent.sendPing(url);
    const [mine] = emulator.lime.listAgents();
    emulator.lime.updateAgent(mine!.agentId, { mcp: false });
    emulator.mcp.rejectNext(1);
    expect(await failure(agent.callTool(url, 'increment'))).toBeInstanceOf(OAuthCapabilityError);
  });

  it('is told by the HTTP status, and by nothing that is said', async () => {
    const { emulator, agent, url, sent } = await scene();
    for (const as of ['text', 'failure']) await agent.callTool(url, 'mentions_401', { as });
    await failure(agent.callTool(url, 'mentions_401', { as: 'error' }));
    expect(emulator.mcp.stats.effects).toEqual({ mentions_401: 3 });
    expect([tokenRequests(sent), emulator.mcp.stats.initializes]).toEqual([1, 1]);
  });

  it('because its key was retired is replaced by one of the new key', async () => {
    const { emulator, agent, url } = await scene();
    await agent.callTool(url, 'increment');
    const { keys } = emulator.lime;
    const [old] = keys.list();
    keys.rotate();
    expect(textOf(await agent.callTool(url, 'increment'))).toBe('2');
    keys.retire(old!.kid);
    expect(textOf(await agent.callTool(url, 'increment'))).toBe('3');
    expect(emulator.mcp.stats.initializes).toBe(2);
  });
});

it('a token that grows old is replaced, and the session stays', async () => {
  const clock = new ManualClock();
  const { emulator, agent, url, sent } = await scene({ clock });
  emulator.lime.tokenLifetimeSeconds = 10;
  await agent.sendPing(url);
  clock.advance(4_900);
  await agent.sendPing(url);
  expect(tokenRequests(sent)).toBe(1);
  clock.advance(200);
  await agent.sendPing(url);
  expect(tokenRequests(sent)).toBe(2);
  expect(emulator.mcp.stats).toMatchObject({ initializes: 1, refusedTokens: 0 });
});

describe('a session that the server has forgotten', () => {
  it('is opened again, once, and the call is made in it', async () => {
    const { emulator, agent, url, sent } = await scene();
    await agent.callTool(url, 'increment');
    expect(emulator.mcp.expireSessions()).toBe(1);
    expect(textOf(await agent.callTool(url, 'increment'))).toBe('2');
    expect(emulator.mcp.stats).toMatchObject({ initializes: 2, effects: { default: 2 } });
    expect(tokenRequests(sent)).toBe(1);
  });

  it('again and again is an error', async () => {
    const { emulator, agent, url } = await scene();
    const body = { jsonrpc: '2.0', id: null, error: { code: -32001, message: 'Session not found' } };
    emulator.faults.add({ path: MCP, rpcMethod: 'tools/call', respond: { status: 404, body } });
    const error = await failure(agent.callTool(url, 'increment'));
    expect(error).toMatchObject({ name: 'LimeError', code: 'MCP_SESSION_GONE', httpStatus: 404 });
    expect(emulator.mcp.stats).toMatchObject({ initializes: 2, effects: {} });
  });

  it('and a token that is turned down are mended in one call', async () => {
    const { emulator, agent, url } = await scene();
    await agent.callTool(url, 'increment');
    emulator.mcp.expireSessions();
    emulator.mcp.rejectNext(1, { rpcMethod: 'initialize' });
    expect(textOf(await agent.callTool(url, 'increment'))).toBe('2');
    expect(emulator.mcp.stats.effects).toEqual({ default: 2 });
  });

  it('is not what a 404 without a session means', async () => {
    const { emulator, agent, url, sent } = await scene();
    emulator.faults.add({ path: MCP, respond: { status: 404, body: 'no such page' } });
    expect(await failure(agent.callTool(url, 'increment'))).toMatchObject({ code: 'MCP_HTTP_ERROR', httpStatus: 404 });
    expect(timesSent(sent, 'initialize')).toBe(1);
  });
});

describe('a lost answer', () => {
  it.each(['before', 'midway', 'after'] as const)('(%s) leaves the outcome of a tool unknown', async (lose) => {
    const { emulator, agent, url } = await scene();
    await agent.sendPing(url);
    emulator.faults.add({ path: MCP, rpcMethod: 'tools/call', lose, times: 1 });
    const error = await failure(agent.callTool(url, 'increment'));
    expect(error).toBeInstanceOf(McpOutcomeUnknownError);
    expect(error).toMatchObject({ code: 'MCP_OUTCOME_UNKNOWN', retryable: false });
    expect(emulator.mcp.stats.effects).toEqual(lose === 'before' ? {} : { default: 1 });
    expect(textOf(await agent.callTool(url, 'increment'))).toBe(lose === 'before' ? '1' : '2');
  });

  it.each(['before', 'midway', 'after'] as const)(
    '(%s) of a tool that may run twice is asked for again',
    async (lose) => {
      const { emulator, agent, url, told } = await scene();
      await agent.sendPing(url);
      emulator.faults.add({ path: MCP, rpcMethod: 'tools/call', lose, times: 1 });
      const result = await agent.callTool(url, 'increment', {}, { idempotent: true });
      expect(textOf(result)).toBe(lose === 'before' ? '1' : '2');
      expect(emulator.mcp.stats.initializes).toBe(2);
      const retries = told.flat().filter((event) => Object.hasOwn(event as object, 'delayMs'));
      expect(retries).toContainEqual(expect.objectContaining({ scope: 'lime.agents.mcp', error: 'NETWORK_ERROR' }));
    },
  );

  it.each(['before', 'midway', 'after'] as const)('(%s) of what changes nothing is asked for again', async (lose) => {
    const { emulator, agent, url, sent } = await scene();
    for (const rpcMethod of ['initialize', 'tools/list', 'ping']) {
      emulator.faults.add({ path: MCP, rpcMethod, lose, times: 1 });
    }
    await agent.getServerCapabilities(url);
    await agent.listTools(url);
    await agent.sendPing(url);
    expect([timesSent(sent, 'ping'), tokenRequests(sent)]).toEqual([2, 1]);
  });

  it('twice is an error', async () => {
    const { emulator, agent, url, sent } = await scene();
    emulator.faults.add({ path: MCP, rpcMethod: 'tools/list', lose: 'before' });
    const error = await failure(agent.listTools(url));
    expect(error).toMatchObject({ name: 'LimeError', code: 'NETWORK_ERROR', retryable: true });
    expect(timesSent(sent, 'tools/list')).toBe(2);
    emulator.faults.clear();
    emulator.faults.add({ path: MCP, rpcMethod: 'tools/call', lose: 'after' });
    const call = agent.callTool(url, 'increment', {}, { idempotent: true });
    expect(await failure(call)).toMatchObject({ code: 'NETWORK_ERROR' });
    expect(emulator.mcp.stats.effects).toEqual({ default: 2 });
  });

  it('of streams that are cut while they run', async () => {
    const { emulator, agent, url } = await scene();
    const call = failure(agent.callTool(url, 'increment', { delayMs: 60_000 }));
    await poll(() => emulator.mcp.stats.effects).toEqual({ default: 1 });
    emulator.mcp.dropStreams();
    expect(await call).toBeInstanceOf(McpOutcomeUnknownError);
    expect(emulator.mcp.stats.effects).toEqual({ default: 1 });
  });

  it('is none where nothing was sent: the tool is called again, and fails as a network does', async () => {
    const port = await closedPort();
    const { agent } = await scene();
    const error = await failure(agent.callTool(`http://localhost:${port}/mcp`, 'increment'));
    expect(error).toMatchObject({ name: 'LimeError', code: 'NETWORK_ERROR', retryable: true });
    expect((error as Error).message).toContain(`http://localhost:${port}/mcp`);
  });
});

describe('silence', () => {
  it.each([false, true])(
    'leaves the outcome of a tool unknown, and the session usable (JSON: %o)',
    async (jsonResponses) => {
      const { emulator, agent, url } = await scene();
      emulator.mcp.jsonResponses = jsonResponses;
      await agent.sendPing(url);
      const error = await failure(agent.callTool(url, 'increment', { delayMs: 60_000 }, { timeoutMs: 200 }));
      expect(error).toBeInstanceOf(McpOutcomeUnknownError);
      expect(error).toHaveProperty('cause.cause.code', 'TIMEOUT');
      expect(textOf(await agent.callTool(url, 'increment'))).toBe('2');
      expect(emulator.mcp.stats.initializes).toBe(1);
      expect(emulator.mcp.stats.notifications).toContainEqual(
        expect.objectContaining({ method: 'notifications/cancelled' }),
      );
    },
  );

  it('ends what changes nothing with TIMEOUT, without a retry', async () => {
    const { emulator, url, sent, agentWith } = await scene();
    const agent = agentWith({ mcpReadTimeoutMs: 200 });
    emulator.faults.add({ path: MCP, rpcMethod: 'tools/list', delayMs: 60_000 });
    expect(await failure(agent.listTools(url))).toMatchObject({ name: 'LimeError', code: 'TIMEOUT', retryable: true });
    expect(timesSent(sent, 'tools/list')).toBe(1);
  });

  it('at the opening is a TIMEOUT as well', async () => {
    const { emulator, url, agentWith } = await scene();
    const agent = agentWith({ mcpReadTimeoutMs: 200 });
    for (const rpcMethod of ['initialize', 'notifications/initialized']) {
      emulator.faults.add({ path: MCP, rpcMethod, delayMs: 60_000, times: 1 });
      expect(await failure(agent.callTool(url, 'increment'))).toMatchObject({ name: 'LimeError', code: 'TIMEOUT' });
    }
    expect(textOf(await agent.callTool(url, 'increment'))).toBe('1');
  });

  it('begins anew with every sign of life', async () => {
    const { agent, url } = await scene();
    const onProgress = () => {};
    const options = { timeoutMs: 400, onProgress };
    expect(textOf(await agent.callTool(url, 'slow', { durationMs: 900, steps: 9 }, options))).toBe('done in 9 steps');
  });
});

describe('what a server answers beside that is never asked for again', () => {
  it.each([400, 403, 408, 429, 500, 502, 503])('HTTP %i', async (status) => {
    const { emulator, agent, url, sent } = await scene();
    await agent.sendPing(url);
    const body = { jsonrpc: '2.0', id: null, error: { code: -32000, message: 'Because of the moon.' } };
    emulator.faults.add({ path: MCP, respond: { status, body } });
    for (const call of [() => agent.callTool(url, 'increment', {}, { idempotent: true }), () => agent.listTools(url)]) {
      const error = await failure(call());
      expect(error).toMatchObject({ name: 'LimeError', code: 'MCP_HTTP_ERROR', httpStatus: status });
      expect(error).toMatchObject({ retryable: [408, 429, 500, 502, 503].includes(status) });
      expect(error).toMatchObject({ detail: { code: -32000, message: 'Because of the moon.' } });
    }
    expect([timesSent(sent, 'tools/call'), timesSent(sent, 'tools/list')]).toEqual([1, 1]);
    emulator.faults.clear();
    expect(textOf(await agent.callTool(url, 'increment'))).toBe('1');
    expect(emulator.mcp.stats.initializes).toBe(1);
  });

  it('a redirect, which takes no token anywhere', async () => {
    const { emulator, agent, url, sent } = await scene();
    for (const [status, location] of [
      [302, '/elsewhere'],
      [307, '/mcp?again'],
      [308, 'http://127.0.0.1:1/mcp'],
    ] as const) {
      emulator.faults.add({ path: MCP, times: 1, respond: { status, headers: { location } } });
      const error = await failure(agent.listTools(url));
      expect(error).toMatchObject({ name: 'LimeError', code: 'UNEXPECTED_REDIRECT', httpStatus: status });
    }
    expect(sent.filter(({ lane, url: to }) => lane === 'mcp' && to !== url)).toEqual([]);
  });
});

it('a platform that cannot be reached is a LimeError of the platform', async () => {
  const { url } = await scene();
  const baseUrl = `http://127.0.0.1:${await closedPort()}`;
  const agent = new LimeAgent({ agentToken: 'at_1', baseUrl, maxRetries: 0, allowInsecureTargets: true });
  const error = await failure(agent.callTool(url, 'increment'));
  expect(error).toBeInstanceOf(LimeError);
  expect(error).toMatchObject({ code: 'NETWORK_ERROR', message: expect.stringContaining('/modules/oauth/token') });
});
