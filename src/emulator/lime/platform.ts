import type { Clock } from '../../runtime/clock.js';
import { createRandom, type Random } from '../random.js';
import { Accounts, type Agent, type Site } from './accounts.js';
import { type Binding, Bindings } from './bindings/bindings.js';
import { EventHub } from './events/event-hub.js';
import type { EventStreamOptions } from './events/settings.js';
import { KeyRing } from './keys/key-ring.js';
import { type LoginRequest, LoginRequests } from './login-requests.js';
import { Origins } from './origins.js';
import { issueLoginPassport } from './passports/passports.js';
import { createLimeSettings, type LimeOptions, type LimeSettings } from './settings.js';

/** What the emulated LIME is created with. */
export interface LimeStartOptions extends LimeOptions {
  /** How the event streams of sites are written. */
  readonly events?: EventStreamOptions | undefined;
}

/** The state of the emulated LIME. */
export class LimePlatform {
  readonly settings: LimeSettings;
  readonly accounts: Accounts;
  readonly requests: LoginRequests;
  readonly keys: KeyRing;
  readonly events: EventHub;
  readonly bindings: Bindings;
  /** Under which origins tokens were issued. */
  readonly origins: Origins = new Origins();
  readonly #clock: Clock;
  readonly #seed: string | undefined;
  #random: Random;

  constructor({ events = {}, ...options }: LimeStartOptions, seed: string | undefined, clock: Clock) {
    this.settings = createLimeSettings(options);
    this.accounts = new Accounts(seed);
    this.requests = new LoginRequests(clock);
    this.keys = new KeyRing(seed);
    this.bindings = new Bindings(seed, clock);
    this.events = new EventHub(events, {
      requests: this.requests,
      clock,
      issuePassport: (request, origin) =>
        issueLoginPassport(this, this.#approverOf(request), request.requestId, origin),
    });
    this.#clock = clock;
    this.#seed = seed;
    this.#random = createRandom(seed, 'lime requests');
  }

  /** Creates a login request for `site`; what is not given is as the settings say. */
  createRequest(
    site: Site,
    given: {
      readonly difficulty?: number | undefined;
      readonly challenge?: string | undefined;
      readonly expiresInMs?: number | undefined;
    } = {},
  ): LoginRequest {
    const { difficulty, requestLifetimeMs } = this.settings.now;
    const request = this.requests.add({
      requestId: this.#random.uuid(),
      siteId: site.siteId,
      challenge: given.challenge ?? this.#random.hex(16),
      difficulty: given.difficulty ?? difficulty,
      expiresAtMs: this.#clock.now() + (given.expiresInMs ?? requestLifetimeMs),
    });
    this.events.wake();
    return request;
  }

  /** Makes the agent the winner if the request is pending, and tells the site; else nothing. Says whether it did. */
  approve(requestId: string, agent: Agent): boolean {
    const approved = this.requests.approve(requestId, agent.agentId);
    const request = this.requests.get(requestId);
    if (approved && request !== undefined) this.events.announce(request);
    return approved;
  }

  /** Ends the request's time now. One that was approved stays approved. */
  expire(requestId: string): void {
    this.requests.expire(requestId);
    this.events.wake();
  }

  /** Creates a binding that can be completed as long as a login request can be approved. */
  createBinding(binding: { readonly siteId: string; readonly redirectUri: string; readonly origin: string }): Binding {
    return this.bindings.add({ ...binding, expiresAtMs: this.#clock.now() + this.settings.now.requestLifetimeMs });
  }

  /** The `jti` of a new token. */
  tokenId(): string {
    return this.#random.uuid();
  }

  /** The `iat` of a new token: the time as the platform's own clock, which may be wrong, tells it. */
  tokenTime(): number {
    return Math.floor((this.#clock.now() + this.settings.now.tokenClockOffsetMs) / 1000);
  }

  reset(): void {
    this.settings.reset();
    this.accounts.reset();
    this.requests.clear();
    this.keys.reset();
    this.bindings.reset();
    this.events.reset();
    this.origins.clear();
    this.#random = createRandom(this.#seed, 'lime requests');
  }

  #approverOf({ approvedAgentId }: LoginRequest): Agent {
    return this.accounts.agents().find(({ agentId }) => agentId === approvedAgentId) ?? this.accounts.agent;
  }
}
