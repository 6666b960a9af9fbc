/** At most so many are kept; then the oldest is forgotten. */
const MAX_ORIGINS = 1000;

/** The origins by which clients reach the platform: it has no name of its own, so each is one that it issues under. */
export class Origins {
  readonly #seen = new Set<string>();

  add(origin: string): void {
    if (this.#seen.has(origin)) return;
    this.#seen.add(origin);
    for (const oldest of this.#seen) {
      if (this.#seen.size <= MAX_ORIGINS) return;
      this.#seen.delete(oldest);
    }
  }

  has(origin: string): boolean {
    return this.#seen.has(origin);
  }

  clear(): void {
    this.#seen.clear();
  }
}
