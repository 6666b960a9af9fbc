import type { Clock } from '../../runtime/clock.js';
import { createRandom, type Random } from '../random.js';
import { Accounts, type Site } from './accounts.js';
import { type LoginRequest, LoginRequests } from './login-requests.js';
import { type LimeOptions, LimeSettings } from './settings.js';

/** The state of the emulated LIME. */
export class LimePlatform {
  readonly settings: LimeSettings;
  readonly accounts: Accounts;
  readonly requests: LoginRequests;
  readonly #clock: Clock;
  readonly #seed: string | undefined;
  #random: Random;

  constructor(options: LimeOptions, seed: string | undefined, clock: Clock) {
    this.settings = new LimeSettings(options);
    this.accounts = new Accounts(seed);
    this.requests = new LoginRequests(clock);
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
    return this.requests.add({
      requestId: this.#random.uuid(),
      siteId: site.siteId,
      challenge: given.challenge ?? this.#random.hex(16),
      difficulty: given.difficulty ?? difficulty,
      expiresAtMs: this.#clock.now() + (given.expiresInMs ?? requestLifetimeMs),
    });
  }

  reset(): void {
    this.settings.reset();
    this.accounts.reset();
    this.requests.clear();
    this.#random = createRandom(this.#seed, 'lime requests');
  }
}
