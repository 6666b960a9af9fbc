import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Clock } from '../runtime/clock.js';

/** How long the service keeps a key at least (AXME contract §5.1). */
const KEPT_MS = 24 * 60 * 60 * 1000;
const MOST_KEPT = 10_000;

interface Use {
  readonly endedAt: number;
  /** Digest of the body that the key was first used with. */
  body?: string | undefined;
  /** The correlation id that was made for it. */
  correlationId?: string | undefined;
}

/** The idempotency keys that a client has used in the last 24 hours, at most 10,000. It keeps digests, never a key or a body. */
export class UsedKeys {
  readonly #clock: Clock;
  readonly #uses = new Map<string, Use>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether the key has been used at this endpoint with another body. The service compares parsed JSON, so the order of keys is the same to it. */
  reused(endpoint: string, key: string, body: unknown): boolean {
    const use = this.#useOf(endpoint, key);
    const digest = digestOf(canonical(body));
    use.body ??= digest;
    return use.body !== digest;
  }

  /**
   * The correlation id that belongs to a key: the same whenever the call is made again, since with another one the body would
   * differ and the service would refuse it.
   */
  correlationId(endpoint: string, key: string, make: () => string): string {
    const use = this.#useOf(endpoint, key);
    use.correlationId ??= make();
    return use.correlationId;
  }

  #useOf(endpoint: string, key: string): Use {
    const now = this.#clock.now();
    const id = digestOf(`${endpoint}\n${key}`);
    const known = this.#uses.get(id);
    if (known !== undefined && now < known.endedAt) return known;
    this.#uses.delete(id);
    // In the order of insertion, hence of age.
    for (const [oldest, { endedAt }] of this.#uses) {
      if (now < endedAt && this.#uses.size < MOST_KEPT) break;
      this.#uses.delete(oldest);
    }
    const use: Use = { endedAt: now + KEPT_MS };
    this.#uses.set(id, use);
    return use;
  }
}

function digestOf(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/** JSON with the names of every object in order. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, item: unknown) => {
      if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
      return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
    }) ?? ''
  );
}
