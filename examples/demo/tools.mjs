// The agent says who it is, gets an access token for an MCP server, and calls its tools.
import { check, heading, line } from './stage.mjs';

export async function callTools({ agent, mcpUrl }) {
  heading('profile');
  const profile = await agent.getProfile();
  line('agent', `${profile.displayName}, ${profile.agentId}`);
  line('owner', profile.ownerId);

  heading('access token');
  const token = await agent.getMcpAccessToken(mcpUrl);
  const claims = claimsOf(token.accessToken);
  for (const name of ['sub', 'iss', 'aud', 'domain']) line(name, claims[name]);
  line('lifetime', `${claims.exp - claims.iat} s`);
  check('it is for this agent', claims.sub === profile.agentId);
  check('it is for MCP, and for one host', claims.aud === 'mcp' && claims.domain === new URL(mcpUrl).hostname);
  check('it says nothing of the owner', !JSON.stringify(claims).includes(profile.ownerId));
  const again = await agent.getMcpAccessToken(mcpUrl);
  check('asked for again, it comes from the cache', again.accessToken === token.accessToken);

  heading('tools');
  const tools = await agent.listTools(mcpUrl);
  for (const { name, description } of tools) line(name, description);
  check(`${tools.length} tools, from all pages of the list`, tools.length > 5);

  heading('a tool call with progress');
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
  check('the server knows whose call it was', structuredContent.agentId === profile.agentId);
  const failed = await agent.callTool(mcpUrl, 'fail', { message: 'Not today.' });
  check(`a tool that fails says so: “${failed.content[0].text}”`, failed.isError === true);
}

/** What a token says. Whether it is true, the server finds out by LIME's keys. */
function claimsOf(jwt) {
  return JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url').toString());
}
