/** At most so many nicks are taken; then the oldest is free again. */
const MAX_NICKS = 10_000;

/** Which nicks are taken, and by whom (AXME contract §1.6). */
export class Nicks {
  readonly #owners = new Map<string, string>();

  /** The address of whoever has the nick; `undefined`: it is free. */
  ownerOf(normalized: string): string | undefined {
    return this.#owners.get(normalized);
  }

  take(normalized: string, ownerAgent: string): void {
    this.#owners.set(normalized, ownerAgent);
    if (this.#owners.size > MAX_NICKS) this.#owners.delete(this.#owners.keys().next().value as string);
  }

  release(normalized: string): void {
    this.#owners.delete(normalized);
  }

  clear(): void {
    this.#owners.clear();
  }
}

/** The nick without `@`, in lower case; `undefined` when it is none: 3 to 32 word characters, dots and hyphens. */
export function normalizeNick(nick: string): string | undefined {
  const normalized = nick.trim().replace(/^@/, '').toLowerCase();
  return /^[\w.-]{3,32}$/.test(normalized) ? normalized : undefined;
}
