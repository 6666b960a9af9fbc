import { createRandom, type Random } from '../random.js';

/** An agent that the platform knows. */
export interface Agent {
  readonly agentId: string;
  /** The secret of the `X-Agent-Token` header. */
  readonly token: string;
  /** `false`: the platform answers it 403 `AGENT_INACTIVE`. */
  readonly active: boolean;
  /** `true`: the platform answers it 403 `AGENT_USER_SUSPENDED`. */
  readonly userSuspended: boolean;
  /** Whether it has the capability to get MCP access tokens. A login does not need it. */
  readonly mcp: boolean;
  /** Whose agent it is: `owner_id` and `user_id` of its profile. */
  readonly ownerId: string;
  readonly displayName: string | null;
  readonly avatarUrl: string | null;
  readonly description: string | null;
  readonly ownerKycLevel: number | null;
  readonly agentReputation: number | null;
}

/** A site that the platform knows. */
export interface Site {
  readonly siteId: string;
  /** The secret of the `X-Site-Token` header. */
  readonly token: string;
  /** `true`: the platform answers it 403 `SITE_SUSPENDED`. */
  readonly suspended: boolean;
}

/** What a new agent is like. */
export interface AgentOptions {
  /** Default `true`. */
  readonly active?: boolean | undefined;
  /** Default `false`. */
  readonly userSuspended?: boolean | undefined;
  /** Default `true`. */
  readonly mcp?: boolean | undefined;
  /** Default: a new id. */
  readonly ownerId?: string | undefined;
  /** Default `Emulated agent`. */
  readonly displayName?: string | null | undefined;
  /** Default `null`, as of whatever follows. */
  readonly avatarUrl?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly ownerKycLevel?: number | null | undefined;
  readonly agentReputation?: number | null | undefined;
}

/** What a new site is like. */
export interface SiteOptions {
  /** Default `false`. */
  readonly suspended?: boolean | undefined;
}

/** Agents and sites, found by their tokens. Two agents and a site exist from the start and for good. */
export class Accounts {
  readonly agent: Agent;
  readonly agentWithoutMcp: Agent;
  readonly site: Site;
  readonly #agents = new Map<string, Agent>();
  readonly #sites = new Map<string, Site>();
  readonly #seed: string | undefined;
  #random: Random;

  constructor(seed: string | undefined) {
    this.#seed = seed;
    this.#random = createRandom(seed, 'lime accounts');
    this.agent = this.addAgent();
    this.agentWithoutMcp = this.addAgent({ mcp: false });
    this.site = this.addSite();
    this.reset();
  }

  addAgent(options: AgentOptions = {}): Agent {
    const agent: Agent = Object.freeze({
      agentId: this.#random.uuid(),
      token: `at_${this.#random.hex(20)}`,
      active: true,
      userSuspended: false,
      mcp: true,
      ownerId: this.#random.uuid(),
      displayName: 'Emulated agent',
      avatarUrl: null,
      description: null,
      ownerKycLevel: null,
      agentReputation: null,
      ...given(options),
    });
    this.#agents.set(agent.token, agent);
    return agent;
  }

  /** Changes what is given. */
  updateAgent(agent: Agent, options: AgentOptions): Agent {
    const updated: Agent = Object.freeze({ ...agent, ...given(options) });
    this.#agents.set(agent.token, updated);
    return updated;
  }

  /** Those that exist from the start first, then in the order they were added. */
  agents(): readonly Agent[] {
    return [...this.#agents.values()];
  }

  addSite({ suspended = false }: SiteOptions = {}): Site {
    const site = { siteId: this.#random.uuid(), token: `st_${this.#random.hex(20)}`, suspended };
    this.#sites.set(site.token, Object.freeze(site));
    return site;
  }

  findAgent(token: string): Agent | undefined {
    return this.#agents.get(token);
  }

  findSite(token: string): Site | undefined {
    return this.#sites.get(token);
  }

  /** Forgets whatever was added since the start. */
  reset(): void {
    this.#agents.clear();
    this.#sites.clear();
    for (const agent of [this.agent, this.agentWithoutMcp]) this.#agents.set(agent.token, agent);
    this.#sites.set(this.site.token, this.site);
    this.#random = createRandom(this.#seed, 'lime accounts, added');
  }
}

/** The options without those that are `undefined`. */
function given(options: AgentOptions): Partial<Agent> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
