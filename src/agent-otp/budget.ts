import type { Clock } from '../runtime/clock.js';

/** What polling keeps to, all waits of a client together (Agent OTP contract §5). */
const REQUESTS_A_MINUTE = 60;

/** The minute of the budget. */
// Two seconds longer than the server's minute: what is sent 60 s apart may arrive closer together.
export const WINDOW_MS = 62_000;

/** Of requests that others make, how many weigh on polling where the server has no limit. */
const FOREGROUND_SHARE = 30;

/**
 * The requests of one agent key in the last minute, and what the server says of its limit. It holds numbers only, so that
 * requests on Cloudflare Workers may share it.
 */
export class RequestBudget {
  readonly #clock: Clock;
  /** When polls and other requests were sent, oldest first, by the monotonic clock. */
  readonly #sent: Record<'poll' | 'call', number[]> = { poll: [], call: [] };
  /** What the server says: how many requests a window has, how many are left, and when it ends by the monotonic clock. */
  #announced: { readonly limit: number; left: number; endsAt: number } | undefined;
  #answered = false;
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

  /** Reads the rate-limit headers of an answer. */
  learn({ headers, status }: Response): void {
    this.#answered = true;
    const [limit, left, reset] = ['limit', 'remaining', 'reset'].map((name) => {
      const value = headers.get(`x-ratelimit-${name}`);
      return value === null || value.trim() === '' ? Number.NaN : Number(value);
    }) as [number, number, number];
    if (!(limit > 0) || !(left >= 0)) return;
    const now = this.#clock.monotonic();
    const endsAt = now + windowLeft(reset - this.#clock.now());
    const known = this.#announced;
    const sameWindow = known !== undefined && now < known.endsAt && endsAt < known.endsAt + 1000;
    // What is on its way counts already here, not yet there.
    this.#announced = { limit, left: status === 429 ? 0 : sameWindow ? Math.min(known.left, left) : left, endsAt };
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
    if (announced !== undefined) {
      for (; announced.endsAt <= now; announced.endsAt += 60_000) announced.left = announced.limit;
      return announced.left > 0 ? 0 : announced.endsAt - now + 50;
    }
    // Until the first answer nobody knows whether there is a limit: a look again soon.
    return !this.#answered && this.#sent.call.length >= REQUESTS_A_MINUTE ? 20 : 0;
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
function windowLeft(ms: number): number {
  return ms > 0 && ms <= 60_000 ? ms : 60_000;
}
