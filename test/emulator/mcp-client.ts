import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';

const TOKEN_PATH = '/modules/oauth/token';

/** Asks for an MCP access token as an agent does, with a `domain` or with an empty body. */
export async function mcpToken(
  lime: { readonly apiBase: string; readonly agentToken: string },
  domain?: string,
  fetchIt: typeof fetch = fetch,
): Promise<string> {
  const answer = await fetchIt(lime.apiBase + TOKEN_PATH, {
    method: 'POST',
    headers: { 'X-Agent-Token': lime.agentToken },
    ...(domain === undefined ? {} : { body: JSON.stringify({ domain }) }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** The MCP SDK's own client, connected. */
export async function connectClient(
  url: string,
  token: string,
  fetchIt: typeof fetch = fetch,
): Promise<{ client: Client; transport: StreamableHTTPClientTransport }> {
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    fetch: fetchIt,
    requestInit: { headers: { Authorization: `Bearer ${token}` } },
    reconnectionOptions: {
      maxRetries: 0,
      initialReconnectionDelay: 1,
      maxReconnectionDelay: 1,
      reconnectionDelayGrowFactor: 1,
    },
  });
  const client = new Client({ name: 'test', version: '1.0.0' });
  await client.connect(transport as Transport);
  return { client, transport };
}

/** A message of MCP by hand, and its answer. */
export function send(url: string, token: string, message: object, headers: Record<string, string> = {}) {
  return fetch(url, {
    method: 'POST',
    headers: {
      Accept: 'application/json, text/event-stream',
      'Content-Type': 'application/json',
      Authorization: `Bearer ${token}`,
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  });
}

export const initialize = {
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};
