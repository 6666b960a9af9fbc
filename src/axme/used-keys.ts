import type { Clock } from '../runtime/clock.js';
import { digestOf, toHex } from './digest.js';

/** How long the service keeps a key at least (AXME contract §5.1). */
const KEPT_MS = 24 * 60 * 60 * 1000;
const MOST_KEPT = 10_000;

/** The idempotency keys that a client has used in the last 24 hours, at most 10,000. It keeps digests, never a key or a body. */
export class UsedKeys {
  readonly #clock: Clock;
  readonly #uses = new Map<string, { readonly body: string; readonly endsAt: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Remembers the use of a key. Returns whether it has been used at this endpoint with another body; `false` too where there
   * is no SHA-256.
   */
  async reused(endpoint: string, key: string, body: unknown): Promise<boolean> {
    const digests = await Promise.all([digestOf(`${endpoint}\n${key}`), digestOf(canonical(body))]);
    const [id, digest] = digests.map((bytes) => bytes && toHex(bytes));
    if (id === undefined || digest === undefined) return false;
    const now = this.#clock.now();
    const known = this.#uses.get(id);
    if (known !== undefined && now < known.endsAt) return known.body !== digest;
    this.#uses.delete(id);
    // They are in the order of their age.
    for (const [oldest, { endsAt }] of this.#uses) {
      if (now < endsAt && this.#uses.size < MOST_KEPT) break;
      this.#uses.delete(oldest);
    }
    this.#uses.set(id, { body: digest, endsAt: now + KEPT_MS });
    return false;
  }
}

/** JSON with the names of every object in order: the service compares what is parsed. */
function canonical(body: unknown): string {
  const ordered = (_: string, value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  try {
    return JSON.stringify(body, ordered) ?? '';
  } catch {
    // The HTTP core refuses it, and says why.
    return '';
  }
}
