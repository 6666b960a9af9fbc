// A tool of the Vercel AI SDK that asks a human first. It needs AGENT_OTP_API_KEY, and `npm install countersign ai zod`.
import { generateText, stepCountIs, tool } from 'ai';
import { AgentOtpClient, protect } from 'countersign/agent-otp';
import { z } from 'zod';
import { model } from './scripted-models/ai-sdk.mjs';

const otp = new AgentOtpClient();

const sendEmail = tool({
  description: 'Sends an e-mail.',
  inputSchema: z.object({ to: z.string(), subject: z.string() }),
  execute: protect(otp, {
    action: 'email.send',
    resource: ({ to }) => `email:${to}`,
    scope: { max_emails: 1 },
    onPendingApproval: ({ approvalUrl }) => console.error(`May it? Decide at ${approvalUrl}`),
  })(({ to, subject }) => `Sent “${subject}” to ${to}.`),
});

const { steps } = await generateText({
  model,
  tools: { sendEmail },
  stopWhen: stepCountIs(2),
  prompt: 'Say hello to Ann, and to everyone.',
});
// A refusal is text that the model reads.
for (const { output } of steps[0].toolResults) console.log(output);

await otp.close();
