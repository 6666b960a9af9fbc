/** What is waited for, whether a permission or a relay request. */
export interface Watchable {
  readonly id: string;
  readonly status: string;
  readonly createdAt?: Date | undefined;
  readonly expiresAt?: Date | undefined;
}

/** What to wait for, and how long. */
export interface WaitOptions<T extends Watchable> {
  readonly id: string;
  /** What is known of it already, if the server was just asked. */
  readonly known?: T | undefined;
  /** Milliseconds from now until it expires, where that is known. */
  readonly expiresInMs?: number | undefined;
  /** Milliseconds for the whole wait. Default: until it expires. */
  readonly timeoutMs?: number | undefined;
  /** Where the server tells of it, if it does. */
  readonly socketUrl?: string | undefined;
  /** Ends the wait. It must be this call's own. */
  readonly signal: AbortSignal;
  /** Asks the server once, without retries. */
  read(signal: AbortSignal): Promise<T>;
  /** Whether a status ends the wait. */
  settles(status: string): boolean;
  /** The error for a wait whose time is over. */
  timedOut(known: T | undefined, cause: unknown): Error;
}

/** What a wait ended with: the value, and a token that only the socket told. */
export interface Waited<T> {
  readonly value: T;
  readonly socketToken: string | undefined;
}

/** How long after the expiry its outcome is still asked for: a token that is found later would be dead. */
const AFTER_EXPIRY_MS = 30_000;

/** When the outcome of an expired permission is asked for: servers notice the expiry when they are asked. */
const EXPIRY_GRACE_MS = 250;

/** How long before the end of a wait its last read begins. */
const LAST_READ_MS = 500;

/** A wait that neither the caller nor the server gives an end: longer than any permission lives. */
const LONGEST_LIFE_MS = 3_630_000;

/** One wait: when it reads, and when it ends. Times are those of the monotonic clock. */
export class Wait {
  readonly id: string;
  /** When the next ordinary read is due. */
  nextAt: number;
  /** How many reads are under way: one, or another beside one that hangs when the last one is due. */
  reading = 0;
  /** Whether the read that is kept for the end has begun. */
  lastReadDone = false;
  /** Whether a socket said that it is decided, so that it is read at once. */
  hinted = false;
  /** Whether what a socket said was not confirmed yet: the socket alone cannot be relied on. */
  unconfirmed = false;
  hintsAllowedAt = Number.NEGATIVE_INFINITY;
  socketOpen = false;
  /** How many reads found it undecided. */
  reads = 0;
  readonly #startedAt: number;
  readonly #timeoutMs: number | undefined;
  #expiresAt: number | undefined;
  /** The latest that it may expire, should this machine's clock be wrong. */
  #latestExpiry: number | undefined;

  constructor(id: string, options: Pick<WaitOptions<Watchable>, 'timeoutMs' | 'expiresInMs' | 'known'>, now: number) {
    const { timeoutMs, expiresInMs, known } = options;
    this.id = id;
    this.#startedAt = now;
    this.#timeoutMs = timeoutMs;
    this.nextAt = known === undefined ? now : now + 1000;
    if (expiresInMs !== undefined) this.#expiresAt = now + expiresInMs;
  }

  /** Learns of the expiry, once: `epoch` is this machine's idea of the time, which may be wrong. */
  learnExpiry({ expiresAt, createdAt }: Watchable, now: number, epoch: number): void {
    if (this.#expiresAt !== undefined || expiresAt === undefined) return;
    const life = createdAt === undefined ? 300_000 : expiresAt.getTime() - createdAt.getTime();
    const left = expiresAt.getTime() - epoch;
    // The server has just said that it is pending, so it is this clock that is ahead.
    this.#expiresAt = now + (left > 0 ? left : Math.max(life, 0));
    this.#latestExpiry = now + Math.max(left, life);
  }

  /** Puts off the next ordinary read, but not beyond the time of the last one. */
  putOff(now: number, delayMs: number): void {
    this.nextAt = this.lastReadAt > now ? Math.min(now + delayMs, this.lastReadAt) : now + delayMs;
  }

  /** Whether anything is known of when it ends: what ends soonest is read first, and what may end any moment before that. */
  get urgency(): number {
    return this.reads === 0 && this.#expiresAt === undefined ? Number.NEGATIVE_INFINITY : this.endAt;
  }

  /** When it is given up. */
  get endAt(): number {
    const expiry = (this.#latestExpiry ?? this.#expiresAt ?? this.#startedAt + LONGEST_LIFE_MS) + AFTER_EXPIRY_MS;
    return Math.min(expiry, this.#startedAt + (this.#timeoutMs ?? Number.POSITIVE_INFINITY));
  }

  /** When its last read should begin: just before the caller's time is over, or just after the expiry. */
  get lastReadAt(): number {
    const expiry = (this.#expiresAt ?? this.#startedAt + LONGEST_LIFE_MS) + EXPIRY_GRACE_MS;
    if (this.#timeoutMs === undefined) return expiry;
    return Math.min(expiry, this.#startedAt + this.#timeoutMs - Math.min(LAST_READ_MS, this.#timeoutMs / 4));
  }
}
