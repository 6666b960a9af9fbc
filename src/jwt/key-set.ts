import { abortable, follow, type Logger, quietly, withDeadline } from '../http/index.js';
import { type Clock, systemClock } from '../runtime/clock.js';
import { SingleFlight } from '../runtime/single-flight.js';
import { JwtKeysError, JwtRefusedError } from './errors.js';
import { importKeys } from './key-import.js';
import type { KeySource } from './key-source.js';

export interface KeySetOptions {
  /** Where the keys are; `keysAt` makes one. */
  readonly source: KeySource;
  /** Milliseconds for which fetched keys are taken for current. Default 600,000. */
  readonly lifetimeMs?: number | undefined;
  /** Milliseconds for which older keys are still used while no newer ones can be had. Default 3,600,000. */
  readonly staleMs?: number | undefined;
  /** Milliseconds before another unknown `kid` leads to a fetch, after one did in vain. Default 30,000. */
  readonly cooldownMs?: number | undefined;
  /** Milliseconds for a fetch with its retries. Default 5,000. */
  readonly timeoutMs?: number | undefined;
  /** Default: none. */
  readonly logger?: Logger | undefined;
  /** The name in log lines. Default `jwt`. */
  readonly scope?: string | undefined;
  readonly clock?: Clock | undefined;
}

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

interface RefreshOptions extends CallOptions {
  readonly unlessYoungerMs?: number | undefined;
}

/** A key, and the `issuer` of the document that it came in, if that has one. */
export interface FoundKey {
  readonly key: CryptoKey;
  readonly issuer: string | undefined;
}

interface Snapshot {
  readonly keys: ReadonlyMap<string, CryptoKey>;
  readonly issuer: string | undefined;
  /** Fetches are numbered from 1, in the order in which they began. */
  readonly number: number;
  readonly begunAt: number;
}

/** The time between two fetches when the first one failed and its keys are needed. */
const RETRY_MS = 1000;
const NEVER = { unheard: Number.NEGATIVE_INFINITY, dropped: Number.NEGATIVE_INFINITY };
/** How many dropped kids are remembered. */
const MAX_RETIRED = 100;

/**
 * The keys of one issuer, fetched when they are needed and kept for a while. One issuer, one key set: keys of two issuers in
 * one would let each sign for the other.
 */
export class KeySet {
  readonly #options;
  readonly #flights = new SingleFlight<'keys', void>();
  readonly #retired = new Set<string>();
  #snapshot: Snapshot | undefined;
  #begun = 0;
  #fetched = 0;
  /** Fetches up to this number come too late to be kept. */
  #invalidated = 0;
  /** When a fetch for an unknown kid was last in vain. A dropped one counts apart: its tokens come for a while. */
  #inVainAt = NEVER;
  #failure: { readonly error: JwtKeysError; readonly at: number } | undefined;

  constructor(options: KeySetOptions) {
    const { source, logger, scope = 'jwt', clock = systemClock } = options;
    const { lifetimeMs = 600_000, staleMs = 3_600_000, cooldownMs = 30_000, timeoutMs = 5000 } = options;
    this.#options = { source, lifetimeMs, staleMs, cooldownMs, timeoutMs, logger, scope, clock };
  }

  /** How many fetches have succeeded. */
  get fetchCount(): number {
    return this.#fetched;
  }

  /**
   * The key that a token names: a promise of it only where it must be fetched.
   *
   * @throws {JwtRefusedError} `JWT_KEY_UNKNOWN`: the issuer has no such key for RS256 signatures, or had none a moment ago.
   * @throws {JwtKeysError} the keys could not be had.
   * @throws the signal's reason.
   */
  get(kid: string, init: CallOptions = {}): CryptoKey | Promise<CryptoKey> {
    const found = this.find(kid, init);
    return found instanceof Promise ? found.then(({ key }) => key) : found.key;
  }

  /** The same, with the issuer that was fetched along with it. */
  find(kid: string, init: CallOptions = {}): FoundKey | Promise<FoundKey> {
    const found = this.#isYounger(this.#options.lifetimeMs) ? this.#atHand(kid) : undefined;
    return found ?? this.#seek(kid, init.signal);
  }

  /**
   * Fetches the keys now, or waits for the fetch under way; does nothing if those at hand are younger than `unlessYoungerMs`. A
   * second after a failure it fails again without a fetch.
   *
   * @throws {JwtKeysError} they could not be had.
   * @throws the signal's reason.
   */
  async refresh({ signal, unlessYoungerMs = 0 }: RefreshOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    if (this.#isYounger(unlessYoungerMs)) return;
    if (this.#hasFailedWithin(RETRY_MS)) throw this.#failure?.error;
    const call = new AbortController();
    const unfollow = follow(signal, call);
    try {
      await this.#flights.run('keys', (signal) => this.#fetchKeys(signal), call.signal);
    } finally {
      unfollow();
    }
  }

  /** Forgets all keys: the next look-up fetches them. */
  invalidate(): void {
    this.#snapshot = undefined;
    this.#failure = undefined;
    this.#inVainAt = NEVER;
    this.#retired.clear();
    this.#invalidated = this.#begun;
  }

  #atHand(kid: string): FoundKey | undefined {
    const key = this.#snapshot?.keys.get(kid);
    return key && { key, issuer: this.#snapshot?.issuer };
  }

  async #seek(kid: string, signal: AbortSignal | undefined): Promise<FoundKey> {
    const asked = this.#begun;
    if (!this.#isYounger(this.#options.lifetimeMs)) await this.#renew(signal);
    for (;;) {
      const found = this.#atHand(kid);
      if (found !== undefined) return found;
      if (this.#snapshot !== undefined) this.#giveUpOn(kid, this.#snapshot, asked);
      await this.refresh({ signal });
    }
  }

  /** Newer keys, or the old ones for as long as they may be used. */
  async #renew(signal: AbortSignal | undefined): Promise<void> {
    const { lifetimeMs, staleMs, cooldownMs } = this.#options;
    const mayBeStale = this.#isYounger(lifetimeMs + staleMs);
    if (mayBeStale && this.#hasFailedWithin(cooldownMs)) return;
    try {
      await this.refresh({ signal });
    } catch (error) {
      signal?.throwIfAborted();
      if (!mayBeStale) throw error;
      this.#warn('The keys could not be fetched anew, so the old ones are used for now.', { error });
    }
  }

  /** Refuses a kid that another fetch would not find, or that may not have one. */
  #giveUpOn(kid: string, { number }: Snapshot, asked: number): void {
    const now = this.#options.clock.monotonic();
    const unknown = () =>
      new JwtRefusedError('JWT_KEY_UNKNOWN', 'The token names a key (kid) that its issuer does not have.');
    const kind = this.#retired.has(kid) ? 'dropped' : 'unheard';
    // A fetch that was under way when the kid was asked for may have come too early for it, one begun later has not.
    if (number > asked) {
      this.#inVainAt = { ...this.#inVainAt, [kind]: now };
      throw unknown();
    }
    if (now - this.#inVainAt[kind] < this.#options.cooldownMs) throw unknown();
  }

  async #fetchKeys(outer: AbortSignal): Promise<void> {
    const { source, timeoutMs, clock } = this.#options;
    const number = ++this.#begun;
    const begunAt = clock.monotonic();
    const controller = new AbortController();
    const { signal } = controller;
    const unfollow = follow(outer, controller);
    const expired = () => new JwtKeysError(`The key set was not there within ${timeoutMs} ms. Try again.`);
    try {
      const fetched = await withDeadline({ clock, timeoutMs, controller, expired }, async () => {
        const document = await abortable(source({ signal }), signal);
        const keys = await importKeys(document, (message) => this.#warn(message));
        return { keys, issuer: issuerOf(document) };
      });
      this.#keep({ ...fetched, number, begunAt });
    } catch (error) {
      outer.throwIfAborted();
      const failure = error instanceof JwtKeysError ? error : unavailable(error);
      this.#failure = { error: failure, at: clock.monotonic() };
      throw failure;
    } finally {
      unfollow();
    }
  }

  #keep(snapshot: Snapshot): void {
    this.#fetched += 1;
    this.#failure = undefined;
    // On workerd fetches overlap, and a slow old one must not replace what a newer one has found.
    if (snapshot.number <= Math.max(this.#invalidated, this.#snapshot?.number ?? 0)) return;
    for (const kid of this.#snapshot?.keys.keys() ?? []) {
      if (!snapshot.keys.has(kid) && this.#retired.size < MAX_RETIRED) this.#retired.add(kid);
    }
    for (const kid of snapshot.keys.keys()) this.#retired.delete(kid);
    this.#snapshot = snapshot;
  }

  #isYounger(ms: number): boolean {
    return this.#snapshot !== undefined && this.#options.clock.monotonic() - this.#snapshot.begunAt < ms;
  }

  #hasFailedWithin(ms: number): boolean {
    return this.#failure !== undefined && this.#options.clock.monotonic() - this.#failure.at < ms;
  }

  #warn(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    const { logger, scope } = this.#options;
    quietly(() => logger?.warn(message, { ...fields, scope }));
  }
}

function issuerOf(document: unknown): string | undefined {
  const { issuer } = document as { readonly issuer?: unknown };
  return typeof issuer === 'string' ? issuer : undefined;
}

function unavailable(cause: unknown): JwtKeysError {
  return new JwtKeysError(
    'The key set could not be fetched. Check the base URL, the network and that the server is up.',
    {
      cause,
    },
  );
}
