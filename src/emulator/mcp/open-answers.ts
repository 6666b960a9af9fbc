import { cuttableBody, LostConnectionError } from '../faults/cut.js';

/** The answers of one session that are under way: those that are not there yet, and streams that have not ended. */
export class OpenAnswers {
  readonly #cuts = new Set<() => void>();
  readonly #onNone: () => void;

  /** @param onNone - Called whenever the last one has ended. */
  constructor(onNone: () => void) {
    this.#onNone = onNone;
  }

  get size(): number {
    return this.#cuts.size;
  }

  /** Watches an answer until its end. @throws {LostConnectionError} it was cut before there was any. */
  async watch(answer: Promise<Response>): Promise<Response> {
    let cut = () => {};
    const isCut = new Promise<never>((_resolve, reject) => {
      cut = () => reject(new LostConnectionError());
    });
    this.#cuts.add(cut);
    try {
      const response = await Promise.race([answer, isCut]);
      return response.body === null ? response : new Response(this.#watched(response.body), response);
    } finally {
      this.#ended(cut);
    }
  }

  /** Cuts the connection of each. Says of how many. */
  cut(): number {
    const { size } = this.#cuts;
    for (const cut of [...this.#cuts]) cut();
    return size;
  }

  #watched(source: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const reader = source.getReader();
    let cut = () => {};
    return cuttableBody({
      start: (controller) => {
        cut = () => {
          this.#ended(cut);
          controller.error(new LostConnectionError());
          reader.cancel().catch(() => {});
        };
        this.#cuts.add(cut);
      },
      pull: async (controller) => {
        const { value } = await reader.read();
        if (!this.#cuts.has(cut)) return;
        if (value !== undefined) return controller.enqueue(value);
        controller.close();
        this.#ended(cut);
      },
      cancel: (reason) => {
        this.#ended(cut);
        return reader.cancel(reason);
      },
    });
  }

  #ended(cut: () => void): void {
    if (this.#cuts.delete(cut) && this.#cuts.size === 0) this.#onNone();
  }
}
