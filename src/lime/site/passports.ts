import { isCountersignError } from '../../errors.js';
import { abortable, type Call, type Logger } from '../../http/index.js';
import {
  type JsonObject,
  JwtRefusedError,
  KeySet,
  MemoryReplayStore,
  type ReplayStore,
  verifyJwt,
} from '../../jwt/index.js';
import { type Clock, systemClock } from '../../runtime/clock.js';
import { LimeError } from '../errors.js';
import type { Platform } from '../platform.js';
import { InvalidPassportError } from './errors.js';
import { idOf } from './frame.js';
import { passportKeys } from './passport-keys.js';

/** The two kinds of passports (LIME contract §10.1, §10.2). */
const KINDS = {
  login: { audience: 'lime-site-login', maxLifeSeconds: 120, claim: 'request_id', mismatch: 'PASSPORT_REQUEST' },
  binding: { audience: 'lime-binding', maxLifeSeconds: 60, claim: 'binding_id', mismatch: 'PASSPORT_BINDING' },
} as const;

export type PassportKind = keyof typeof KINDS;

/** How far the platform's clock may be from ours, in seconds. A passport's end has no leeway. */
const LEEWAY_SECONDS = 30;

export interface PassportOptions {
  readonly baseUrl: string;
  readonly issuer?: string | undefined;
  readonly issuerOptional?: boolean | undefined;
  readonly jwksCacheTtlMs: number;
  readonly replayStore?: ReplayStore | undefined;
  readonly logger?: Logger | undefined;
  readonly clock?: Clock | undefined;
}

/** A passport of which everything holds. */
export interface CheckedPassport {
  readonly claims: JsonObject;
  readonly agentId: string;
  /** Of the login request or the binding that it is for. */
  readonly boundId: string;
}

/** Says whether passports hold, each once. */
export class Passports {
  readonly #keys: KeySet;
  readonly #replayStore: ReplayStore;
  readonly #issuer: string;
  readonly #issuerOptional: boolean;
  readonly #clock: Clock;

  constructor(platform: Platform<'site'>, options: PassportOptions) {
    const { baseUrl, logger, clock = systemClock, jwksCacheTtlMs: lifetimeMs } = options;
    this.#keys = new KeySet({ source: passportKeys(platform.http, baseUrl), lifetimeMs, logger, scope: 'lime', clock });
    this.#replayStore = options.replayStore ?? new MemoryReplayStore({ clock });
    this.#issuer = options.issuer ?? new URL(baseUrl).origin;
    this.#issuerOptional = options.issuerOptional ?? false;
    this.#clock = clock;
  }

  /**
   * @throws {JwtRefusedError} it is no valid token for this site.
   * @throws {InvalidPassportError} it is for another request or binding, or was used before.
   * @throws {JwtKeysError} the keys could not be had.
   * @throws {LimeError} the replay store failed (`REPLAY_STORE_FAILED`).
   */
  async verify(
    kind: PassportKind,
    passport: string,
    expectedId: string | undefined,
    call: Call,
  ): Promise<CheckedPassport> {
    const { audience, maxLifeSeconds, claim, mismatch } = KINDS[kind];
    const claims = await verifyJwt(passport, {
      keys: { get: (kid) => this.#keys.get(kid, call) },
      audience,
      issuer: this.#issuerOptional ? undefined : this.#issuer,
      leewaySeconds: LEEWAY_SECONDS,
      expiryLeewaySeconds: 0,
      maxLifeSeconds,
      clock: this.#clock,
    });
    call.throwIfAborted();
    if (claims['iss'] !== undefined && claims['iss'] !== this.#issuer) {
      throw new JwtRefusedError('JWT_ISSUER', 'The token is from another issuer (iss).');
    }
    const agentId = idOf(claims['agent_id']) ?? idOf(claims['sub']) ?? missing('sub');
    const boundId = idOf(claims[claim]) ?? missing(claim);
    if (expectedId !== undefined && boundId !== expectedId) {
      throw new InvalidPassportError(mismatch, `The passport is for another ${kind} (${claim}).`, {
        requestId: expectedId,
      });
    }
    const pending = this.#claim(`${audience} ${this.#issuer} ${boundId}`, claims['exp'] as number, call);
    if (pending !== undefined) await pending;
    // Its own agent_id wins. Written first it takes 0.3 µs, and last 1.6: a frozen object is slow to copy and then extend (V8).
    return { claims: Object.freeze({ agent_id: agentId, ...claims }), agentId, boundId };
  }

  /** By what it is for: of two passports for one login, one opens a session. Waits only for a store that makes it wait. */
  #claim(id: string, exp: number, call: Call): Promise<void> | undefined {
    // Processes that share the store may have clocks of their own, and each must find the id while it takes the passport.
    const ttlSeconds = Math.ceil(exp - this.#clock.now() / 1000) + 2 * LEEWAY_SECONDS;
    let first: Promise<boolean> | boolean;
    try {
      first = this.#replayStore.claim(id, ttlSeconds);
    } catch (cause) {
      throw storeFailure(cause);
    }
    if (typeof first === 'object') return this.#waitForClaim(first, call);
    checkFirst(first);
    return undefined;
  }

  async #waitForClaim(claim: Promise<boolean>, call: Call): Promise<void> {
    let first: boolean;
    try {
      first = await abortable(Promise.resolve(claim), call.signal);
    } catch (cause) {
      call.throwIfAborted();
      throw storeFailure(cause);
    }
    checkFirst(first);
  }
}

function storeFailure(cause: unknown): unknown {
  if (isCountersignError(cause)) return cause;
  const message = 'The replay store failed, so the passport was not taken. The cause says why.';
  return new LimeError('REPLAY_STORE_FAILED', message, { cause, retryable: true });
}

/** A store of the application's may answer with anything: nothing but `true` opens a session. */
function checkFirst(first: unknown): void {
  if (first === true) return;
  throw new InvalidPassportError('PASSPORT_REPLAYED', 'The passport was used before: it opens one session.');
}

function missing(claim: string): never {
  throw new JwtRefusedError('JWT_CLAIM', `The claim ${claim} is missing, or is no id.`);
}
