// An agent on Node. It logs in to a site, and has a tool of an MCP server called. It needs `npm install countersign`.
//
//   LIME_AGENT_TOKEN=… node main.mjs <id of the login> https://tools.example.org/mcp
import process from 'node:process';
import { LimeAgent } from 'countersign/lime';

const [requestId, mcpUrl] = process.argv.slice(2);
const agent = new LimeAgent();
// Ctrl-C breaks off whatever is being done.
process.once('SIGINT', () => agent.close());

try {
  const { status } = await agent.login(requestId);
  console.log(status);
  const { content } = await agent.callTool(mcpUrl, 'add', { a: 2, b: 3 });
  console.log(content[0].text);
} catch ({ code, message }) {
  console.error(code, message);
  process.exitCode = 1;
} finally {
  await agent.close();
}
