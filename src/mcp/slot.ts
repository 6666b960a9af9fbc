import { SingleFlight } from '../runtime/single-flight.js';
import { Live } from './live.js';
import type { McpConnection, McpTarget } from './port.js';
import type { SessionSource } from './recovery.js';
import { Turns } from './turns.js';

/** The place of one URL: at most one session that takes new calls, and the calls that wait for their turn. */
export class Slot implements SessionSource {
  readonly replaceable = true;
  readonly target: McpTarget;
  readonly turns = new Turns();
  /** Calls and pins that need the slot, waiting ones included. */
  users = 0;
  readonly #connect: (signal: AbortSignal) => Promise<McpConnection>;
  readonly #opening = new SingleFlight<'session', void>();
  readonly #closing = new Set<Promise<void>>();
  readonly #open = new Set<Live>();
  #live: Live | undefined;

  constructor(target: McpTarget, connect: (signal: AbortSignal) => Promise<McpConnection>) {
    this.target = target;
    this.#connect = connect;
  }

  /** The session, opened if there is none. The caller leaves it when it is done. */
  async enter(signal: AbortSignal): Promise<Live> {
    while (this.#live === undefined) {
      await this.#opening.run(
        'session',
        async (signal) => {
          const live = new Live(await this.#connect(signal), (closing) => this.#track(live, closing));
          this.#open.add(live);
          this.#live = live;
        },
        signal,
      );
    }
    this.#live.use();
    return this.#live;
  }

  /** Whether no session is open, nor closing. */
  get isEmpty(): boolean {
    return this.#open.size + this.#closing.size === 0;
  }

  /** Later calls get a new session. */
  retire(live: Live): void {
    if (this.#live === live) this.#live = undefined;
    live.retire();
  }

  /** Closes every session, in use or not. */
  async close(): Promise<void> {
    this.#live = undefined;
    for (const { connection } of this.#open) this.#closing.add(connection.close());
    await Promise.all(this.#closing);
  }

  #track(live: Live, closing: Promise<void>): void {
    this.#open.delete(live);
    this.#closing.add(closing);
    closing.finally(() => this.#closing.delete(closing));
  }
}
