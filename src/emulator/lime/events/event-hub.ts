import type { Clock } from '../../../runtime/clock.js';
import type { LoginRequest, LoginRequests } from '../login-requests.js';
import { type EventType, eventBody, eventTypeOf } from './event.js';
import { createEventSettings, type EventSettings, type EventStreamOptions } from './settings.js';
import { type Item, SiteStream, type WrittenEvent } from './site-stream.js';

/** An event that was written to a stream. */
export interface DeliveredEvent {
  /** When, by the emulator's clock, in milliseconds since the epoch. */
  readonly at: number;
  readonly type: EventType;
  readonly requestId: string;
  readonly siteId: string;
  /** Which stream it was, counted from 1. */
  readonly stream: number;
}

/** What the event streams need of the platform. */
export interface EventSource {
  readonly requests: LoginRequests;
  readonly clock: Clock;
  /** A passport of the login, dated now. */
  readonly issuePassport: (request: LoginRequest, origin: string) => Promise<string>;
}

/** At most so many streams are open; then the oldest is cut. */
const MAX_STREAMS = 1000;
/** At most so many events wait for a stream; then the oldest is dropped. */
const MAX_UNDELIVERED = 10_000;
/** How many delivered events are remembered, newest last. */
const MAX_DELIVERED = 10_000;

/**
 * The event streams of all sites (LIME contract §9.1). Each event goes to every stream that its site has open, and waits
 * until one has taken it or it is too late. A passport is signed when it is written, so that waiting does not age it.
 */
export class EventHub {
  readonly settings: EventSettings;
  readonly #source: EventSource;
  readonly #streams = new Set<SiteStream>();
  /** The site of each request whose event no stream has taken, in the order of the events. */
  readonly #undelivered = new Map<string, string>();
  #delivered: DeliveredEvent[] = [];
  #opened = 0;
  #lastId = 0;
  #cuts = { times: 0, afterBytes: 0 };

  constructor(options: EventStreamOptions, source: EventSource) {
    this.settings = createEventSettings(options, () => this.wake());
    this.#source = source;
  }

  /** The streams that are open, oldest first. */
  get streams(): readonly SiteStream[] {
    return [...this.#streams];
  }

  /** How many were opened. */
  get opened(): number {
    return this.#opened;
  }

  /** The requests whose event no stream has taken, in the order of the events. */
  get undelivered(): readonly string[] {
    this.#announceExpired();
    return [...this.#undelivered.keys()].filter((requestId) => this.#typeOf(requestId) !== undefined);
  }

  /** The latest events that were written, newest last. */
  get delivered(): readonly DeliveredEvent[] {
    return [...this.#delivered];
  }

  open(siteId: string, origin: string, signal: AbortSignal): SiteStream {
    this.#announceExpired();
    this.#opened += 1;
    const stream = new SiteStream(
      { number: this.#opened, siteId, origin, signal },
      {
        clock: this.#source.clock,
        settings: this.settings,
        expire: () => this.#announceExpired(),
        nextId: () => {
          this.#lastId += 1;
          return this.#lastId;
        },
        write: (requestId, to) => this.#write(requestId, to),
        onOver: (over) => this.#streams.delete(over),
      },
    );
    for (const [requestId, site] of this.#undelivered) if (site === siteId) stream.push({ requestId });
    if (this.#streams.size === MAX_STREAMS) this.streams[0]?.cut();
    this.#streams.add(stream);
    return stream;
  }

  /** Lets every stream look at what there is to do: requests or settings have changed. */
  wake(): void {
    for (const stream of this.#streams) stream.wake();
  }

  /** There is something to tell of the request. */
  announce(request: LoginRequest): void {
    // What expired before comes before.
    this.#announceExpired();
    this.#announce(request);
  }

  /** Writes it to every open stream of the site. Says how many there are. */
  send(item: Item, siteId: string): number {
    const streams = this.streams.filter((stream) => stream.siteId === siteId);
    for (const stream of streams) stream.push(item);
    return streams.length;
  }

  /** The next `times` events are cut off after so many bytes of their frame. */
  cutNext(times: number, afterBytes: number): void {
    this.#cuts = { times, afterBytes };
  }

  /** Ends every stream. What was not delivered waits for the next one. */
  close(): void {
    for (const stream of this.streams) stream.end();
  }

  /** Ends every stream and forgets everything. */
  reset(): void {
    this.close();
    this.settings.reset();
    this.#undelivered.clear();
    this.#delivered = [];
    this.#opened = 0;
    this.#lastId = 0;
    this.#cuts = { times: 0, afterBytes: 0 };
  }

  #announce({ requestId, siteId }: LoginRequest): void {
    this.#undelivered.set(requestId, siteId);
    for (const oldest of this.#undelivered.keys()) {
      if (this.#undelivered.size <= MAX_UNDELIVERED) break;
      this.#undelivered.delete(oldest);
    }
    this.send({ requestId }, siteId);
  }

  /** Announces what has expired by now. When that can next be, in milliseconds since the epoch. */
  #announceExpired(): number {
    const { requests } = this.#source;
    for (const request of requests.takeExpired()) this.#announce(request);
    return requests.nextExpiryMs;
  }

  #typeOf(requestId: string): EventType | undefined {
    const request = this.#source.requests.get(requestId);
    return request && eventTypeOf(request, this.#source.clock.now());
  }

  async #write(requestId: string, stream: SiteStream): Promise<WrittenEvent | undefined> {
    const { requests, clock, issuePassport } = this.#source;
    const request = requests.get(requestId);
    const type = request && eventTypeOf(request, clock.now());
    if (type === undefined) {
      this.#undelivered.delete(requestId);
      return undefined;
    }
    const passport = type === 'approved' ? await issuePassport(request as LoginRequest, stream.origin) : undefined;
    return {
      body: eventBody(type, requestId, passport, this.settings.now),
      // Its reader may have gone while the passport was signed, and then a cut would show nobody anything.
      cutAfter: this.#streams.has(stream) ? this.#takeCut() : undefined,
      onWritten: () => {
        this.#undelivered.delete(requestId);
        if (type === 'approved') requests.deliver(requestId);
        this.#delivered.push({ at: clock.now(), type, requestId, siteId: stream.siteId, stream: stream.number });
        if (this.#delivered.length > MAX_DELIVERED) this.#delivered.shift();
      },
    };
  }

  #takeCut(): number | undefined {
    if (this.#cuts.times === 0) return undefined;
    this.#cuts.times -= 1;
    return this.#cuts.afterBytes;
  }
}
