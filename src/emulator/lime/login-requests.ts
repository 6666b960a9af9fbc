import type { Clock } from '../../runtime/clock.js';

/** Where a login stands (LIME contract §6.1). */
export type LoginStatus = 'PENDING' | 'APPROVED' | 'DELIVERED' | 'EXPIRED';

/** Everything the platform knows of a login request. */
export interface LoginRequest {
  readonly requestId: string;
  readonly siteId: string;
  readonly status: LoginStatus;
  readonly challenge: string;
  readonly difficulty: number;
  readonly expiresAt: Date;
  /** The agent that won; `null` while there is none. */
  readonly approvedAgentId: string | null;
}

interface StoredRequest {
  readonly requestId: string;
  readonly siteId: string;
  readonly challenge: string;
  readonly difficulty: number;
  expiresAtMs: number;
  approvedAgentId: string | null;
  /** Whether the event of its approval was written to the site. */
  delivered: boolean;
  /** Whether `takeExpired` has named it. */
  taken: boolean;
}

/** At most so many are kept; then the oldest is dropped, whatever its state. */
const MAX_REQUESTS = 10_000;
/** How long a request is still known after it expired. */
const KEPT_AFTER_EXPIRY_MS = 600_000;

/** The login requests of the platform, in memory. */
export class LoginRequests {
  readonly #stored = new Map<string, StoredRequest>();
  readonly #clock: Clock;
  #nextExpiryMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** No request expires before this time, in milliseconds since the epoch, unless `takeExpired` has named it. */
  get nextExpiryMs(): number {
    return this.#nextExpiryMs;
  }

  add(request: Omit<StoredRequest, 'approvedAgentId' | 'delivered' | 'taken'>): LoginRequest {
    this.#drop();
    const stored = { ...request, approvedAgentId: null, delivered: false, taken: false };
    this.#stored.set(stored.requestId, stored);
    this.#nextExpiryMs = Math.min(this.#nextExpiryMs, stored.expiresAtMs);
    return this.#view(stored);
  }

  get(requestId: string): LoginRequest | undefined {
    const stored = this.#stored.get(requestId);
    return stored && this.#view(stored);
  }

  /** Oldest first. */
  list(): readonly LoginRequest[] {
    return Array.from(this.#stored.values(), (stored) => this.#view(stored));
  }

  /** Makes the agent the winner if the request is pending; else nothing. Says whether it did. */
  approve(requestId: string, agentId: string): boolean {
    const stored = this.#stored.get(requestId);
    if (stored === undefined || this.#status(stored) !== 'PENDING') return false;
    stored.approvedAgentId = agentId;
    return true;
  }

  /** Notes that the site was told of the approval. */
  deliver(requestId: string): void {
    const stored = this.#stored.get(requestId);
    if (stored !== undefined && stored.approvedAgentId !== null) stored.delivered = true;
  }

  /** Ends the request's time now. One that was approved stays approved. */
  expire(requestId: string): void {
    const stored = this.#stored.get(requestId);
    if (stored === undefined) return;
    stored.expiresAtMs = Math.min(stored.expiresAtMs, this.#clock.now());
    this.#nextExpiryMs = Math.min(this.#nextExpiryMs, stored.expiresAtMs);
  }

  /** The requests that expired since it was last called, in the order in which they did. */
  takeExpired(): readonly LoginRequest[] {
    const now = this.#clock.now();
    if (now < this.#nextExpiryMs) return [];
    const waiting = [...this.#stored.values()].filter(
      ({ approvedAgentId, taken }) => approvedAgentId === null && !taken,
    );
    const over = waiting.filter(({ expiresAtMs }) => expiresAtMs <= now).sort((a, b) => a.expiresAtMs - b.expiresAtMs);
    for (const stored of over) stored.taken = true;
    this.#nextExpiryMs = waiting.reduce(
      (next, { taken, expiresAtMs }) => (taken ? next : Math.min(next, expiresAtMs)),
      Number.POSITIVE_INFINITY,
    );
    return over.map((stored) => this.#view(stored));
  }

  clear(): void {
    this.#stored.clear();
    this.#nextExpiryMs = Number.POSITIVE_INFINITY;
  }

  /** Makes room: oldest first, as long as they are long over or too many. */
  #drop(): void {
    const over = this.#clock.now() - KEPT_AFTER_EXPIRY_MS;
    for (const { requestId, expiresAtMs } of this.#stored.values()) {
      if (expiresAtMs > over && this.#stored.size < MAX_REQUESTS) return;
      this.#stored.delete(requestId);
    }
  }

  #status({ approvedAgentId, delivered, expiresAtMs }: StoredRequest): LoginStatus {
    if (approvedAgentId !== null) return delivered ? 'DELIVERED' : 'APPROVED';
    return this.#clock.now() < expiresAtMs ? 'PENDING' : 'EXPIRED';
  }

  #view(stored: StoredRequest): LoginRequest {
    const { requestId, siteId, challenge, difficulty, expiresAtMs, approvedAgentId } = stored;
    const [status, expiresAt] = [this.#status(stored), new Date(expiresAtMs)];
    return Object.freeze({ requestId, siteId, status, challenge, difficulty, expiresAt, approvedAgentId });
  }
}
