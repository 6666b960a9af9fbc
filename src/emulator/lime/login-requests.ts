import type { Clock } from '../../runtime/clock.js';

/** Where a login stands (LIME contract §6.1). */
export type LoginStatus = 'PENDING' | 'APPROVED' | 'EXPIRED';

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
}

/** At most so many are kept; then the oldest is dropped, whatever its state. */
const MAX_REQUESTS = 10_000;
/** How long a request is still known after it expired. */
const KEPT_AFTER_EXPIRY_MS = 600_000;

/** The login requests of the platform, in memory. */
export class LoginRequests {
  readonly #stored = new Map<string, StoredRequest>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(request: Omit<StoredRequest, 'approvedAgentId'>): LoginRequest {
    this.#drop();
    const stored = { ...request, approvedAgentId: null };
    this.#stored.set(stored.requestId, stored);
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

  /** Ends the request's time now. One that was approved stays approved. */
  expire(requestId: string): void {
    const stored = this.#stored.get(requestId);
    if (stored !== undefined) stored.expiresAtMs = Math.min(stored.expiresAtMs, this.#clock.now());
  }

  clear(): void {
    this.#stored.clear();
  }

  /** Makes room: oldest first, as long as they are long over or too many. */
  #drop(): void {
    const over = this.#clock.now() - KEPT_AFTER_EXPIRY_MS;
    for (const { requestId, expiresAtMs } of this.#stored.values()) {
      if (expiresAtMs > over && this.#stored.size < MAX_REQUESTS) return;
      this.#stored.delete(requestId);
    }
  }

  #status({ approvedAgentId, expiresAtMs }: StoredRequest): LoginStatus {
    if (approvedAgentId !== null) return 'APPROVED';
    return this.#clock.now() < expiresAtMs ? 'PENDING' : 'EXPIRED';
  }

  #view(stored: StoredRequest): LoginRequest {
    const { requestId, siteId, challenge, difficulty, expiresAtMs, approvedAgentId } = stored;
    const [status, expiresAt] = [this.#status(stored), new Date(expiresAtMs)];
    return Object.freeze({ requestId, siteId, status, challenge, difficulty, expiresAt, approvedAgentId });
  }
}
