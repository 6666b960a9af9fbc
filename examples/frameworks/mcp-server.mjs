// An MCP server whose tool asks a human first. It needs AGENT_OTP_API_KEY, and `npm install countersign
// @modelcontextprotocol/sdk zod`. It speaks on stdin and stdout, as MCP hosts start their servers.
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { AgentOtpClient, mcpRefusal, protect } from 'countersign/agent-otp';
import { z } from 'zod';

const otp = new AgentOtpClient();
const server = new McpServer({ name: 'mail', version: '1.0.0' });

server.registerTool(
  'send_email',
  { description: 'Sends an e-mail.', inputSchema: { to: z.string(), subject: z.string() } },
  protect(otp, {
    action: 'email.send',
    resource: ({ to }) => `email:${to}`,
    scope: { max_emails: 1 },
    onPendingApproval: ({ approvalUrl }) => console.error(`May it? Decide at ${approvalUrl}`),
    onDenied: mcpRefusal,
  })(({ to, subject }) => ({ content: [{ type: 'text', text: `Sent “${subject}” to ${to}.` }] })),
);

server.server.onclose = () => otp.close();
await server.connect(new StdioServerTransport());
