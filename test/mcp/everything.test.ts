import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { isMcpProtocolError, LimeAgent, type McpProgress } from '../../src/lime/index.js';
import { failure } from '../http/clients.js';
import { startEverything, startGate } from './everything-server.js';
import { textOf } from './scene.js';

// Every method against a server that is not ours, nor built on our emulator's: @modelcontextprotocol/server-everything.
// It keeps events to resume after, and so opens every stream with an empty one.

const TEXT = 'demo://resource/dynamic/text/1';
const BLOB = 'demo://resource/dynamic/blob/2';

let emulator: StartedEmulator;
let everything: Awaited<ReturnType<typeof startEverything>>;
let gate: Awaited<ReturnType<typeof startGate>>;
let url: string;
let agent: LimeAgent;

beforeAll(async () => {
  [emulator, everything] = await Promise.all([startEmulator(), startEverything()]);
}, 120_000);

afterAll(() => Promise.all([emulator.close(), everything.stop()]));

beforeEach(async () => {
  gate = await startGate(everything.port, emulator.lime);
  ({ url } = gate);
  const { agentToken, apiBase: baseUrl } = emulator.lime;
  agent = new LimeAgent({ agentToken, baseUrl, allowInsecureTargets: true });
});

afterEach(async () => {
  await agent.close();
  await gate.stop();
});

const sessions = () => new Set(gate.passed.flatMap(({ sessionId }) => sessionId ?? []));

it('takes nobody without a token, and whoever passes has one', async () => {
  const ping = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };
  expect((await fetch(url, ping)).status).toBe(401);
  const forged = { ...ping.headers, authorization: 'Bearer a.b.c' };
  expect((await fetch(url, { ...ping, headers: forged })).status).toBe(401);
  expect(gate.passed).toEqual([]);
  await agent.sendPing(url);
  const { agentId } = await agent.getProfile();
  expect(gate.passed.map(({ claims }) => claims.sub)).toEqual(gate.passed.map(() => agentId));
  expect(gate.refused).toBe(2);
});

describe('the facade', () => {
  it('listTools, callTool', async () => {
    const tools = await agent.listTools(url);
    expect(tools.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['echo', 'get-sum', 'get-structured-content', 'trigger-long-running-operation']),
    );
    expect(tools.find(({ name }) => name === 'get-sum')).toMatchObject({
      title: 'Get Sum Tool',
      inputSchema: { type: 'object', required: ['a', 'b'] },
      annotations: { readOnlyHint: true },
    });
    expect(textOf(await agent.callTool(url, 'echo', { message: 'Grüße 🌍' }))).toBe('Echo: Grüße 🌍');
    expect(textOf(await agent.callTool(url, 'get-sum', { a: 2, b: 40 }))).toBe('The sum of 2 and 40 is 42.');
    const weather = await agent.callTool(url, 'get-structured-content', { location: 'Chicago' });
    expect(weather.structuredContent).toEqual({ temperature: 36, conditions: 'Light rain / drizzle', humidity: 82 });
    const { content } = await agent.callTool(url, 'get-tiny-image');
    expect(content).toContainEqual(expect.objectContaining({ type: 'image', mimeType: 'image/png' }));
    const links = await agent.callTool(url, 'get-resource-links', { count: 3 });
    expect(links.content.filter(({ type }) => type === 'resource_link')).toHaveLength(3);
    expect(await agent.callTool(url, 'get-sum', { a: 'two' })).toMatchObject({ isError: true });
    expect(sessions().size).toBe(1);
  });

  it('callTool hears of progress', async () => {
    const steps: McpProgress[] = [];
    const args = { duration: 0.4, steps: 4 };
    const onProgress = (step: McpProgress) => void steps.push(step);
    const result = await agent.callTool(url, 'trigger-long-running-operation', args, { onProgress });
    expect(textOf(result)).toBe('Long running operation completed. Duration: 0.4 seconds, Steps: 4.');
    expect(steps).toEqual([1, 2, 3, 4].map((progress) => ({ progress, total: 4 })));
  });

  it('listResources, listResourceTemplates, readResource', async () => {
    const resources = await agent.listResources(url);
    expect(resources.length).toBeGreaterThan(0);
    const [first] = resources;
    expect((await agent.readResource(url, first!.uri)).contents[0]).toMatchObject({
      uri: first!.uri,
      mimeType: first!.mimeType,
    });
    const templates = await agent.listResourceTemplates(url);
    expect(templates.map(({ uriTemplate }) => uriTemplate)).toEqual(
      expect.arrayContaining([TEXT.replace('1', '{resourceId}'), BLOB.replace('2', '{resourceId}')]),
    );
    expect((await agent.readResource(url, TEXT)).contents).toEqual([
      { uri: TEXT, mimeType: 'text/plain', text: expect.stringContaining('Resource 1: This is a plaintext resource') },
    ]);
    const [{ blob = '' } = {}] = (await agent.readResource(url, BLOB)).contents;
    expect(atob(blob)).toContain('Resource 2: This is a base64 blob');
    expect(isMcpProtocolError(await failure(agent.readResource(url, 'demo://nowhere')))).toBe(true);
  });

  it('listPrompts, getPrompt', async () => {
    const prompts = await agent.listPrompts(url);
    expect(prompts.find(({ name }) => name === 'args-prompt')?.arguments).toEqual([
      expect.objectContaining({ name: 'city', required: true }),
      expect.objectContaining({ name: 'state', required: false }),
    ]);
    const says = (text: string) => ({ messages: [{ role: 'user', content: { type: 'text', text } }] });
    const simple = await agent.getPrompt(url, 'simple-prompt');
    expect(simple).toMatchObject(says('This is a simple prompt without arguments.'));
    const filled = await agent.getPrompt(url, 'args-prompt', { city: 'Bern' });
    expect(filled).toMatchObject(says("What's weather in Bern?"));
    expect(isMcpProtocolError(await failure(agent.getPrompt(url, 'no such prompt')))).toBe(true);
  });

  it('setLoggingLevel, sendPing, getServerCapabilities, sendProgressNotification', async () => {
    expect(await agent.setLoggingLevel(url, 'error')).toBeUndefined();
    expect(await agent.sendPing(url)).toBeUndefined();
    expect(await agent.getServerCapabilities(url)).toMatchObject({
      tools: { listChanged: true },
      resources: { subscribe: true },
      prompts: {},
      logging: {},
    });
    expect(await agent.sendProgressNotification(url, 'mine', 1, 2)).toBeUndefined();
    expect(sessions().size).toBe(1);
  });

  it('mcpSession, whose state the server keeps', async () => {
    // The tool toggles: what it says depends on the session that calls it.
    const said = await agent.mcpSession(url, async (session) => [
      textOf(await session.callTool('toggle-simulated-logging')),
      textOf(await session.callTool('toggle-simulated-logging')),
    ]);
    expect(said).toEqual([expect.stringMatching(/^Started/), expect.stringMatching(/^Stopped/)]);
    const session = await agent.mcpSession(url);
    expect((await session.listTools()).length).toBeGreaterThan(5);
    await session.close();
    expect(await failure(session.sendPing())).toMatchObject({ code: 'CLOSED' });
    expect(sessions().size).toBe(1);
  });
});

it('a token that is turned down is replaced once, and the tool runs', async () => {
  await agent.sendPing(url);
  gate.revokeAll();
  expect(textOf(await agent.callTool(url, 'echo', { message: 'again' }))).toBe('Echo: again');
  expect(gate.refused).toBe(1);
  expect(new Set(gate.passed.map(({ claims }) => claims.jti)).size).toBe(2);
});

it('close ends the session at the server', async () => {
  await agent.sendPing(url);
  const [sessionId] = sessions();
  await agent.close();
  expect(gate.passed.at(-1)).toMatchObject({ method: 'DELETE', sessionId });
});
