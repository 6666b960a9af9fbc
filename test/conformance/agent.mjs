// countersign, the agent's side beyond logging in: its profile, and calls of an MCP server, of an emulator in another
// process.
import { LimeAgent } from 'countersign';
import { equal, ok } from './expect.mjs';

async function withAgent({ emulator }, work) {
  const { agentToken, apiBase } = emulator.lime;
  const agent = new LimeAgent({ agentToken, baseUrl: apiBase, allowInsecureTargets: true });
  try {
    await work(agent);
  } finally {
    await agent.close();
  }
}

export async function readsItsProfile(context) {
  await withAgent(context, async (agent) => {
    const { agentId, displayName } = await agent.getProfile();
    ok(agentId !== '' && displayName !== '', 'it is somebody');
  });
}

export async function callsToolsOfAnMcpServer(context) {
  await withAgent(context, async (agent) => {
    const { mcpUrl } = context.emulator.lime;
    const names = (await agent.listTools(mcpUrl)).map(({ name }) => name);
    ok(names.includes('add'), `its tools are ${names}`);
    const { structuredContent, isError } = await agent.callTool(mcpUrl, 'add', { a: 2, b: 3 });
    ok(!isError, 'the tool works');
    equal(structuredContent.sum, 5, 'the sum');
    let steps = 0;
    await agent.callTool(mcpUrl, 'slow', { steps: 3 }, { onProgress: () => steps++ });
    equal(steps, 3, 'the steps that it told of');
  });
}
