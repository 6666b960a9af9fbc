import { Observer } from '../http/index.js';
import { sharesPromises } from '../runtime/single-flight.js';
import { closedFailure, McpFailure } from './errors.js';
import { Held } from './held.js';
import { Idle } from './idle.js';
import type { Live } from './live.js';
import type { McpCall, McpConnection, McpLane, McpTarget } from './port.js';
import { type SessionSource, withRecovery } from './recovery.js';
import { Slot } from './slot.js';

export interface McpPoolOptions extends McpLane {
  /** Milliseconds without a sign of life from a server, unless a call says otherwise. */
  readonly readTimeoutMs: number;
  /** Whether calls of one URL are made one after another. Calls of different URLs never wait for each other. */
  readonly serialize: boolean;
  /** Milliseconds after which a session that nobody uses is closed. */
  readonly idleMs: number;
  /** How many sessions that nobody uses are kept. */
  readonly maxIdle: number;
}

/** What is done in a session. */
export type McpOperation<T> = (connection: McpConnection, call: McpCall) => Promise<T>;

export interface McpRunOptions extends Pick<McpCall, 'onProgress'> {
  /** Ends the call, which then rejects with the signal's reason. It must be the call's own. */
  readonly signal: AbortSignal;
  /** Default: the pool's. */
  readonly readTimeoutMs?: number | undefined;
  /** Whether the operation may be carried out twice. */
  readonly repeatable: boolean;
}

/** A session that stays open while it is held. */
export interface McpPin {
  run<T>(operation: McpOperation<T>, options: McpRunOptions): Promise<T>;
  /** Lets go of it. May be called again. */
  release(): Promise<void>;
}

/**
 * MCP sessions, one a URL. A call holds nothing but its URL's turn while it waits for anything, so that no two calls can wait
 * for each other; a pin holds not even that. On Cloudflare Workers, where nothing that is open can be shared between
 * requests, each call and each pin has a session of its own.
 */
export class McpPool {
  readonly #options: McpPoolOptions;
  readonly #observer: Observer;
  readonly #slots = new Map<string, Slot>();
  readonly #idle: Idle<Slot>;
  /** Slots that were given up and may still be closing. */
  readonly #closing = new Set<Promise<void>>();
  #closed = false;

  constructor(options: McpPoolOptions) {
    this.#options = options;
    this.#observer = new Observer(options.logger, options.hooks);
    const { clock, idleMs, maxIdle: most } = options;
    this.#idle = new Idle({ clock, idleMs, most, onOver: (slot) => this.#drop(slot) });
  }

  /**
   * @throws {McpFailure} below the protocol.
   * @throws the server's protocol errors, what the target's `token` throws, and the signal's reason, as they are.
   */
  async run<T>(target: McpTarget, operation: McpOperation<T>, options: McpRunOptions): Promise<T> {
    const slot = this.#take(target);
    try {
      return await this.#inTurn(slot, slot, options, this.#work(operation, options));
    } finally {
      await this.#leave(slot);
    }
  }

  /**
   * Holds a session, opened if there is none: it is not closed as idle, and once a call has been answered in it, it is not
   * replaced behind the holder's back. Of what `run` mends, a call on it then leaves out what would take a new session.
   */
  async pin(target: McpTarget, signal: AbortSignal): Promise<McpPin> {
    const slot = this.#take(target);
    try {
      const live = await this.#inTurn(slot, slot, { signal, repeatable: true }, async (live) => {
        live.use();
        return live;
      });
      return this.#pinned(slot, live);
    } catch (error) {
      await this.#leave(slot);
      throw error;
    }
  }

  /** Ends every session, in use or not. Bounded in time; later calls are refused. May be called again. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#idle.clear();
    for (const slot of this.#slots.values()) this.#drop(slot);
    await Promise.all(this.#closing);
  }

  #pinned(slot: Slot, live: Live): McpPin {
    const held = new Held(slot, live);
    let released: Promise<void> | undefined;
    return {
      run: async (operation, options) => {
        if (released !== undefined) throw releasedFailure();
        const result = await this.#inTurn(slot, held, options, this.#work(operation, options));
        held.settle();
        return result;
      },
      release: () => {
        if (released === undefined) {
          held.release();
          released = this.#leave(slot);
        }
        return released;
      },
    };
  }

  /** Does the work when it is the URL's turn. */
  async #inTurn<T>(
    slot: Slot,
    source: SessionSource,
    { signal, repeatable }: Pick<McpRunOptions, 'signal' | 'repeatable'>,
    work: (live: Live, attempt: number) => Promise<T>,
  ): Promise<T> {
    const pass = this.#options.serialize ? await slot.turns.take(signal) : undefined;
    const onRetry = (failure: McpFailure, attempt: number) => this.#tellRetry(source.target, failure, attempt);
    try {
      if (this.#closed) throw closedFailure();
      return await withRecovery(source, work, { signal, repeatable, onRetry });
    } finally {
      pass?.();
    }
  }

  #work<T>(operation: McpOperation<T>, { signal, readTimeoutMs, onProgress }: McpRunOptions) {
    const call = { signal, readTimeoutMs: readTimeoutMs ?? this.#options.readTimeoutMs, onProgress };
    return ({ connection }: Live, attempt: number) => operation(connection, { ...call, attempt });
  }

  #take(target: McpTarget): Slot {
    if (this.#closed) throw closedFailure();
    const slot = this.#slots.get(target.url) ?? this.#create(target);
    this.#idle.delete(slot);
    slot.users++;
    return slot;
  }

  #create(target: McpTarget): Slot {
    const slot = new Slot(target, async (signal) => {
      const { connect } = await import('./sdk-v1.js');
      return connect(target, this.#options, { signal, readTimeoutMs: this.#options.readTimeoutMs, attempt: 1 });
    });
    if (sharesPromises()) this.#slots.set(target.url, slot);
    return slot;
  }

  async #leave(slot: Slot): Promise<void> {
    if (--slot.users > 0) return;
    if (!sharesPromises()) await slot.close();
    else if (slot.isEmpty || this.#closed) this.#drop(slot);
    else this.#idle.add(slot);
  }

  #drop(slot: Slot): void {
    this.#slots.delete(slot.target.url);
    const closing = slot.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  #tellRetry({ url }: McpTarget, { code, status }: McpFailure, attempt: number): void {
    const { origin, pathname } = new URL(url);
    const error = code === 'NETWORK_ERROR' ? code : undefined;
    const { scope } = this.#options;
    this.#observer.retry({
      scope,
      method: 'POST',
      url: origin + pathname,
      attempt,
      status,
      error,
      durationMs: 0,
      delayMs: 0,
    });
  }
}

function releasedFailure(): McpFailure {
  return new McpFailure('CLOSED', 'The MCP session was let go of, so the call was not made. Open a new one.');
}
