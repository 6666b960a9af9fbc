// Run by mcp.test.ts where no code may be made from strings, as on Cloudflare Workers and under a strict Content-Security-Policy.
import { AxmeClient, AxmeInputError } from '../../../src/axme/index.js';

const [, , baseUrl, apiKey] = process.argv;
try {
  Function('return 1')();
  console.log('code is made from strings here');
} catch (error) {
  console.log((error as Error).name);
}

const client = new AxmeClient({ baseUrl, apiKey });
const { tools } = await client.mcpListTools();
console.log(tools.length > 0 && tools.every(({ inputSchema }) => inputSchema !== undefined));
try {
  await client.mcpCallTool('axme.check_nick', { arguments: { nick: '' } });
} catch (error) {
  console.log(error instanceof AxmeInputError ? `AxmeInputError ${error.field}` : error);
}
console.log((await client.mcpCallTool('axme.check_nick', { arguments: { nick: 'bob' } })).status);
