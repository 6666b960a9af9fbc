import { expect, it, afterEach } from 'vitest';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { connectClient, mcpToken } from './mcp-client.js';

let started: StartedEmulator;
afterEach(() => started.close());
it('smoke', async () => {
  started = await startEmulator();
  const token = await mcpToken(started.lime, 'localhost');
  const { client } = await connectClient(started.lime.mcpUrl, token);
  console.log(await client.listTools());
  console.log(await client.callTool({ name: 'add', arguments: { a: 1, b: 2 } }));
  const progress: unknown[] = [];
  console.log(await client.callTool({ name: 'slow', arguments: { durationMs: 50 } }, undefined, { onprogress: (p) => progress.push(p) }), progress);
  console.log(started.emulator.mcp.stats);
  started.emulator.faults.add({ path: '/mcp', rpcMethod: 'tools/call', lose: 'midway', times: 1 });
  console.log(await client.callTool({ name: 'slow', arguments: { durationMs: 50 } }, undefined, { timeout: 1000 }).catch((e) => e));
  started.emulator.mcp.expireSessions();
  console.log(await client.ping().catch((e) => e));
  await client.close();
});
