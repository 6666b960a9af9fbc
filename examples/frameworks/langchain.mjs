// A LangChain.js tool that asks a human first. It needs AGENT_OTP_API_KEY, and `npm install countersign @langchain/core zod`.
import { tool } from '@langchain/core/tools';
import { AgentOtpClient, protect } from 'countersign/agent-otp';
import { z } from 'zod';

const otp = new AgentOtpClient();

const sendEmail = tool(
  protect(otp, {
    action: 'email.send',
    resource: ({ to }) => `email:${to}`,
    scope: { max_emails: 1 },
    onPendingApproval: ({ approvalUrl }) => console.error(`May it? Decide at ${approvalUrl}`),
  })(({ to, subject }) => `Sent “${subject}” to ${to}.`),
  {
    name: 'send_email',
    description: 'Sends an e-mail.',
    schema: z.object({ to: z.string(), subject: z.string() }),
  },
);

// An agent invokes it with the tool calls of its model, such as these. A refusal is text that the model reads.
const calls = ['ann@example.org', 'everyone@example.org'].map((to, i) => ({
  type: 'tool_call',
  id: `call-${i + 1}`,
  name: sendEmail.name,
  args: { to, subject: 'Hello' },
}));
for (const { content } of await Promise.all(calls.map((call) => sendEmail.invoke(call)))) console.log(content);

await otp.close();
