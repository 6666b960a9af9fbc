// countersign/lime/hono, /express and /mcp-auth: the MCP server's side in frameworks, whose own types are not needed.
import { TokenVerifier } from 'countersign/lime';
import { requireLimeToken as forExpress, limeCaller } from 'countersign/lime/express';
import { requireLimeToken as forHono, type LimeEnv } from 'countersign/lime/hono';
import { type McpTokenVerifier, oauthTokenVerifier } from 'countersign/lime/mcp-auth';

const verifier: McpTokenVerifier = new TokenVerifier({ expectedDomain: 'tools.example.org' });

export const middlewares = [forHono(verifier), forExpress(verifier, { resourceMetadataUrl: undefined })] as const;
export const callerOf = (variables: LimeEnv['Variables'], req: object): string[] => [
  variables.auth.agentId,
  limeCaller(req).agentId,
];
export const clientId = async (token: string): Promise<string> =>
  (await oauthTokenVerifier(verifier).verifyAccessToken(token)).agentId;
