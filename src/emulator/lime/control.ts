import * as v from 'valibot';
import type { PowAlgorithm } from '../../pow/prefix.js';
import { EmulatorInputError, EmulatorNotFoundError } from '../errors.js';
import { checkInput, milliseconds } from '../input.js';
import type { Agent, AgentOptions, Site, SiteOptions } from './accounts.js';
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

/** What tests and scripts may do to the emulated LIME beside its wire. Wrong input throws an `EmulatorInputError`. */
export interface LimeControl {
  /** The token of an agent that may do everything. */
  readonly agentToken: string;
  /** The token of an agent that may log in but not get MCP tokens. */
  readonly agentTokenWithoutMcp: string;
  /** The token of a site. */
  readonly siteToken: string;
  /** Leading zero bits asked of new login requests. */
  difficulty: number;
  /** Which digests approve accepts. */
  acceptedAlgorithms: readonly PowAlgorithm[];
  /** How long new login requests can be approved, in milliseconds. */
  requestLifetimeMs: number;
  /** Another agent, until the next reset. */
  addAgent(options?: AgentOptions): Agent;
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

const agentOptions = v.strictObject({
  active: v.optional(v.boolean()),
  userSuspended: v.optional(v.boolean()),
  mcp: v.optional(v.boolean()),
});

const siteOptions = v.strictObject({ suspended: v.optional(v.boolean()) });

export function createLimeControl(platform: LimePlatform): LimeControl {
  const { settings, accounts, requests } = platform;
  const set = (options: LimeOptions) => settings.update(options);
  return {
    agentToken: accounts.agent.token,
    agentTokenWithoutMcp: accounts.agentWithoutMcp.token,
    siteToken: accounts.site.token,
    get difficulty() {
      return settings.now.difficulty;
    },
    set difficulty(difficulty) {
      set({ difficulty });
    },
    get acceptedAlgorithms() {
      return settings.now.acceptedAlgorithms;
    },
    set acceptedAlgorithms(acceptedAlgorithms) {
      set({ acceptedAlgorithms });
    },
    get requestLifetimeMs() {
      return settings.now.requestLifetimeMs;
    },
    set requestLifetimeMs(requestLifetimeMs) {
      set({ requestLifetimeMs });
    },
    addAgent: (options = {}) => accounts.addAgent(checkInput(agentOptions, options, 'agent')),
    addSite: (options = {}) => accounts.addSite(checkInput(siteOptions, options, 'site')),
    createLoginRequest(request = {}) {
      const { siteToken = accounts.site.token, ...given } = checkInput(newLoginRequest, request, 'login request');
      const site = accounts.findSite(siteToken);
      if (site === undefined) throw new EmulatorInputError('login request.siteToken: no site has this token.');
      return platform.createRequest(site, given);
    },
    getLoginRequest: (requestId) => requests.get(requestId),
    listLoginRequests: () => requests.list(),
    expireLoginRequest(requestId) {
      requests.expire(requestId);
      const request = requests.get(requestId);
      if (request === undefined) {
        throw new EmulatorNotFoundError('No login request has this id, or it was dropped.', { requestId });
      }
      return request;
    },
  };
}
