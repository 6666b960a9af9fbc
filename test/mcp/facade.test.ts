import { afterEach, describe, expect, it, vi } from 'vitest';
import { isMcpProtocolError, LimeError, LimeInputError } from '../../src/lime/index.js';
import { failure } from '../http/clients.js';
import { scene, textOf, timesSent } from './scene.js';

afterEach(() => vi.unstubAllGlobals());

describe.each([false, true])('every method, with answers in JSON alone: %o', (jsonResponses) => {
  it('does what it says', async () => {
    const { emulator, agent, url } = await scene();
    emulator.mcp.jsonResponses = jsonResponses;

    const tools = await agent.listTools(url);
    expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(['echo', 'add', 'whoami']));
    expect(tools[0]).toMatchObject({ name: 'echo', inputSchema: { type: 'object' } });

    expect(textOf(await agent.callTool(url, 'echo', { text: 'hello' }))).toBe('hello');
    expect(await agent.callTool(url, 'add', { a: 1, b: 2 })).toMatchObject({ structuredContent: { sum: 3 } });
    expect(await agent.callTool(url, 'fail')).toMatchObject({ isError: true });

    const resources = await agent.listResources(url);
    const [resource] = resources;
    expect((await agent.readResource(url, resource!.uri)).contents[0]).toMatchObject({ uri: resource!.uri });
    expect((await agent.listResourceTemplates(url))[0]).toHaveProperty('uriTemplate');

    const prompts = await agent.listPrompts(url);
    const [prompt] = prompts;
    const args = Object.fromEntries((prompt!.arguments ?? []).map(({ name }) => [name, 'x']));
    expect((await agent.getPrompt(url, prompt!.name, args)).messages.length).toBeGreaterThan(0);

    expect(await agent.setLoggingLevel(url, 'warning')).toBeUndefined();
    expect(emulator.mcp.stats.logLevel).toBe('warning');
    expect(await agent.sendPing(url)).toBeUndefined();
    expect(await agent.getServerCapabilities(url)).toMatchObject({ tools: {}, resources: {}, prompts: {} });
    await agent.sendProgressNotification(url, 'mine', 1, 2);
    await agent.sendProgressNotification(url, 7, 1);
    const seen = emulator.mcp.stats.notifications.filter(({ method }) => method === 'notifications/progress');
    expect(seen.map(({ params }) => params)).toEqual([
      { progressToken: 'mine', progress: 1, total: 2 },
      { progressToken: 7, progress: 1 },
    ]);
    expect(emulator.mcp.stats).toMatchObject({ initializes: 1, sessions: 1 });
    expect(emulator.mcp.stats.notifications).not.toContainEqual(
      expect.objectContaining({ method: 'notifications/cancelled' }),
    );
  });

  it('reads all pages of every list', async () => {
    const { emulator, agent, url, sent } = await scene();
    emulator.mcp.configure({ jsonResponses, pageSize: 1000 });
    const all = async () => [
      await agent.listTools(url),
      await agent.listResources(url),
      await agent.listResourceTemplates(url),
      await agent.listPrompts(url),
    ];
    const whole = await all();
    const inOne = timesSent(sent, 'tools/list');
    emulator.mcp.pageSize = 1;
    expect(await all()).toEqual(whole);
    expect([inOne, timesSent(sent, 'tools/list')]).toEqual([1, 1 + whole[0]!.length]);
  });

  it('does not follow a cursor that repeats', async () => {
    const { emulator, agent, url, sent } = await scene();
    emulator.mcp.configure({ jsonResponses, repeatCursor: true });
    for (const list of ['listTools', 'listResources', 'listResourceTemplates', 'listPrompts'] as const) {
      const error = await failure(agent[list](url));
      expect(error).toBeInstanceOf(LimeError);
      expect(error).toMatchObject({ code: 'INVALID_RESPONSE', message: expect.stringContaining('never ends') });
    }
    expect(timesSent(sent, 'tools/list')).toBe(2);
    expect(await agent.sendPing(url)).toBeUndefined();
  });

  it('hears of progress', async () => {
    const { emulator, agent, url } = await scene();
    emulator.mcp.jsonResponses = jsonResponses;
    const steps: unknown[] = [];
    const onProgress = (step: unknown) => {
      steps.push(step);
      throw new Error('the listener is broken');
    };
    const result = await agent.callTool(url, 'slow', { durationMs: 300, steps: 3 }, { onProgress });
    expect(textOf(result)).toBe('done in 3 steps');
    // In JSON alone there is no stream of the call, and what the server says goes to the session's own.
    if (!jsonResponses) {
      expect(steps).toEqual([1, 2, 3].map((progress) => ({ progress, total: 3, message: `step ${progress} of 3` })));
    }
  });
});

it('progress needs no stream beside the call', async () => {
  const { agent, url, emulator } = await scene();
  emulator.mcp.serverStream = false;
  const steps: number[] = [];
  const onProgress = ({ progress }: { progress: number }) => void steps.push(progress);
  await agent.callTool(url, 'slow', { durationMs: 100, steps: 2 }, { onProgress });
  expect(steps).toEqual([1, 2]);
});

it('what the server says by JSON-RPC comes as it is', async () => {
  const { agent, url, emulator } = await scene();
  const unknown = await failure(agent.callTool(url, 'no such tool'));
  expect(isMcpProtocolError(unknown)).toBe(true);
  expect(unknown).toMatchObject({ name: 'McpError', code: -32602 });
  const quoting = await failure(agent.callTool(url, 'mentions_401', { as: 'error' }));
  expect(isMcpProtocolError(quoting)).toBe(true);
  expect(quoting).toMatchObject({ code: -32603, message: expect.stringContaining('401') });
  expect(isMcpProtocolError(new LimeError('CLOSED', 'x'))).toBe(false);
  expect(emulator.mcp.stats).toMatchObject({ initializes: 1, refusedTokens: 0 });
});

it.each([true, false])(
  'a result that the schema of its tool does not allow is a protocol error (eval: %o)',
  async (eval_) => {
    if (!eval_) {
      vi.stubGlobal('Function', () => {
        throw new EvalError('no code from strings');
      });
    }
    const { agent, url, emulator } = await scene();
    emulator.mcp.configure({ pageSize: 1000, jsonResponses: true });
    await agent.listTools(url);
    const set = { '/result/structuredContent': { sum: 'three' } };
    emulator.faults.add({ path: '/mcp', rpcMethod: 'tools/call', rewrite: { set }, times: 1 });
    expect(await failure(agent.callTool(url, 'add', { a: 1, b: 2 }))).toMatchObject({ name: 'McpError', code: -32602 });
    expect(await agent.callTool(url, 'add', { a: 1, b: 2 })).toMatchObject({ structuredContent: { sum: 3 } });
  },
);

it('a schema that nobody can read is no reason to hide a tool', async () => {
  const { agent, url, emulator } = await scene();
  emulator.mcp.configure({ pageSize: 1000, jsonResponses: true });
  const set = { '/result/tools/1/outputSchema': { type: 'object', properties: { sum: { $ref: '#/nowhere' } } } };
  emulator.faults.add({ path: '/mcp', rpcMethod: 'tools/list', rewrite: { set } });
  expect((await agent.listTools(url)).map(({ name }) => name)).toContain('add');
  expect(await agent.callTool(url, 'add', { a: 1, b: 2 })).toMatchObject({ structuredContent: { sum: 3 } });
});

describe('targets', () => {
  it('are URLs and hosts', async () => {
    const { agentWith, url } = await scene();
    const seen: string[] = [];
    const mcpFetch: typeof fetch = (target, init) => {
      seen.push(String(target));
      return fetch(url, init);
    };
    const agent = agentWith({ mcpFetch });
    for (const target of ['localhost', 'http://localhost:9/x/', 'http://localhost:9/x?a=1#f'])
      await agent.sendPing(target);
    expect([...new Set(seen)]).toEqual(['https://localhost/mcp', 'http://localhost:9/x', 'http://localhost:9/x?a=1']);
  });

  it('with an IP address work, with a token for no domain', async () => {
    const { agent, url } = await scene();
    const result = await agent.callTool(url.replace('localhost', '127.0.0.1'), 'whoami');
    expect(result.structuredContent).toMatchObject({ domain: null });
    expect((await agent.callTool(url, 'whoami')).structuredContent).toMatchObject({ domain: 'localhost' });
  });

  it.each(['', 'http://localhost/mcp', 'http://10.0.0.1/mcp', 'user@example.org'])(
    '%j is refused by every method',
    async (target) => {
      const { agentWith, sent } = await scene();
      const agent = agentWith({ allowInsecureTargets: false });
      for (const call of [
        agent.listTools(target),
        agent.callTool(target, 'echo'),
        agent.listResources(target),
        agent.listResourceTemplates(target),
        agent.readResource(target, 'x:y'),
        agent.listPrompts(target),
        agent.getPrompt(target, 'p'),
        agent.setLoggingLevel(target, 'debug'),
        agent.sendPing(target),
        agent.getServerCapabilities(target),
        agent.sendProgressNotification(target, 1, 1),
        agent.mcpSession(target),
        agent.mcpSession(target, () => {}),
      ]) {
        expect(await failure(call)).toBeInstanceOf(LimeInputError);
      }
      expect(sent).toEqual([]);
    },
  );
});
