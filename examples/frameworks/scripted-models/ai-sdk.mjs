// Stands for a language model of the AI SDK: it writes to Ann and to everyone, and is done.
import { MockLanguageModelV3 } from 'ai/test';

const usage = { inputTokens: { total: 0 }, outputTokens: { total: 0 } };
const toolCalls = ['ann@example.org', 'everyone@example.org'].map((to, i) => ({
  type: 'tool-call',
  toolCallId: `call-${i + 1}`,
  toolName: 'sendEmail',
  input: JSON.stringify({ to, subject: 'Hello' }),
}));

export const model = new MockLanguageModelV3({
  doGenerate: [
    { content: toolCalls, finishReason: { unified: 'tool-calls' }, usage, warnings: [] },
    { content: [{ type: 'text', text: 'Done.' }], finishReason: { unified: 'stop' }, usage, warnings: [] },
  ],
});
