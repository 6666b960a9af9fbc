import type { Clock } from '../../runtime/clock.js';
import { type RequestBudget, WINDOW_MS } from '../budget.js';
import { AgentOtpError, AgentOtpProtocolError } from '../errors.js';
import { slotsOf } from './slots.js';
import { openSocket, type WebSocketConstructor } from './socket.js';
import { Wait, type Waited, type WaitOptions, type Watchable } from './wait.js';

export interface WatcherOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly budget: RequestBudget;
  /** The class for sockets; without one it polls. */
  readonly WebSocket: WebSocketConstructor | undefined;
  /** Told of what does not work as it might. */
  debug(message: string): void;
}

/** A wait with what it does. */
interface Entry {
  readonly wait: Wait;
  /** Asks the server; never rejects. */
  read(): void;
  /** Gives it up. */
  timeOut(): void;
}

/** Between ordinary reads of one wait: the first delay, and the longest. With an open socket they only make sure. */
const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 5000;
const SOCKET_DELAY_MS = 60_000;

/** What a socket says is confirmed at most so often. */
const HINT_INTERVAL_MS = 1000;

/**
 * Waits for any number of decisions at once, with one timer and within one budget of requests. Sockets tell of a decision where
 * the server offers them; each is confirmed by asking. Where there is none, and when one fails, it polls: what ends soonest
 * first, and one read is kept for each wait's end. Without waits it holds neither timer nor socket.
 *
 * @see Agent OTP contract §3.5, §3.6, §5
 */
export class Watcher {
  readonly #options: WatcherOptions;
  readonly #entries = new Set<Entry>();
  #running = false;
  #sleep: AbortController | undefined;

  constructor(options: WatcherOptions) {
    this.#options = options;
  }

  /**
   * Resolves once the status settles it.
   *
   * @throws what `timedOut` makes, when its time is over; the signal's reason; what `read` throws, unless that may pass.
   */
  wait<T extends Watchable>(options: WaitOptions<T>): Promise<Waited<T>> {
    const { signal } = options;
    const { clock } = this.#options;
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const wait = new Wait(options.id, options, clock.monotonic());
      const controller = new AbortController();
      let { known } = options;
      let failure: unknown;
      let socketToken: string | undefined;
      let closeSocket = () => {};

      const leave = () => {
        if (!this.#entries.delete(entry)) return false;
        signal.removeEventListener('abort', onAbort);
        closeSocket();
        controller.abort();
        this.#poke();
        return true;
      };
      const onAbort = () => {
        if (leave()) reject(signal.reason);
      };
      const read = async () => {
        wait.reading++;
        wait.unconfirmed ||= wait.hinted;
        wait.hinted = false;
        try {
          const value = await options.read(controller.signal);
          known = value;
          failure = undefined;
          if (options.settles(value.status)) {
            if (leave()) resolve({ value, socketToken });
            return;
          }
          wait.learnExpiry(value, clock.monotonic(), clock.now());
        } catch (error) {
          failure = error;
          if (!mayPass(error, known !== undefined) && leave()) reject(error);
        } finally {
          wait.reading--;
          wait.reads++;
          wait.putOff(clock.monotonic(), this.#delayMs(wait));
          this.#poke();
        }
      };
      const timeOut = () => {
        if (leave()) reject(options.timedOut(known, failure));
      };
      const entry: Entry = { wait, read: () => void read(), timeOut };

      signal.addEventListener('abort', onAbort, { once: true });
      this.#entries.add(entry);
      if (options.socketUrl !== undefined) {
        closeSocket = this.#follow(options.socketUrl, wait, (status, token) => {
          socketToken = token ?? socketToken;
          wait.hinted = options.settles(status);
        });
      }
      void this.#run();
    });
  }

  #follow(url: string, wait: Wait, said: (status: string, token: string | undefined) => void): () => void {
    const { clock, WebSocket, random } = this.#options;
    if (WebSocket === undefined) return () => {};
    return openSocket(WebSocket, url, wait.id, {
      opened: () => {
        wait.socketOpen = true;
        // Time for the server to tell how things stand; if it does not, one read makes up for it.
        wait.nextAt = clock.monotonic() + 2000;
        this.#poke();
      },
      said: (status, token) => {
        wait.nextAt = clock.monotonic() + SOCKET_DELAY_MS;
        said(status, token);
        this.#poke();
      },
      gone: () => {
        this.#options.debug('A socket failed; its permission is polled from here on.');
        wait.socketOpen = false;
        wait.nextAt = Math.min(wait.nextAt, clock.monotonic() + FIRST_DELAY_MS * (0.5 + random()));
        this.#poke();
      },
    });
  }

  /** Looks again soon: something has changed. */
  #poke(): void {
    this.#sleep?.abort();
  }

  async #run(): Promise<void> {
    if (this.#running) return this.#poke();
    this.#running = true;
    while (this.#entries.size > 0) {
      const delayMs = this.#step();
      if (this.#entries.size === 0) break;
      this.#sleep = new AbortController();
      await this.#options.clock.sleep(delayMs, { signal: this.#sleep.signal }).catch(() => {});
    }
    this.#running = false;
  }

  /** Ends what is over and reads what is due, as far as the budget goes. Returns the milliseconds until there is more to do. */
  #step(): number {
    const { clock, budget } = this.#options;
    const now = clock.monotonic();
    for (const { wait, timeOut } of this.#entries) if (now >= wait.endAt) timeOut();

    const entries = [...this.#entries].sort((a, b) => a.wait.urgency - b.wait.urgency);
    const kept = entries.filter(({ wait }) => !wait.lastReadDone);
    const slots = slotsOf(
      kept.map(({ wait }) => wait.lastReadAt),
      budget.cap,
      WINDOW_MS,
    );
    const delays = [...entries.map(({ wait }) => wait.endAt), ...entries.map(({ wait }) => wait.nextAt), ...slots]
      .filter((at) => at > now)
      .map((at) => at - now);
    const readAll = (due: readonly Entry[], delayOf: (entry: Entry) => number) => {
      for (const entry of due) {
        const delayMs = delayOf(entry);
        if (delayMs > 0) delays.push(delayMs);
        else this.#start(entry, now);
      }
    };
    const isIdle = ({ wait }: Entry) => wait.reading === 0;

    readAll(
      entries.filter((entry) => entry.wait.hinted && isIdle(entry)),
      ({ wait }) => Math.max(budget.blockedMs(), wait.hintsAllowedAt - now),
    );
    const last = kept.filter((_, index) => slots[index]! <= now);
    // Beside a read that is under way, too: it may hang until all is over.
    readAll(last, ({ wait }) => {
      const delayMs = budget.lastReadDelayMs();
      wait.lastReadDone = delayMs === 0;
      return delayMs;
    });
    const reserved = slots.filter((slot) => slot > now && slot <= now + WINDOW_MS).length;
    readAll(
      entries.filter((entry) => entry.wait.nextAt <= now && isIdle(entry)),
      () => budget.pollDelayMs(reserved),
    );
    return Math.max(1, Math.min(...delays));
  }

  #start({ wait, read }: Entry, now: number): void {
    this.#options.budget.count('poll');
    wait.hintsAllowedAt = now + HINT_INTERVAL_MS;
    read();
  }

  /** Milliseconds until the next ordinary read: more each time, with jitter, and no more than the wait's share of the budget. */
  #delayMs({ socketOpen, unconfirmed, reads }: Wait): number {
    const { random, budget } = this.#options;
    if (socketOpen && !unconfirmed) return SOCKET_DELAY_MS;
    const backoff = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 1.6 ** reads);
    return Math.max(backoff, budget.shareMs(this.#entries.size)) * (0.75 + random() / 2);
  }
}

/** Whether the same question may be answered otherwise later. A page instead of an answer may pass too, where there were answers. */
function mayPass(error: unknown, answeredBefore: boolean): boolean {
  if (answeredBefore && error instanceof AgentOtpProtocolError) return true;
  return error instanceof AgentOtpError && error.retryable;
}
