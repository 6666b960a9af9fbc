import { ProxyAgent, fetch as undiciFetch } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { LimeAgent } from '../../src/lime/index.js';
import { openPrivateNetwork, type PrivateNetwork } from './private-network.js';

let network: PrivateNetwork;
beforeAll(async () => {
  network = await openPrivateNetwork();
});
beforeEach(() => {
  network.connects.length = 0;
});
afterAll(() => network.close());

/** The `fetch` of the README, through the proxy and with the private CA, unless another is given. */
function throughProxy(ca: string | undefined = network.ca): typeof fetch {
  const dispatcher = new ProxyAgent({ uri: network.proxyUrl, requestTls: { ca } });
  onTestFinished(() => dispatcher.close());
  return ((url: string, init: object) => undiciFetch(url, { ...init, dispatcher })) as unknown as typeof fetch;
}

function agentWith(options: object) {
  const agent = new LimeAgent({ agentToken: network.emulator.lime.agentToken, maxRetries: 0, ...options });
  onTestFinished(() => agent.close());
  return agent;
}

describe('an agent behind a CONNECT proxy, with servers of a private CA', () => {
  it('does everything through it: login, profile, tokens, tools with progress', async () => {
    const fetch = throughProxy();
    const agent = agentWith({ fetch, mcpFetch: fetch });
    const { requestId } = network.emulator.lime.createLoginRequest({ difficulty: 8 });
    expect(await agent.login(requestId)).toMatchObject({ status: 'APPROVED' });
    const { agentId } = await agent.getProfile();

    const progress: unknown[] = [];
    const onProgress = (event: object) => progress.push(event);
    const { content } = await agent.callTool('tools.example.org', 'slow', { steps: 3, durationMs: 60 }, { onProgress });
    expect(content[0]!.text).toBe('done in 3 steps');
    expect(progress).toHaveLength(3);
    const whoami = await agent.callTool('https://tools.example.org/mcp', 'whoami');
    expect(whoami.structuredContent).toEqual({ agentId, domain: 'tools.example.org' });
    expect(new Set(network.connects)).toEqual(new Set(['lime.pics:443', 'tools.example.org:443']));
  });

  it('takes each lane through its own fetch', async () => {
    const lanes = { platform: new Set<string>(), mcp: new Set<string>() };
    const recording = (urls: Set<string>): typeof fetch => {
      const send = throughProxy();
      return (url, init) => {
        urls.add(new URL(String(url)).origin);
        return send(url, init);
      };
    };
    const agent = agentWith({ fetch: recording(lanes.platform), mcpFetch: recording(lanes.mcp) });
    await agent.sendPing('tools.example.org');
    expect(lanes).toEqual({
      platform: new Set(['https://lime.pics']),
      mcp: new Set(['https://tools.example.org']),
    });
  });

  it('says that a certificate is not trusted, and that a proxy refused', async () => {
    const untrusting = throughProxy('');
    const agent = agentWith({ fetch: untrusting, mcpFetch: untrusting });
    await expect(agent.getProfile()).rejects.toMatchObject({
      code: 'NETWORK_ERROR',
      message: expect.stringContaining('certificate not trusted'),
    });
    const fetch = throughProxy();
    const elsewhere = agentWith({ fetch, mcpFetch: fetch, baseUrl: 'https://elsewhere.example/api/v1' });
    await expect(elsewhere.getProfile()).rejects.toMatchObject({ code: 'NETWORK_ERROR' });
    expect(network.connects).toContain('elsewhere.example:443');
  });
});
