import type { Clock } from '../../runtime/clock.js';
import { createRandom, type Random } from '../random.js';
import { Accounts, type Site } from './accounts.js';
import { KeyRing } from './keys/key-ring.js';
import { type LoginRequest, LoginRequests } from './login-requests.js';
import { Origins } from './origins.js';
import { createLimeSettings, type LimeOptions, type LimeSettings } from './settings.js';

/** The state of the emulated LIME. */
export class LimePlatform {
  readonly settings: LimeSettings;
  readonly accounts: Accounts;
  readonly requests: LoginRequests;
  readonly keys: KeyRing;
  /** Under which origins tokens were issued. */
  readonly origins: Origins = new Origins();
  readonly #clock: Clock;
  readonly #seed: string | undefined;
  #random: Random;

  constructor(options: LimeOptions, seed: string | undefined, clock: Clock) {
    this.settings = createLimeSettings(options);
    this.accounts = new Accounts(seed);
    this.requests = new LoginRequests(clock);
    this.keys = new KeyRing(seed);
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
    this.origins.clear();
    this.#random = createRandom(this.#seed, 'lime requests');
  }
}
