import { Refusal } from '../envelope.js';
import type { Accounts, Agent, Site } from './accounts.js';

// The credential lanes of LIME contract §1.4: who calls is told by one header, and a Bearer token is for MCP servers only.

/** The agent that calls. @throws {Refusal} 401 or 403, as the contract's §3.1 says for approve. */
export function agentLane(request: Request, accounts: Accounts): Agent {
  refuseBearer(request, 'INVALID_AGENT_TOKEN');
  const token = request.headers.get('X-Agent-Token');
  if (!token) throw new Refusal(401, 'MISSING_AGENT_TOKEN', 'The X-Agent-Token header is missing.');
  const agent = accounts.findAgent(token);
  if (agent === undefined) throw new Refusal(401, 'INVALID_AGENT_TOKEN', 'No agent has this token.');
  if (agent.userSuspended) throw new Refusal(403, 'AGENT_USER_SUSPENDED', 'The user of this agent is suspended.');
  if (!agent.active) throw new Refusal(403, 'AGENT_INACTIVE', 'This agent is inactive.');
  return agent;
}

/** The site that calls. @throws {Refusal} 401 or 403, as the contract's §3.1 says for create. */
export function siteLane(request: Request, accounts: Accounts): Site {
  refuseBearer(request, 'SITE_TOKEN_INVALID');
  const token = request.headers.get('X-Site-Token');
  if (!token) throw new Refusal(401, 'SITE_TOKEN_MISSING', 'The X-Site-Token header is missing.');
  const site = accounts.findSite(token);
  if (site === undefined) throw new Refusal(401, 'SITE_TOKEN_INVALID', 'No site has this token.');
  if (site.suspended) throw new Refusal(403, 'SITE_SUSPENDED', 'This site is suspended.');
  return site;
}

/** Nobody needs to say who calls, but an MCP token has no business here either. @throws {Refusal} 401. */
export function publicLane(request: Request): void {
  refuseBearer(request, 'INVALID_AGENT_TOKEN');
}

function refuseBearer(request: Request, code: string): void {
  if (/^bearer\b/i.test(request.headers.get('Authorization') ?? '')) {
    throw new Refusal(401, code, 'A Bearer token is for MCP servers, not for this platform.');
  }
}
