import * as v from 'valibot';
import { EmulatorInputError, EmulatorNotFoundError } from '../errors.js';
import { checkInput, milliseconds } from '../input.js';
import type { Agent, AgentOptions, Site, SiteOptions } from './accounts.js';
import { type BindingsControl, createBindingsControl } from './bindings/control.js';
import { createEventsControl, type EventsControl } from './events/control.js';
import { createKeysControl, type KeysControl } from './keys/control.js';
import type { LoginRequest } from './login-requests.js';
import type { LimePlatform } from './platform.js';
import { difficultySchema, type LimeOptions } from './settings.js';

/** A login request as a site would create it, and as only a test can. */
export interface NewLoginRequest {
  /** Leading zero bits. Default: the platform's `difficulty`. */
  readonly difficulty?: number | undefined;
  /** Any well-formed text. Default: 32 random hexadecimal characters. */
  readonly challenge?: string | undefined;
  /** Milliseconds until it expires. Default: the platform's `requestLifetimeMs`. */
  readonly expiresInMs?: number | undefined;
  /** The site that asks. Default: the one that exists from the start. */
  readonly siteToken?: string | undefined;
}

/** Every setting of {@link LimeOptions}, to be read and set at any time. */
export type LimeSettingValues = { -readonly [Name in keyof LimeOptions]-?: Exclude<LimeOptions[Name], undefined> };

/** What tests and scripts may do to the emulated LIME beside its wire. Wrong input throws an `EmulatorInputError`. */
export interface LimeControl extends LimeSettingValues {
  /** The token of an agent that may do everything. */
  readonly agentToken: string;
  /** The token of an agent that may log in but not get MCP tokens. */
  readonly agentTokenWithoutMcp: string;
  /** The token of a site. */
  readonly siteToken: string;
  /** The keys that sign MCP access tokens and passports. */
  readonly keys: KeysControl;
  /** The event streams of sites. */
  readonly events: EventsControl;
  readonly bindings: BindingsControl;
  /** Sets what is given, all or nothing. */
  configure(settings: LimeOptions): void;
  /** Another agent, until the next reset. */
  addAgent(options?: AgentOptions): Agent;
  /** Those that exist from the start first. */
  listAgents(): readonly Agent[];
  /**
   * Changes what is given, until the next reset: its profile, its capability, whether it is active.
   *
   * @throws {EmulatorNotFoundError} the id is unknown.
   */
  updateAgent(agentId: string, options: AgentOptions): Agent;
  /** Another site, until the next reset. */
  addSite(options?: SiteOptions): Site;
  createLoginRequest(request?: NewLoginRequest): LoginRequest;
  /** `undefined` if the id is unknown, or the request so long over that it was dropped. */
  getLoginRequest(requestId: string): LoginRequest | undefined;
  /** Oldest first. */
  listLoginRequests(): readonly LoginRequest[];
  /**
   * Ends the request's time now. One that was approved stays approved.
   *
   * @throws {EmulatorNotFoundError} the id is unknown.
   */
  expireLoginRequest(requestId: string): LoginRequest;
  /**
   * Approves it as an agent would, without a proof of work. Without an `agentToken` it is the first agent.
   *
   * @throws {EmulatorNotFoundError} the id is unknown.
   * @throws {EmulatorInputError} the request is not pending, or no agent has this token.
   */
  approveLoginRequest(requestId: string, options?: ApproveOptions): LoginRequest;
}

/** How a login request is approved by {@link LimeControl.approveLoginRequest}. */
export interface ApproveOptions {
  /** Default: the agent that may do everything. */
  readonly agentToken?: string | undefined;
}

const newLoginRequest = v.strictObject({
  difficulty: v.optional(difficultySchema),
  challenge: v.optional(
    v.pipe(
      v.string(),
      v.check((text) => !/\p{Surrogate}/u.test(text), 'expected well-formed text'),
    ),
  ),
  expiresInMs: v.optional(milliseconds),
  siteToken: v.optional(v.string()),
});

const text = v.optional(v.nullable(v.string()));
const integer = v.optional(v.nullable(v.pipe(v.number(), v.safeInteger())));

const agentOptions = v.strictObject({
  active: v.optional(v.boolean()),
  userSuspended: v.optional(v.boolean()),
  mcp: v.optional(v.boolean()),
  ownerId: v.optional(v.string()),
  displayName: text,
  avatarUrl: text,
  description: text,
  ownerKycLevel: integer,
  agentReputation: integer,
});

const approveOptions = v.strictObject({ agentToken: v.optional(v.string()) });

const siteOptions = v.strictObject({ suspended: v.optional(v.boolean()) });

export function createLimeControl(platform: LimePlatform): LimeControl {
  const { settings, accounts, requests } = platform;
  const existing = (requestId: string): LoginRequest => {
    const request = requests.get(requestId);
    if (request === undefined) {
      throw new EmulatorNotFoundError('No login request has this id, or it was dropped.', { requestId });
    }
    return request;
  };
  return settings.on({
    agentToken: accounts.agent.token,
    agentTokenWithoutMcp: accounts.agentWithoutMcp.token,
    siteToken: accounts.site.token,
    keys: createKeysControl(platform.keys),
    events: createEventsControl(platform.events, requests, accounts),
    bindings: createBindingsControl(platform),
    configure: (options: LimeOptions) => settings.update(options),
    addAgent: (options: AgentOptions = {}) => accounts.addAgent(checkInput(agentOptions, options, 'agent')),
    listAgents: () => accounts.agents(),
    updateAgent(agentId: string, options: AgentOptions) {
      const agent = accounts.agents().find((candidate) => candidate.agentId === agentId);
      if (agent === undefined) throw new EmulatorNotFoundError('No agent has this id.');
      return accounts.updateAgent(agent, checkInput(agentOptions, options, 'agent'));
    },
    addSite: (options: SiteOptions = {}) => accounts.addSite(checkInput(siteOptions, options, 'site')),
    createLoginRequest(request: NewLoginRequest = {}) {
      const { siteToken = accounts.site.token, ...given } = checkInput(newLoginRequest, request, 'login request');
      const site = accounts.findSite(siteToken);
      if (site === undefined) throw new EmulatorInputError('login request.siteToken: no site has this token.');
      return platform.createRequest(site, given);
    },
    getLoginRequest: (requestId: string) => requests.get(requestId),
    listLoginRequests: () => requests.list(),
    expireLoginRequest(requestId: string) {
      platform.expire(requestId);
      return existing(requestId);
    },
    approveLoginRequest(requestId: string, options: ApproveOptions = {}) {
      const { agentToken = accounts.agent.token } = checkInput(approveOptions, options, 'login request');
      const agent = accounts.findAgent(agentToken);
      if (agent === undefined) throw new EmulatorInputError('login request.agentToken: no agent has this token.');
      existing(requestId);
      if (!platform.approve(requestId, agent))
        throw new EmulatorInputError('login request: it is not pending any more.');
      return existing(requestId);
    },
  });
}
