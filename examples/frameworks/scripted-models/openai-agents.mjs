// Stands for a language model of OpenAI Agents: it writes to Ann and to everyone, and is done.
import { Usage } from '@openai/agents-core';

const toolCalls = ['ann@example.org', 'everyone@example.org'].map((to, i) => ({
  type: 'function_call',
  callId: `call-${i + 1}`,
  name: 'send_email',
  arguments: JSON.stringify({ to, subject: 'Hello' }),
  status: 'completed',
}));
const done = {
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: 'Done.' }],
};
const outputs = [toolCalls, [done]];

export const model = {
  getResponse: async () => ({ usage: new Usage(), output: outputs.shift() }),
};
