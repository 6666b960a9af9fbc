import type { Clock } from '../../../runtime/clock.js';
import { createRandom, type Random } from '../../random.js';
import type { Agent } from '../accounts.js';

/** Where a binding stands. Only `PENDING` is a wire value (LIME contract §3.1). */
export type BindingStatus = 'PENDING' | 'COMPLETED' | 'EXCHANGED' | 'EXPIRED';

/** Everything the platform knows of a binding. */
export interface Binding {
  readonly bindingId: string;
  readonly siteId: string;
  readonly redirectUri: string;
  readonly status: BindingStatus;
  /** When it can no longer be completed; once it is completed, when its code ends. */
  readonly expiresAt: Date;
  /** The agent that the person picked; `null` while there is none. */
  readonly agentId: string | null;
}

interface StoredBinding {
  readonly bindingId: string;
  readonly siteId: string;
  readonly redirectUri: string;
  /** The origin by which the site reached the platform. */
  readonly origin: string;
  expiresAtMs: number;
  agent: Agent | undefined;
  code: string | undefined;
  exchanged: boolean;
}

/** At most so many are kept; then the oldest is dropped, whatever its state. */
const MAX_BINDINGS = 1000;
/** How long a code can be exchanged, in milliseconds. */
const CODE_LIFETIME_MS = 60_000;

/** The bindings of the platform, in memory. */
export class Bindings {
  readonly #stored = new Map<string, StoredBinding>();
  readonly #clock: Clock;
  readonly #seed: string | undefined;
  #random: Random;

  constructor(seed: string | undefined, clock: Clock) {
    this.#clock = clock;
    this.#seed = seed;
    this.#random = createRandom(seed, 'lime bindings');
  }

  add(binding: Pick<StoredBinding, 'siteId' | 'redirectUri' | 'origin' | 'expiresAtMs'>): Binding {
    const [oldest] = this.#stored.keys();
    if (this.#stored.size === MAX_BINDINGS && oldest !== undefined) this.#stored.delete(oldest);
    const bindingId = this.#random.uuid();
    const stored = { ...binding, bindingId, agent: undefined, code: undefined, exchanged: false };
    this.#stored.set(bindingId, stored);
    return this.#view(stored);
  }

  get(bindingId: string): Binding | undefined {
    const stored = this.#stored.get(bindingId);
    return stored && this.#view(stored);
  }

  /** Oldest first. */
  list(): readonly Binding[] {
    return Array.from(this.#stored.values(), (stored) => this.#view(stored));
  }

  /** Binds the agent if the binding is pending. The code to exchange, and the site's origin; `undefined` if it is not. */
  complete(bindingId: string, agent: Agent): { readonly code: string; readonly origin: string } | undefined {
    const stored = this.#stored.get(bindingId);
    if (stored === undefined || this.#status(stored) !== 'PENDING') return undefined;
    const code = `bc_${this.#random.hex(20)}`;
    stored.agent = agent;
    stored.code = code;
    stored.expiresAtMs = this.#clock.now() + CODE_LIFETIME_MS;
    return { code, origin: stored.origin };
  }

  /** The binding of a code that is the site's. */
  findByCode(code: string, siteId: string): Binding | undefined {
    const stored = [...this.#stored.values()].find((candidate) => candidate.code === code);
    return stored?.siteId === siteId ? this.#view(stored) : undefined;
  }

  /** Uses up the binding's code, if that can be done. The agent that is bound; `undefined` if it cannot. */
  exchange(bindingId: string): Agent | undefined {
    const stored = this.#stored.get(bindingId);
    if (stored === undefined || this.#status(stored) !== 'COMPLETED') return undefined;
    stored.exchanged = true;
    return stored.agent;
  }

  /** Ends its time, or that of its code, now. */
  expire(bindingId: string): void {
    const stored = this.#stored.get(bindingId);
    if (stored !== undefined) stored.expiresAtMs = Math.min(stored.expiresAtMs, this.#clock.now());
  }

  reset(): void {
    this.#stored.clear();
    this.#random = createRandom(this.#seed, 'lime bindings');
  }

  #status({ exchanged, agent, expiresAtMs }: StoredBinding): BindingStatus {
    if (exchanged) return 'EXCHANGED';
    if (this.#clock.now() >= expiresAtMs) return 'EXPIRED';
    return agent === undefined ? 'PENDING' : 'COMPLETED';
  }

  #view(stored: StoredBinding): Binding {
    const { bindingId, siteId, redirectUri, expiresAtMs, agent } = stored;
    const [status, expiresAt] = [this.#status(stored), new Date(expiresAtMs)];
    return Object.freeze({ bindingId, siteId, redirectUri, status, expiresAt, agentId: agent?.agentId ?? null });
  }
}
