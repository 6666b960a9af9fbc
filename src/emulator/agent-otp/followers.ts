/** What follows a permission, or a request for a code, as a socket at its `webhookUrl` does. */
export interface Follower {
  /** A message as it is sent: JSON text. */
  message(text: string): void;
  /** There is nothing more to come. */
  end(): void;
}

/** At most so many follow at a time; then no more can. */
const MAX_FOLLOWERS = 2000;

/** Who follows what. */
export class Followers {
  readonly #of = new Map<string, Set<Follower>>();
  #count = 0;

  has(id: string): boolean {
    return this.#of.has(id);
  }

  /** Whether one more can follow. */
  get full(): boolean {
    return this.#count >= MAX_FOLLOWERS;
  }

  /** Call what it returns when it follows no more. */
  add(id: string, follower: Follower): () => void {
    const followers = this.#of.get(id) ?? new Set();
    this.#of.set(id, followers.add(follower));
    this.#count += 1;
    return () => this.#remove(id, follower);
  }

  send(id: string, messages: readonly object[]): void {
    for (const follower of this.#of.get(id) ?? []) {
      for (const message of messages) follower.message(JSON.stringify(message));
    }
  }

  end(id: string): void {
    for (const follower of this.#of.get(id) ?? []) {
      this.#remove(id, follower);
      follower.end();
    }
  }

  endAll(): void {
    for (const id of this.#of.keys()) this.end(id);
  }

  #remove(id: string, follower: Follower): void {
    const followers = this.#of.get(id);
    if (!followers?.delete(follower)) return;
    this.#count -= 1;
    if (followers.size === 0) this.#of.delete(id);
  }
}
