// Which LIME, which tokens and which MCP server the scenarios run against, by the variables that LIME's own clients use
// (LIME contract §1.2).
import { LimeAgent, LimeSite } from 'countersign/lime';

const on = (value) => value === '1';

/**
 * What is enabled, and why the rest is not.
 *
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {{ lime: string | undefined, mcp: string | undefined, lacking: string[] }} `undefined`: enabled; else the reason.
 *   `lacking`: the variables without which what was enabled cannot run.
 */
export function enabled(env) {
  const off = (name) => `it is not enabled: set ${name}=1`;
  const lime = on(env.LIME_INTEGRATION) ? undefined : off('LIME_INTEGRATION');
  const mcp = lime ?? (on(env.LIME_MCP_INTEGRATION) ? undefined : off('LIME_MCP_INTEGRATION'));
  const needed = lime === undefined ? ['LIME_AGENT_TOKEN', 'LIME_SITE_TOKEN'] : [];
  return { lime, mcp, lacking: needed.filter((name) => !env[name]?.trim()) };
}

/** @param {Readonly<Record<string, string | undefined>>} env */
export function openWorld(env) {
  const apiBase = (env.LIME_API_BASE || 'https://lime.pics/api/v1').replace(/\/+$/, '');
  const server = (env.MCP_SERVER_URL || 'http://localhost:9000').replace(/\/+$/, '');
  const agentToken = env.LIME_AGENT_TOKEN.trim();
  const siteToken = env.LIME_SITE_TOKEN.trim();
  // Hard work and a slow network are no reason to fail here.
  const options = { baseUrl: apiBase, powTimeoutMs: 60_000, allowInsecureTargets: true };
  return {
    agent: new LimeAgent({ ...options, agentToken }),
    /** One for all: it has one event stream, which opens at the first scenario that needs it. */
    limeSite: new LimeSite({ baseUrl: apiBase, siteToken }),
    newAgent: (token) => new LimeAgent({ ...options, agentToken: token }),
    newSite: (token) => new LimeSite({ baseUrl: apiBase, siteToken: token }),
    apiBase,
    agentToken,
    mcpUrl: env.LIME_MCP_TARGET || (server.endsWith('/mcp') ? server : `${server}/mcp`),
    /** What a site asks of LIME. */
    async site(method, path) {
      const headers = { 'X-Site-Token': siteToken, 'Content-Type': 'application/json' };
      const response = await fetch(apiBase + path, { method, headers, body: method === 'POST' ? '{}' : undefined });
      const { ok, data, error } = await response.json();
      if (ok !== true) throw new Error(`LIME refused ${method} ${path}: HTTP ${response.status}, ${error?.code}`);
      return data;
    },
    async close() {
      await Promise.all([this.agent.close(), this.limeSite.close()]);
    },
    async newRequest() {
      const { login_request_id: id } = await this.site('POST', '/modules/agent-login/requests');
      return id;
    },
  };
}
