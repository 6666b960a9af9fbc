import { createRandom, type Random } from '../../random.js';
import { SigningKey } from './signing-key.js';

/** At most so many keys are kept beside the one that signs; then the oldest is forgotten. */
const MAX_OTHER_KEYS = 100;

/** The keys of the platform: one signs, and any number is published. */
export class KeyRing {
  readonly #first: SigningKey;
  readonly #seed: string | undefined;
  readonly #keys = new Map<string, SigningKey>();
  readonly #published = new Set<string>();
  #random: Random;
  #current: SigningKey;

  constructor(seed: string | undefined) {
    this.#seed = seed;
    this.#random = createRandom(seed, 'lime keys');
    this.#first = new SigningKey(this.#random.hex(8));
    this.#current = this.#first;
    this.reset();
  }

  /** The key that signs. */
  get current(): SigningKey {
    return this.#current;
  }

  get(kid: string): SigningKey | undefined {
    return this.#keys.get(kid);
  }

  isPublished(kid: string): boolean {
    return this.#published.has(kid);
  }

  /** All keys that are known, published or not, oldest first. */
  list(): readonly SigningKey[] {
    return [...this.#keys.values()];
  }

  /** The keys of the JWKS, oldest first. */
  published(): readonly SigningKey[] {
    return this.list().filter(({ kid }) => this.#published.has(kid));
  }

  /** Another key, published, that does not sign yet. */
  add(): SigningKey {
    const key = new SigningKey(this.#random.hex(8));
    this.#keys.set(key.kid, key);
    this.#published.add(key.kid);
    const oldest = this.list().find((other) => other !== this.#current);
    if (this.#keys.size > MAX_OTHER_KEYS + 1 && oldest !== undefined) {
      this.#keys.delete(oldest.kid);
      this.#published.delete(oldest.kid);
    }
    return key;
  }

  /** Signs with this key from now on. */
  use(key: SigningKey): void {
    this.#current = key;
  }

  /** Takes the key out of the JWKS. */
  retire(kid: string): void {
    this.#published.delete(kid);
  }

  /** Back to the first key, which is not made anew. */
  reset(): void {
    this.#keys.clear();
    this.#published.clear();
    this.#keys.set(this.#first.kid, this.#first);
    this.#published.add(this.#first.kid);
    this.#current = this.#first;
    this.#random = createRandom(this.#seed, 'lime keys, added');
  }
}
