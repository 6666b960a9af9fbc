// The agent gets an access token for an MCP server, and calls its tools.
import { check, line } from './scenes.mjs';

export async function getToken({ agent, mcpUrl, agentId }) {
  const { accessToken } = await agent.getMcpAccessToken(mcpUrl);
  const claims = JSON.parse(Buffer.from(accessToken.split('.')[1], 'base64url').toString());
  for (const name of ['sub', 'iss', 'aud', 'domain']) line(name, claims[name]);
  line('lifetime', `${claims.exp - claims.iat} s`);
  check('it is for this agent', claims.sub === agentId);
  check('it is for MCP, and for one host', claims.aud === 'mcp' && claims.domain === new URL(mcpUrl).hostname);
  check('it says nothing of the owner', !('user_id' in claims || 'owner_id' in claims));
  const again = await agent.getMcpAccessToken(mcpUrl);
  check('asked for again, it comes from the cache', again.accessToken === accessToken);

  const [header, payload, signature] = accessToken.split('.');
  const other = Buffer.from(JSON.stringify({ ...claims, sub: 'somebody-else' })).toString('base64url');
  const good = await ping(mcpUrl, [header, payload, signature]);
  check(`the MCP server verifies it, and lets it pass: ${good}`, good !== 401);
  const bad = await ping(mcpUrl, [header, other, signature]);
  check(`the same with another agent's name it refuses: ${bad}`, bad === 401);
}

/** The status with which the server answers a token. */
async function ping(mcpUrl, jwt) {
  const response = await fetch(mcpUrl, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${jwt.join('.')}`,
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'demo', version: '1' } },
    }),
  });
  await response.body?.cancel();
  return response.status;
}

export async function callTools({ agent, mcpUrl, agentId }) {
  const tools = await agent.listTools(mcpUrl);
  line('finds', tools.map(({ name }) => name).join(', '));
  check(`${tools.length} tools, from all pages of the list`, tools.length > 5);

  const progress = [];
  const { content } = await agent.callTool(
    mcpUrl,
    'slow',
    { steps: 5, durationMs: 1000 },
    {
      onProgress(event) {
        progress.push(event.progress);
        line('slow', `${'█'.repeat(4 * event.progress).padEnd(4 * event.total, '░')} ${event.message}`);
      },
    },
  );
  line('answer', content[0].text);
  check('every step was reported, in order', progress.join() === '1,2,3,4,5');
  const { structuredContent } = await agent.callTool(mcpUrl, 'whoami');
  check('the server knows whose call it was', structuredContent.agentId === agentId);
  const failed = await agent.callTool(mcpUrl, 'fail', { message: 'Not today.' });
  check(`a tool that fails says so: “${failed.content[0].text}”`, failed.isError === true);
}
