// countersign/lime: an agent, a site, and an MCP server's side.
import {
  type AgentProfile,
  InvalidPassportError,
  LimeAgent,
  type LimeAgentOptions,
  LimeError,
  LimeSite,
  type Logger,
  McpAuthenticationError,
  type McpToolResult,
  requireLimeToken,
  TokenVerifier,
} from 'countersign/lime';

export async function agent(logger: Logger, signal: AbortSignal): Promise<[AgentProfile, McpToolResult]> {
  const options: LimeAgentOptions = { agentToken: 'token', logger, timeoutMs: 1000 };
  const agent = new LimeAgent(options);
  const { requestId, status, expiresAt } = await agent.login('request', { signal });
  const facts: [string, string, Date] = [requestId, status, expiresAt];
  const result = await agent.callTool('https://tools.example.org/mcp', 'add', { a: 1, facts }, { signal });
  const { accessToken }: { readonly accessToken: string } = await agent.getMcpAccessToken('tools.example.org');
  const profile = await agent.getProfile();
  await agent.close();
  return accessToken === '' ? Promise.reject(new Error('no token')) : [profile, result];
}

export async function site(): Promise<string> {
  const site = new LimeSite({ siteToken: 'token', autoStart: true, onError: ({ code }) => void code });
  const stop: () => void = site.onLogin(async (requestId: string, passport: string | null) => {
    if (passport) await site.verifyPassport(passport, { expectedRequestId: requestId });
  });
  const { requestId } = await site.createLoginRequest();
  const { passport } = await site.waitForLogin(requestId, { timeoutMs: 60_000 });
  const { agentId } = await site.verifyPassport(passport, { expectedRequestId: requestId });
  stop();
  await site.close();
  return agentId;
}

export const handler = requireLimeToken(
  new TokenVerifier({ expectedDomain: 'tools.example.org' }),
  (request: Request, { agentId }) => new Response(`${agentId} ${request.url}`),
);

export function why(error: unknown): string {
  if (error instanceof InvalidPassportError || error instanceof McpAuthenticationError) return error.code;
  return error instanceof LimeError ? `${error.httpStatus} ${error.retryAfter}` : '';
}
