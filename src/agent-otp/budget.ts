import { abortable } from '../http/index.js';
import type { Clock } from '../runtime/clock.js';
import { sharesPromises } from '../runtime/single-flight.js';

/** What polling keeps to, all waits of a client together (Agent OTP contract §5). */
const REQUESTS_A_MINUTE = 60;

/** The minute of the budget. */
// Two seconds longer than the server's minute: what is sent 60 s apart may arrive closer together.
export const WINDOW_MS = 62_000;

/** Of requests that others make, how many weigh on polling where the server has no limit. */
const FOREGROUND_SHARE = 30;

/**
 * The requests of one agent key in the last minute, and what the server says of its limit. On Cloudflare
 * Workers it holds numbers only, so that requests may share it.
 */
export class RequestBudget {
  readonly #clock: Clock;
  /** When polls and other requests were sent, oldest first, by the monotonic clock. */
  readonly #sent: Record<'poll' | 'call', number[]> = { poll: [], call: [] };
  /** What the server says: how many requests a window has, how many are left, and when it ends by the monotonic clock. */
  #announced: { readonly limit: number; left: number; endsAt: number } | undefined;
  #answered = false;
  #inFlight = 0;
  /** Requests that are counted, and about to be sent. */
  #pending = 0;
  #opening = false;
  /** Who waits for the first answer. */
  readonly #curious: (() => void)[] = [];
  #refusedUntil = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a request that is being sent. */
  count(kind: 'poll' | 'call'): void {
    this.#sent[kind].push(this.#clock.monotonic());
    this.#forget();
    if (this.#announced !== undefined) this.#announced.left--;
  }

  /**
   * Waits until the server takes another request, as far as it is known, and counts it. `open` must follow at once.
   *
   * @throws the signal's reason.
   */
  async turn(signal: AbortSignal): Promise<void> {
    for (;;) {
      const ms = this.blockedMs();
      if (ms > 0) await this.#clock.sleep(ms, { signal });
      else if (this.#isGuessing()) await abortable(new Promise<void>((resolve) => this.#curious.push(resolve)), signal);
      else break;
    }
    // Before anything is awaited: of many who wait, those who come through leave no room for the others.
    this.count('call');
    this.#pending++;
  }

  /** Does what sends the request that had its turn. */
  open<T>(send: () => T): T {
    this.#pending--;
    this.#opening = true;
    try {
      return send();
    } finally {
      this.#opening = false;
    }
  }

  /** Sends a request, counted unless it had its turn or is a poll, and reads the rate-limit headers of its answer. */
  async send(kind: 'poll' | 'call', request: () => Promise<Response>): Promise<Response> {
    if (kind === 'call' && !this.#opening) this.count(kind);
    this.#inFlight++;
    let response: Response | undefined;
    try {
      response = await request();
    } finally {
      this.#inFlight--;
      if (response !== undefined) this.#learn(response);
      for (const resolve of this.#curious.splice(0)) resolve();
    }
    return response;
  }

  /** Takes note of a refusal: nothing is sent for `ms` milliseconds. */
  refused(ms: number): void {
    this.#refusedUntil = Math.max(this.#refusedUntil, this.#clock.monotonic() + Math.min(ms, 60_000));
  }

  /** Milliseconds until the server takes another request, as far as it is known; 0 for now. */
  blockedMs(): number {
    const now = this.#clock.monotonic();
    if (now < this.#refusedUntil) return this.#refusedUntil - now;
    const announced = this.#announced;
    if (announced === undefined) return 0;
    for (; announced.endsAt <= now; announced.endsAt += 60_000) announced.left = announced.limit;
    return announced.left > 0 ? 0 : announced.endsAt - now + 50;
  }

  /** Milliseconds until a poll that cannot be put off may be sent; 0 for now. */
  lastReadDelayMs(): number {
    const blocked = this.blockedMs();
    if (blocked > 0) return blocked;
    this.#forget();
    return this.#used() < this.cap ? 0 : this.#nextFreeMs();
  }

  /**
   * Milliseconds until an ordinary poll may be sent; 0 for now. It leaves room for `reserved` others, and the more of the
   * minute is used up, the larger the gap between two, so that a minute is not spent in its first second.
   */
  pollDelayMs(reserved: number): number {
    const blocked = this.blockedMs();
    if (blocked > 0) return blocked;
    this.#forget();
    const used = this.#used();
    const cap = this.cap;
    if (used + reserved >= cap) return this.#nextFreeMs();
    const gapMs = (used * 72_000) / (cap * 60);
    return Math.max(0, (this.#sent.poll.at(-1) ?? Number.NEGATIVE_INFINITY) + gapMs - this.#clock.monotonic());
  }

  /** Milliseconds that each of `polling` waits leaves between its polls, so that all get their share. */
  shareMs(polling: number): number {
    return (polling * 66_000) / this.cap;
  }

  /** How many requests a window of polling may have. */
  get cap(): number {
    return Math.min(REQUESTS_A_MINUTE, this.#announced?.limit ?? REQUESTS_A_MINUTE);
  }

  /** Whether as many are on their way as a server may take, and nobody knows yet whether it has a limit. */
  #isGuessing(): boolean {
    const waiting = this.#inFlight + this.#pending > 0;
    return waiting && !this.#answered && this.#sent.call.length >= REQUESTS_A_MINUTE && sharesPromises();
  }

  #learn({ headers, status }: Response): void {
    this.#answered = true;
    const [limit, left, reset] = ['limit', 'remaining', 'reset'].map((name) => {
      const value = headers.get(`x-ratelimit-${name}`);
      return value === null || value.trim() === '' ? Number.NaN : Number(value);
    }) as [number, number, number];
    if (!(limit > 0) || !(left >= 0)) return;
    const now = this.#clock.monotonic();
    const endsAt = now + windowLeftMs(reset - this.#clock.now());
    const known = this.#announced;
    const sameWindow = known !== undefined && now < known.endsAt && endsAt < known.endsAt + 1000;
    // What is on its way counts already here, not yet there.
    const free = status === 429 ? 0 : left - this.#inFlight - this.#pending;
    this.#announced = { limit, left: sameWindow ? Math.min(known.left, free) : free, endsAt };
  }

  #used(): number {
    const calls = this.#sent.call.length;
    return this.#sent.poll.length + (this.#announced === undefined ? Math.min(calls, FOREGROUND_SHARE) : calls);
  }

  #nextFreeMs(): number {
    const oldest = Math.min(this.#sent.poll[0] ?? Infinity, this.#sent.call[0] ?? Infinity);
    return Number.isFinite(oldest) ? Math.max(1, oldest + WINDOW_MS - this.#clock.monotonic()) : 1000;
  }

  #forget(): void {
    const since = this.#clock.monotonic() - WINDOW_MS;
    for (const times of [this.#sent.poll, this.#sent.call]) {
      const first = times.findIndex((time) => time > since);
      times.splice(0, first < 0 ? times.length : first);
    }
  }
}

/** Milliseconds left of a window that ends in `ms` by a clock that may be wrong. Windows last a minute. */
export function windowLeftMs(ms: number): number {
  return ms > 0 && ms <= 60_000 ? ms : 60_000;
}
