import { ErrorCode, type GetPromptResult, McpError, type Prompt } from '@modelcontextprotocol/sdk/types.js';

const LESSONS = 11;

export const prompts: readonly Prompt[] = [
  {
    name: 'greet',
    description: 'Greets somebody',
    arguments: [
      { name: 'name', required: true },
      { name: 'tone', description: 'Such as warm or formal' },
    ],
  },
  ...Array.from({ length: LESSONS }, (_, index) => ({ name: `lesson-${index + 1}` })),
];

export function getPrompt(name: string, { name: whom, tone = 'warm' }: Record<string, string>): GetPromptResult {
  const prompt = prompts.find((candidate) => candidate.name === name);
  if (prompt === undefined) throw new McpError(ErrorCode.InvalidParams, `Unknown prompt: ${name}`);
  if (name !== 'greet') return asking(`Give me ${name}.`);
  if (whom === undefined) throw new McpError(ErrorCode.InvalidParams, 'Missing argument: name');
  return asking(`Greet ${whom} in a ${tone} tone.`);
}

function asking(text: string): GetPromptResult {
  return { messages: [{ role: 'user', content: { type: 'text', text } }] };
}
