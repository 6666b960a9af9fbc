import { readOptions } from '../arguments.js';
import type { Family } from '../family.js';
import type { AnyOf, Open, Reply } from '../open.js';
import type { RequestOptions } from '../options.js';
import { agentPath } from '../path.js';

/** An agent's entry in the registry. */
export interface AgentEntry extends Open {
  /** `agent://<org>/<workspace>/<name>`. */
  readonly address: string;
  readonly service_account_id: string;
  readonly service_account_name: string;
  readonly display_name?: string | null | undefined;
  readonly status: AnyOf<'active' | 'suspended' | 'deleted'>;
  readonly created_at: string;
  /** Of `getAgent` only. */
  readonly updated_at?: string | undefined;
}

/** Options of `listAgents`. */
export interface ListAgentsOptions extends RequestOptions {
  readonly orgId: string;
  readonly workspaceId: string;
  readonly limit?: number | undefined;
}

/** Agents. */
export interface ListAgentsReply extends Reply {
  readonly agents: readonly AgentEntry[];
}

/** An agent. */
export interface GetAgentReply extends Reply {
  readonly agent: AgentEntry;
}

/** Agents (AXME contract §2.15). */
export interface AgentMethods {
  /** The agents of a workspace. */
  listAgents(options: ListAgentsOptions): Promise<ListAgentsReply>;
  /** One agent, by its address, with or without `agent://`. */
  getAgent(address: string, options?: RequestOptions): Promise<GetAgentReply>;
}

const GET = { verb: 'GET', path: '/v1/agents/{address}' } as const;
const required = ['org_id', 'workspace_id'];

export const agents: Family<AgentMethods> = {
  listAgents: { verb: 'GET', path: '/v1/agents', query: [...required, 'limit'], required },
  async getAgent(gateway, address, options) {
    return gateway.call(GET, { path: agentPath(GET.path, address), options: readOptions('getAgent', options) });
  },
};
