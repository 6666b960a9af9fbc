import type { Clock } from '../../runtime/clock.js';

/** Where a request for a code stands (Agent OTP contract §3.7). */
export type RelayStatus =
  | 'pending_approval'
  | 'approved'
  | 'otp_received'
  | 'consumed'
  | 'denied'
  | 'expired'
  | 'cancelled';

/** Through what a code came. */
export type RelaySource = 'sms' | 'email' | 'whatsapp';

/** Which messages the agent wants the code from. */
export interface RelayFilter {
  readonly sources?: readonly RelaySource[] | undefined;
  readonly senderPattern?: string | undefined;
  readonly contentPattern?: string | undefined;
  readonly receivedAfter?: string | undefined;
}

/** A code that came, encrypted for the agent. */
export interface CapturedCode {
  readonly encryptedPayload: string;
  readonly encryptedContent: string | null;
  readonly source: RelaySource;
  /** What is not encrypted: `sender`, `source`, `receivedAt` and more. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Everything the platform knows of a request for a code. */
export interface RelayRequest {
  readonly id: string;
  readonly ownerId: string;
  readonly agentId: string;
  readonly status: RelayStatus;
  /** Why the agent wants it. */
  readonly purpose: string;
  readonly publicKey: string;
  readonly expectedSender: string | null;
  readonly filter: RelayFilter;
  /** Why it was denied. */
  readonly reason: string | null;
  /** `null` before it came, and again once it was taken or is over. */
  readonly code: CapturedCode | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly receivedAtMs: number | null;
  readonly consumedAtMs: number | null;
  readonly callbackUrl: string | null;
  readonly ticket: string;
  /** What the form of its page must carry. */
  readonly formKey: string;
}

/** What a request for a code is made of. */
export type NewRelayRequest = Omit<
  RelayRequest,
  'status' | 'reason' | 'code' | 'metadata' | 'createdAtMs' | 'receivedAtMs' | 'consumedAtMs'
>;

/** At most so many are kept; then the oldest is dropped, whatever its state. */
const MAX_REQUESTS = 1000;
/** How long a code is kept that nobody takes, in milliseconds. */
const CODE_KEPT_MS = 60_000;

/** The requests for codes of all agents, in memory. Each change is made in one go and told. */
export class RelayRequests {
  readonly #requests = new Map<string, RelayRequest>();
  readonly #clock: Clock;
  readonly #changed: (request: RelayRequest) => void;

  constructor(clock: Clock, changed: (request: RelayRequest) => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  add(request: NewRelayRequest): RelayRequest {
    const [oldest] = this.#requests.keys();
    if (this.#requests.size >= MAX_REQUESTS && oldest !== undefined) this.#requests.delete(oldest);
    return this.#keep({
      ...request,
      status: 'pending_approval',
      reason: null,
      code: null,
      metadata: null,
      createdAtMs: this.#clock.now(),
      receivedAtMs: null,
      consumedAtMs: null,
    });
  }

  /** As it stands now: expired if its time is over. */
  get(id: string): RelayRequest | undefined {
    const request = this.#requests.get(id);
    if (request === undefined || this.#clock.now() < endOf(request)) return request;
    return this.#tell({ ...request, status: 'expired', code: null, expiresAtMs: endOf(request) });
  }

  /** Oldest first. */
  list(): readonly RelayRequest[] {
    return [...this.#requests.keys()].flatMap((id) => this.get(id) ?? []);
  }

  /** Of one that is `pending_approval`, as are the others of what the contract's table says. */
  approve(request: RelayRequest): RelayRequest {
    return this.#tell({ ...request, status: 'approved' });
  }

  deny(request: RelayRequest, reason: string | null): RelayRequest {
    return this.#tell({ ...request, status: 'denied', reason });
  }

  receive(request: RelayRequest, code: CapturedCode): RelayRequest {
    const receivedAtMs = this.#clock.now();
    return this.#tell({ ...request, status: 'otp_received', code, metadata: code.metadata, receivedAtMs });
  }

  /** Gives the code away, once. */
  consume(request: RelayRequest): RelayRequest {
    return this.#tell({ ...request, status: 'consumed', code: null, consumedAtMs: this.#clock.now() });
  }

  cancel(request: RelayRequest): RelayRequest {
    return this.#tell({ ...request, status: 'cancelled', code: null });
  }

  /** Ends its time now. */
  endTime(request: RelayRequest): RelayRequest {
    const ended = this.#keep({ ...request, expiresAtMs: Math.min(request.expiresAtMs, this.#clock.now()) });
    return this.get(ended.id) ?? ended;
  }

  clear(): void {
    this.#requests.clear();
  }

  #tell(request: RelayRequest): RelayRequest {
    const kept = this.#keep(request);
    this.#changed(kept);
    return kept;
  }

  #keep(request: RelayRequest): RelayRequest {
    const kept = Object.freeze(request);
    this.#requests.set(kept.id, kept);
    return kept;
  }
}

/** When it expires, in milliseconds since the epoch; never, once it is over. */
export function endOf({ status, expiresAtMs, receivedAtMs }: RelayRequest): number {
  if (status === 'pending_approval' || status === 'approved') return expiresAtMs;
  if (status !== 'otp_received') return Number.POSITIVE_INFINITY;
  return Math.min(expiresAtMs, (receivedAtMs ?? 0) + CODE_KEPT_MS);
}
