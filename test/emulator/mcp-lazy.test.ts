import { expect, it, vi } from 'vitest';
import { createEmulator } from '../../src/emulator/index.js';
import { API, get } from './helpers.js';
import { initialize } from './mcp-client.js';

const loaded = vi.hoisted(() => ({ times: 0 }));
vi.mock('@modelcontextprotocol/sdk/server/index.js', async (original) => {
  loaded.times += 1;
  return original();
});

it('loads the MCP SDK with the first session, not before', async () => {
  const { fetch, lime, mcp, reset } = createEmulator();
  const headers = { 'X-Agent-Token': lime.agentToken };
  await get({ fetch } as never, '/core/agents/me/profile', headers);
  const issued = await fetch(`${API}/modules/oauth/token`, { method: 'POST', headers });
  const { access_token } = (await issued.json()) as { access_token: string };
  const send = (Authorization: string) =>
    fetch('http://emulator.test/mcp', {
      method: 'POST',
      headers: { Authorization, Accept: 'application/json, text/event-stream', 'Content-Type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', ...initialize }),
    });
  expect((await send('')).status).toBe(401);
  mcp.expireSessions();
  reset();
  expect(loaded.times).toBe(0);
  expect((await send(`Bearer ${access_token}`)).status).toBe(200);
  expect(loaded.times).toBe(1);
});
