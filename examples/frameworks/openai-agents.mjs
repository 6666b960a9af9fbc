// A tool of OpenAI Agents that asks a human first. It needs AGENT_OTP_API_KEY, and `npm install countersign @openai/agents-core
// zod`; @openai/agents has all of its core.
import { Agent, run, tool } from '@openai/agents-core';
import { AgentOtpClient, protect } from 'countersign/agent-otp';
import { z } from 'zod';
import { model } from './scripted-models/openai-agents.mjs';

const otp = new AgentOtpClient();

const sendEmail = tool({
  name: 'send_email',
  description: 'Sends an e-mail.',
  parameters: z.object({ to: z.string(), subject: z.string() }),
  execute: protect(otp, {
    action: 'email.send',
    resource: ({ to }) => `email:${to}`,
    scope: { max_emails: 1 },
    onPendingApproval: ({ approvalUrl }) => console.error(`May it? Decide at ${approvalUrl}`),
  })(({ to, subject }) => `Sent “${subject}” to ${to}.`),
});

const agent = new Agent({ name: 'Secretary', model, tools: [sendEmail] });
const { newItems } = await run(agent, 'Say hello to Ann, and to everyone.');
// A refusal is text that the model reads.
for (const { type, output } of newItems) if (type === 'tool_call_output_item') console.log(output);

await otp.close();
