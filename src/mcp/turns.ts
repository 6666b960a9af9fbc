/** Lets one in at a time, in the order in which they came. */
export class Turns {
  #taken = false;
  readonly #waiting = new Set<() => void>();

  /** Waits for the turn; call what it returns to pass it on. @throws the reason of `signal`, which must be this call's own. */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#taken) await this.#wait(signal);
    this.#taken = true;
    return () => this.#pass();
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = () => {
        this.#waiting.delete(enter);
        reject(signal.reason);
      };
      this.#waiting.add(enter);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  #pass(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#taken = false;
      return;
    }
    // The turn stays taken: it is handed over, so that nobody slips in between.
    this.#waiting.delete(next);
    next();
  }
}
