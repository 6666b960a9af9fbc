/** Who waits for something to happen, by what it happens to. */
export class Watchers {
  readonly #watchers = new Map<string, Set<() => void>>();

  /** Calls `wake` at each {@link Watchers.wake} of `topic`, until the function that is returned is called. */
  watch(topic: string, wake: () => void): () => void {
    const watching = this.#watchers.get(topic) ?? new Set();
    this.#watchers.set(topic, watching.add(wake));
    return () => {
      watching.delete(wake);
      if (watching.size === 0 && this.#watchers.get(topic) === watching) this.#watchers.delete(topic);
    };
  }

  wake(topic: string): void {
    for (const wake of this.#watchers.get(topic) ?? []) wake();
  }
}
